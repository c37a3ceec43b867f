import type { HttpRequest } from './client.ts';
import type { Gateway } from './gateways.ts';

/**
 * How to build the requests of each route. The model id determines the upstream's answer: see upstream.ts.
 */

export function chat(gateway: Gateway, model: string, messages: readonly unknown[], more: object = {}): HttpRequest {
  return post(gateway, '/v1/chat/completions', { model: gateway.modelPrefix + model, messages, ...more });
}

export const user = (content: unknown) => ({ role: 'user', content });

export const shortChat = (gateway: Gateway): HttpRequest => chat(gateway, 'whole', [user('Hello.')]);

export function embeddings(gateway: Gateway, dimensions: number, input: unknown, more: object = {}): HttpRequest {
  return post(gateway, '/v1/embeddings', {
    model: `${gateway.modelPrefix}vectors-${dimensions}`,
    input,
    encoding_format: 'base64',
    ...more,
  });
}

export function similarity(gateway: Gateway, query: unknown, documents: readonly unknown[]): HttpRequest {
  return post(gateway, '/v1/similarity', { model: `${gateway.modelPrefix}vectors-512`, query, documents });
}

export function post({ headers }: Gateway, path: string, body: unknown): HttpRequest {
  return { path, headers, body: JSON.stringify(body) };
}

/** `Cache-Control: no-store`: Cedalion neither reads nor writes its cache. */
export function notStored({ headers, ...rest }: HttpRequest): HttpRequest {
  return { ...rest, headers: { ...headers, 'cache-control': 'no-store' } };
}

/** Builds a large request once per gateway, so that the client does not take the cores from the gateway. */
export function once(build: (gateway: Gateway) => HttpRequest): (gateway: Gateway) => HttpRequest {
  const built = new WeakMap<Gateway, HttpRequest>();
  return (gateway) => {
    const request = built.get(gateway) ?? build(gateway);
    built.set(gateway, request);
    return request;
  };
}

export function texts(count: number, name: string | number = ''): string[] {
  return Array.from({ length: count }, (_, i) => `a photo of thing number ${i}${name === '' ? '' : `, ${name}`}`);
}

/** Repeats a text up to this many bytes of UTF-8. */
export function repeated(text: string, bytes: number): string {
  return text.repeat(Math.floor(bytes / Buffer.byteLength(text)));
}

/** A conversation of almost this many bytes of JSON. */
export function conversation(bytes: number): unknown[] {
  const content = 'This is one message of a long conversation between two people who never stop to talk.';
  const pair = [user(content), { role: 'assistant', content }];
  return Array.from({ length: Math.floor(bytes / JSON.stringify(pair).length) }, () => pair).flat();
}
