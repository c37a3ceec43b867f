import { isObject } from '../../base/is-object.ts';

const NUMBER = /^\d+(\.\d+)?$/;

/**
 * How long an answer asks to wait: by `retry-after-ms`, which OpenAI and Azure send and which is the more
 * exact one, or by `Retry-After`, as seconds or as a date (RFC 9110, 10.2.3).
 *
 * @returns whole seconds, or undefined if the headers do not say
 */
export function retryAfterSeconds(headers: Headers): number | undefined {
  const milliseconds = headers.get('retry-after-ms');
  if (milliseconds !== null && NUMBER.test(milliseconds)) return wholeSeconds(Number(milliseconds) / 1000);
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  return wholeSeconds(NUMBER.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000);
}

/**
 * The same in the details of an error of Google's APIs: `[{"@type": "...RetryInfo", "retryDelay": "36s"}]`.
 * Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export function retryDelaySeconds(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const delays = details.map((detail) => (isObject(detail) ? detail.retryDelay : undefined));
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(delays.find((delay) => typeof delay === 'string') ?? '') ?? [];
  return seconds === undefined ? undefined : wholeSeconds(Number(seconds));
}

function wholeSeconds(seconds: number): number | undefined {
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
