import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { COMPLETE, EMBED, eventsOf, fail, run, saying } from '../support/hub.ts';
import { bearer, createKey } from '../support/keys.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, eventStream, KEY, ORIGIN, serve } from '../support/worker.ts';

describe('text to image', () => {
  // Without pixels, so that it stays as it is.
  const picture = pngOf(64, 128);
  const generate = () => new Response(picture, { headers: { 'content-type': 'image/png' } });

  it('answers with the picture', async () => {
    const { requests } = serve({ [ORIGIN]: generate });
    const parameters = { width: 64, height: 128, seed: 7, num_inference_steps: 3 };
    const answer = await ask('/models/image', { json: { inputs: 'a house', parameters } });
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('x-cedalion-seed')).toBe('7');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(picture);
    expect(await requests[0]?.json()).toMatchObject({
      inputs: 'a house',
      parameters: { width: 64, height: 128, seed: 7, num_inference_steps: 3 },
    });
  });

  it('is square if one side is given', async () => {
    const { requests } = serve({ [ORIGIN]: generate });
    await (await ask('/models/image', { json: { inputs: 'a house', parameters: { height: 64 } } })).arrayBuffer();
    expect(await requests[0]?.json()).toMatchObject({ parameters: { width: 64, height: 64 } });
  });

  it.each([
    [{ width: 63, height: 64 }, 'parameters.width'],
    [{ seed: -1 }, 'parameters.seed'],
    [{ scheduler: 'DDIM' }, 'parameters.scheduler'],
    [{ width: '64' }, 'parameters.width'],
  ])('names the parameter at fault: %j', async (parameters, param) => {
    const failure = await fail('/models/image', { inputs: 'a house', parameters });
    expect(failure).toMatchObject({ status: 400, param });
    expect(failure.error).toContain(`\`${param}\``);
  });
});

describe("OpenAI's routes below a model", () => {
  const messages = [{ role: 'user', content: 'hi' }];

  it.each(['/models', '/hf-inference/models'])('take the model from the path: %s', async (prefix) => {
    const { requests } = serve({ [ORIGIN]: saying('hello') });
    // Whatever the client sends as the model, such as the URL.
    const json = { model: 'dummy', messages };
    const answer = await run(`${prefix}/text/v1/chat/completions`, json);
    expect(answer).toMatchObject({ choices: [{ message: { content: 'hello' } }] });
    await run(`${prefix}/tiny-text/v1/completions`, { prompt: 'hi' });
    expect(await requests[0]?.json()).toEqual({ model: 'tiny-text', messages });
    expect(await requests[1]?.json()).toEqual({ model: 'tiny-text', prompt: 'hi' });
  });

  it('find a model whose id has slashes, percent-encoded or not', async () => {
    serve({ 'https://router.huggingface.co': saying('hello') });
    const settings = { HF_TOKEN: 'hf_x' };
    await run('/models/openai/gpt-oss-20b/v1/chat/completions', { messages }, { settings });
    await run('/models/openai%2Fgpt-oss-20b/v1/chat/completions', { messages }, { settings });
  });
});

describe('the path', () => {
  it('has tasks that exist', async () => {
    const failure = await fail('/models/text/pipeline/token-classification', { inputs: 'a' });
    expect(failure).toMatchObject({ status: 400, param: 'task', code: 'invalid_parameter' });
    expect(failure.error).toContain('text-generation');
    expect(failure.error).not.toContain('token-classification');
    for (const name of ['constructor', '__proto__', '']) {
      expect((await fail(`/models/text/pipeline/${name}`, { inputs: 'a' })).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('names a model that does the task', async () => {
    expect(await fail('/models/nobody', { inputs: 'a' })).toMatchObject({ status: 404, code: 'model_not_found' });
    const failure = await fail('/models/text/pipeline/feature-extraction', { inputs: 'a' });
    expect(failure).toMatchObject({ status: 400, code: 'wrong_task', param: 'model' });
  });
});

describe('errors', () => {
  it('of other methods tell a stranger nothing', async () => {
    for (const path of ['/models/text', '/hf-inference/models/text', '/v2/rerank', '/rerank']) {
      expect((await ask(path, { anonymous: true })).status).toBe(401);
      const known = await ask(path);
      expect([known.status, known.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('have the message in `error`, from everywhere', async () => {
    const stranger = await ask('/models/text', { json: { inputs: 'a' }, anonymous: true });
    expect(stranger.status).toBe(401);
    expect(await stranger.json()).toMatchObject({ error: expect.stringContaining('API key'), code: 'invalid_api_key' });
    const broken = await ask('/models/text', { body: '{', headers: { 'content-type': 'application/json' } });
    expect(await broken.json()).toMatchObject({ error: expect.any(String), code: 'invalid_json' });
    expect(broken.headers.get('x-request-id')).toMatch(/^req_/);
  });

  it('of a model without its settings have a status that clients do not repeat without end', async () => {
    const failure = await fail('/models/openai/clip-vit-base-patch32', { inputs: 'a' });
    expect(failure).toMatchObject({ status: 500, error_type: 'overloaded', code: 'model_unavailable' });
  });

  it('of a host keep what it said', async () => {
    serve({
      [COMPLETE]: () =>
        Response.json({ error: { message: 'too long', code: 'context_length_exceeded' } }, { status: 400 }),
    });
    const failure = await fail('/models/text', { inputs: 'a' });
    expect(failure).toMatchObject({ status: 400, error_type: 'validation', code: 'context_length_exceeded' });
    expect(failure.error).toContain('too long');
  });
});

describe('a key', () => {
  it('needs the scope of the task, and its model', async () => {
    const key = await createKey({ scopes: ['text'], models: ['tiny-text'] });
    const headers = bearer(key);
    expect(await fail('/models/clip', { inputs: 'a' }, { headers })).toMatchObject({
      status: 403,
      code: 'scope_missing',
    });
    const all = bearer(await createKey({ scopes: ['text', 'embeddings'], models: ['tiny-clip'] }));
    expect(await fail('/models/text', { inputs: 'a' }, { headers: all })).toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    });
  });

  it('pays for one request', async () => {
    serve({ [ORIGIN]: saying('hello') });
    const headers = bearer(await createKey({ scopes: ['text'], limits: { requests_per_day: 1 } }));
    await run('/models/text/pipeline/summarization', { inputs: 'a' }, { headers });
    const second = await fail('/models/text/pipeline/summarization', { inputs: 'a' }, { headers });
    expect(second).toMatchObject({ status: 429, error_type: 'overloaded', code: 'rate_limit_exceeded' });
  });
});

describe('a run', () => {
  it('records a stream of tokens, and an answer that was cut out of another', async () => {
    // Objects have the settings of the configuration.
    const env = { ...bindings, API_KEYS: KEY };
    serve({
      [COMPLETE]: () => eventStream([{ choices: [{ index: 0, text: 'b', finish_reason: 'stop' }] }, '[DONE]']),
      [EMBED]: new ClipHost().answer,
    });
    const resumable = { 'x-cedalion-resume': 'true' };
    const answer = await ask('/models/text', { json: { inputs: 'a', stream: true }, headers: resumable, env });
    expect(eventsOf(await answer.text()).at(-1)).toMatchObject({ generated_text: 'b' });
    const keyed = { 'idempotency-key': 'one' };
    const first = await ask('/models/clip', { json: { inputs: 'a' }, headers: keyed, env });
    const again = await ask('/models/clip', { json: { inputs: 'a' }, headers: keyed, env });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.text()).toBe(await first.text());
    expect(await fail('/models/clip', { inputs: 'b' }, { headers: keyed, env })).toMatchObject({
      status: 422,
      error: expect.stringContaining('Idempotency-Key'),
    });
  });
});
