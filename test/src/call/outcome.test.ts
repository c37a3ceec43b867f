import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/base/errors.ts';
import { Outcome } from '../../../src/call/outcome.ts';

describe('the outcome of a request', () => {
  it('has the sum of the tokens of several answers, estimated if one of them is', () => {
    const outcome = new Outcome();
    outcome.addTokens({ prompt: 3, completion: 2 });
    expect(outcome.tokens).toEqual({ prompt: 3, completion: 2 });
    outcome.addTokens({ prompt: 1, completion: 0, estimated: true });
    outcome.addTokens({ prompt: 0, completion: 5 });
    expect(outcome.tokens).toEqual({ prompt: 4, completion: 7, estimated: true });
  });

  it('has the first failure of its work, and of its answer the error that the caller got', () => {
    const outcome = new Outcome();
    outcome.fail('upstream_stream_cut');
    outcome.fail('client_closed_request');
    expect(outcome.error).toBe('upstream_stream_cut');
    expect(outcome.failWith(new ApiError('not_found', 'Nothing is there.')).status).toBe(404);
    expect(outcome.error).toBe('not_found');
  });

  it('fails when its body breaks off, and not when its body was read to the end', async () => {
    const broken = new Outcome();
    broken.streamUntil(Promise.reject(new Error('cut')));
    broken.failIfBroken(() => 'upstream_unreachable');
    await broken.bodyDone;
    expect(broken.error).toBe('upstream_unreachable');
    const complete = new Outcome();
    complete.streamUntil(Promise.resolve());
    complete.failIfBroken(() => 'upstream_unreachable');
    await complete.bodyDone;
    expect(complete.error).toBeUndefined();
  });

  it('includes what a part that was run for itself has used, but neither its body nor its run', () => {
    const [whole, part] = [new Outcome(), new Outcome()];
    for (const outcome of [whole, part]) {
      outcome.addAttempt();
      outcome.addImages(2);
      outcome.addSeconds(1.5);
      outcome.addTokens({ prompt: 1, completion: 1 });
      outcome.addCacheUse({ hits: 1, misses: 2, refreshed: outcome === part });
    }
    part.setRun('run_1');
    part.streamUntil(Promise.resolve());
    part.fail('upstream_error');
    whole.include(part);
    expect(whole).toMatchObject({ attempts: 2, images: 4, seconds: 3, tokens: { prompt: 2, completion: 2 } });
    expect(whole).toMatchObject({ cache: { hits: 2, misses: 4, refreshed: true }, error: 'upstream_error' });
    expect([whole.run, whole.bodyDone]).toEqual([undefined, undefined]);
  });
});
