import { type ErrorCode, errorTable } from '../src/base/errors.ts';
import { messagesStatus } from '../src/surfaces/messages/errors.ts';
import { headers, ref } from './components.ts';
import { errorsOf, type Operation } from './operation.ts';
import type { Json } from './parts.ts';

/**
 * Error responses by status. /readyz has its own body for 503, and tasks have none: see
 * src/surfaces/hub/errors.ts.
 */
export function describeErrors(operation: Operation, errors: ErrorResponses): Json {
  const { path, answer, tag, failure } = operation;
  const byStatus = Map.groupBy(errorsOf(operation), (code) => {
    const { status } = errorTable[code];
    if (tag === 'Messages') return messagesStatus(code, status);
    return tag === 'Tasks' && status === 503 ? 500 : status;
  });
  const described: Json = Object.fromEntries(
    [...byStatus].map(([status, own]) => [status, errors.refer(status, own, failure?.name)]),
  );
  if (path === '/readyz') {
    const content = { 'application/json': { schema: ref('schemas', answer.name) } };
    described[503] = {
      description: 'Every request is rejected: `API_KEYS` is missing or unusable.',
      headers: headers('x-request-id', 'server-timing'),
      content,
    };
  }
  return described;
}

/** Operations with the same codes for a status share one response. Its description lists the codes. */
export class ErrorResponses {
  readonly #byCodes = new Map<string, { name: string; response: Json }>();

  refer(status: number, codes: readonly ErrorCode[], body = 'ErrorBody'): Json {
    const description = codes.map((code) => `\`${code}\``).join(', ');
    const key = `${body}: ${description}`;
    let entry = this.#byCodes.get(key);
    if (!entry) {
      const alike = [...this.#byCodes.values()].filter(({ name }) => name.startsWith(`Error${status}`)).length;
      const response = {
        description,
        headers: headers('x-request-id', 'server-timing', ...(retries(codes) ? (['retry-after'] as const) : [])),
        content: { 'application/json': { schema: ref('schemas', body) } },
      };
      entry = { name: `Error${status}${alike === 0 ? '' : `-${alike + 1}`}`, response };
      this.#byCodes.set(key, entry);
    }
    return ref('responses', entry.name);
  }

  all(): Json {
    return Object.fromEntries([...this.#byCodes.values()].map(({ name, response }) => [name, response]));
  }
}

const RETRIED: ReadonlySet<ErrorCode> = new Set([
  'upstream_rate_limited',
  'upstream_overloaded',
  'rate_limit_exceeded',
  'run_in_progress',
  'runs_unavailable',
  'webhooks_unavailable',
  'keys_unavailable',
  'limits_unavailable',
]);

function retries(codes: readonly ErrorCode[]): boolean {
  return codes.some((code) => RETRIED.has(code));
}
