import { randomBytes } from 'node:crypto';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { type MediaHost, sendJson, startMediaHost } from './media-host.ts';

const SMALL = randomBytes(100_000);
const LARGE = randomBytes(20_000_000);

let host: MediaHost;
let gateway: Gateway;
let client: OpenAI;
beforeAll(async () => {
  host = await startMediaHost();
  gateway = await startGateway({ OPENAI_BASE_URL: `${host.url}/v1`, OPENAI_API_KEY: 'sk-of-the-host' });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: LOCAL_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await host?.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

describe('openai transcribes', () => {
  test.each([
    ['a small file after its model', SMALL, true],
    ['a small file before its model', SMALL, false],
    ['a large file after its model, as a stream', LARGE, true],
    ['a file of 10 MB before its model', LARGE.subarray(0, 10_000_000), false],
  ])('%s', async (_, bytes, isModelFirst) => {
    host.answer = (response) => sendJson(response, { text: 'Hello.', usage: { type: 'duration', seconds: 3 } });
    const file = await toFile(bytes, 'spéech "1".mp3', { type: 'audio/mpeg' });
    const model = 'openai/some-whisper';
    const { text } = await client.audio.transcriptions.create({
      ...(isModelFirst ? { model, file } : { file, model }),
      language: 'en',
      temperature: 0.5,
    });
    expect(text).toBe('Hello.');
    const [received] = host.requests;
    expect(received?.path).toBe('/v1/audio/transcriptions');
    expect(received?.headers.authorization).toBe('Bearer sk-of-the-host');
    expect(received?.fields).toEqual({ model: ['some-whisper'], language: ['en'], temperature: ['0.5'] });
    expect(received?.files.file?.[0]?.bytes.equals(bytes)).toBe(true);
    expect(received?.files.file?.[0]?.type).toBe('audio/mpeg');
  });
});

describe('openai speaks', () => {
  test('as a stream of bytes', async () => {
    host.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(SMALL.subarray(0, 1000));
      setTimeout(() => response.end(SMALL.subarray(1000)), 300);
    };
    const answer = await client.audio.speech.create({ model: 'tts', input: 'Hello', voice: 'alloy' });
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await answer.arrayBuffer()).equals(SMALL)).toBe(true);
    expect(host.requests[0]?.json).toEqual({ model: 'tts-1', input: 'Hello', voice: 'alloy' });
  });
});
