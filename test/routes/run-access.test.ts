import { describe, expect, it } from 'vitest';
import { bearer, createKey } from '../support/keys.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/**
 * Whoever gets the answer of a run needs what its request needed, also with another token of the same
 * subject.
 */

const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const host = {
  [`${ORIGIN}/v1/`]: () =>
    Response.json({ choices: [{ index: 0, message: { content: 'positive' }, finish_reason: 'stop' }] }),
};

let ids = 0;
/** Tokens of one subject, that are one caller: with all scopes, without `text`, and with another model. */
async function tokens() {
  serve(host);
  const key = await createKey({ id: `narrow${ids++}`, scopes: ['text', 'embeddings'] });
  const issue = async (json: object) => {
    const secret = await ask('/v1/client_secrets', { json: { subject: 'u', ...json }, headers: bearer(key), settings });
    return ((await secret.json()) as { value: string }).value;
  };
  return {
    wide: await issue({}),
    withoutScope: await issue({ scopes: ['embeddings'] }),
    withoutModel: await issue({ models: ['embed', 'clip'] }),
  };
}

const send = (token: string, path: string, json?: object, headers: Record<string, string> = {}) =>
  ask(path, { ...(json && { json }), headers: { ...bearer(token), ...headers }, settings });

const REQUESTS = [
  ['a chat', '/v1/chat/completions', CHAT],
  ['a prompt', '/v1/prompts/sentiment', { variables: { review: 'Good.' }, model: 'tiny-text' }],
  ['a task of the hub', '/models/tiny-text', { inputs: 'hi' }],
] as const;

describe.each(REQUESTS)('the run of %s', (_, path, json) => {
  it.each(['withoutScope', 'withoutModel'] as const)('is not read by a token %s', async (name) => {
    const all = await tokens();
    const started = await send(all.wide, path, json, { prefer: 'respond-async, wait=10', 'idempotency-key': 'k' });
    const id = started.headers.get('x-run-id');
    for (const way of ['result', 'events']) {
      const refused = await send(all[name], `/v1/runs/${id}/${way}`, undefined, { prefer: 'wait=5' });
      expect([way, refused.status]).toEqual([way, 403]);
      const code = name === 'withoutScope' ? 'scope_missing' : 'model_not_allowed';
      expect((await errorOf(refused)).code).toBe(code);
    }
    const replayed = await send(all[name], path, json, { 'idempotency-key': 'k' });
    expect(replayed.status).toBe(403);
    expect(await replayed.text()).not.toContain('positive');
    const own = await send(all.wide, `/v1/runs/${id}/result`, undefined, { prefer: 'wait=5' });
    expect(own.status).toBe(200);
  });
});

it('a stored response is not read, continued or listed by a token without its model', async () => {
  const { wide, withoutModel } = await tokens();
  const request = { model: 'tiny-text', input: 'hi', store: true };
  const { id } = (await (await send(wide, '/v1/responses', request)).json()) as { id: string };
  for (const path of [`/v1/responses/${id}`, `/v1/responses/${id}/input_items`]) {
    expect([path, (await send(withoutModel, path)).status]).toEqual([path, 403]);
    expect([path, (await send(wide, path)).status]).toEqual([path, 200]);
  }
  const continued = { model: 'embed', input: 'and?', previous_response_id: id };
  expect((await send(withoutModel, '/v1/responses', continued)).status).toBe(403);
});

it('a request that the caller may not send is refused in its own words, and so is its replay', async () => {
  const { withoutModel } = await tokens();
  for (let i = 0; i < 2; i++) {
    const refused = await send(withoutModel, '/v1/chat/completions', CHAT, { 'idempotency-key': 'own' });
    expect(refused.status).toBe(403);
    expect(await errorOf(refused)).toMatchObject({ code: 'model_not_allowed', param: 'model' });
  }
});
