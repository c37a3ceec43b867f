import { concat } from './concat.ts';

const utf8 = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

/** HMAC-SHA-256 of a message that comes in parts. */
export async function hmac(secret: Uint8Array | string, ...message: readonly (Uint8Array | string)[]): Promise<Bytes> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, concat(message.map(bytesOf)) as Bytes));
}

/** Compares in constant time. The length is no secret. */
export function isEqual(given: Uint8Array | string, expected: Uint8Array | string): boolean {
  const [a, b] = [bytesOf(given), bytesOf(expected)];
  // It throws on unequal lengths.
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

const bytesOf = (value: Uint8Array | string) => (typeof value === 'string' ? utf8.encode(value) : value) as Bytes;
