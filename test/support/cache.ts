import { ask, environment, eventStream, ORIGIN, serve } from './worker.ts';

/** What tests of the cache of answers send, and the hosts that they ask. */

export const CACHE_SECRET = 'cache-secret-of-more-than-32-characters';

export const chat = (content = 'Hello', more: object = {}) => ({
  model: 'tiny-text',
  messages: [{ role: 'user', content }],
  ...more,
});

/** A host whose answers count upwards. */
export function counting(answer: (n: number) => Response | Promise<Response> = (n) => whole(`answer ${n}`)) {
  let n = 0;
  return serve({ [ORIGIN]: () => answer(++n) });
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

export const whole = (content: string, choice: object = {}, completion_tokens = 2) =>
  Response.json({
    id: `chatcmpl-${content}`,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...choice }],
    usage: { ...usage, completion_tokens },
  });

export const streamed = (
  content: string,
  end: (string | object)[] = ['[DONE]'],
  finish_reason: string | null = 'stop',
) =>
  eventStream([
    { id: content, choices: [{ index: 0, delta: { role: 'assistant', reasoning: 'hm' } }] },
    { id: content, choices: [{ index: 0, delta: { content } }] },
    ...(finish_reason === null ? [] : [{ id: content, choices: [{ index: 0, delta: {}, finish_reason }], usage }]),
    ...end,
  ]);

/** An isolate that stays the same within a test. */
export const cachingEnv = (settings: object = {}) => environment({ CACHE_SECRET, ...settings });

/** Sends requests that ask for the cache. */
export function asker(env: object = cachingEnv()) {
  return (json: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
    ask(path, { json, env, headers: { 'x-cedalion-cache': '300', ...headers } });
}

/** Some seconds that a busy machine takes are none. */
export const statusOf = (answer: Response) =>
  answer.headers
    .get('cache-status')
    ?.replace(/ttl=29\d/, 'ttl=300')
    .replace(/ttl=5\d$/, 'ttl=60') ?? null;
