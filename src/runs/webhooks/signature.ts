import { hmac } from '../../base/bytes/hmac.ts';
import { toSeconds } from '../../base/to-seconds.ts';

/**
 * Signatures of Standard Webhooks.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** By the specification. */
const [MIN_BYTES, MAX_BYTES] = [24, 64];

export function newSecret(): string {
  return PREFIX + crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64();
}

/** @returns the bytes of `whsec_...`, or undefined if the text is not such a secret */
export function readSecret(text: string): Uint8Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(text.slice(PREFIX.length));
    return bytes.byteLength >= MIN_BYTES && bytes.byteLength <= MAX_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** The last characters of a secret, by which its owner recognizes it. */
export const hintOf = (secret: string): string => `${PREFIX}...${secret.slice(-4)}`;

/** What is signed. */
interface Message {
  readonly id: string;
  /** Seconds since 1970, as in its header. */
  readonly timestamp: string;
  readonly body: Uint8Array | string;
}

/** `v1,<base64>`, the form of one signature in the header. */
export async function signature({ id, timestamp, body }: Message, secret: Uint8Array): Promise<string> {
  return `v1,${(await hmac(secret, `${id}.${timestamp}.`, body)).toBase64()}`;
}

/** The headers of one attempt. With several secrets, the receiver can verify with any of them. */
export async function signedHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
): Promise<Record<string, string>> {
  const timestamp = String(toSeconds(Date.now()));
  const keys = secrets.flatMap((secret) => readSecret(secret) ?? []);
  const signatures = await Promise.all(keys.map((key) => signature({ id, timestamp, body }, key)));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
