import { describe, expect, test } from 'vitest';
import { readOptions } from '../src/options.ts';

describe('options', () => {
  test('by default serve only this machine', () => {
    expect(readOptions([], {})).toMatchObject({ host: '127.0.0.1', port: 8788, token: undefined, graceSeconds: 5 });
  });

  test('are read from flags first, then from environment variables', () => {
    const environment = { INFERENCE_PORT: '1', INFERENCE_LOGIT_SCALE: '117.3', INFERENCE_CLIP: 'owner/name' };
    expect(readOptions(['--port', '2'], environment)).toMatchObject({
      port: 2,
      logitScale: 117.3,
      clip: 'owner/name',
    });
  });

  test('allow other machines with a token or with an explicit none', () => {
    expect(readOptions(['--host', '0.0.0.0', '--token', 'secret'], {}).token).toBe('secret');
    expect(readOptions(['--host', '0.0.0.0', '--token', 'none'], {}).token).toBeUndefined();
  });

  test.each([
    [['--modle', 'x'], /Unknown option '--modle'/],
    [['--port', 'http'], /--port must be a number from 0 to 65535, not "http"/],
    [['--threads', '0'], /--threads must be a number from 1/],
    [['--threads', '1.5'], /--threads must be a whole number from 1 to 1024, not "1.5"/],
    [['--port', '1.5'], /--port must be a whole number from 0 to 65535, not "1.5"/],
    [['--dtype', 'int7'], /--dtype must be one of fp32,/],
    [['--host', '0.0.0.0'], /INFERENCE_TOKEN/],
  ])('%j are rejected', (flags, message) => {
    expect(() => readOptions(flags, {})).toThrow(message);
  });
});
