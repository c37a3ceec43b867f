/** Formats a line of a child's output for people. @returns undefined if the line is of no interest */
export function readableLine(name: string, line: string): string | undefined {
  const request = parseRequest(line);
  if (request !== undefined) return request || undefined;
  // What is wrong with a file of prompts/ or hooks/ that was changed.
  const built = /^\[custom build\] (?!Running:)(.*\S.*)/.exec(line)?.[1];
  if (built) return built;
  // Why a host is unreachable, which only workerd itself says.
  const why = /failed: (failed to lookup address information|TLS handshake failed)(.*)/.exec(line);
  if (why) return `worker     A host is unreachable: ${why[1]?.startsWith('TLS') ? 'TLS' : 'DNS'}${why[2]}`;
  // Of wrangler's own output, only errors are of interest.
  if (name === 'worker') return /\[wrangler:error\]|✘|ERROR/.test(line) ? `worker     ${line}` : undefined;
  return line.trim() === '' || line.startsWith('GET /health ') ? undefined : `${name}  ${line}`;
}

/** Whether it is one of the Worker's own lines of JSON. */
export const isLogLine = (line: string) => line.startsWith('{"');

const timeOfDay = () => new Date().toTimeString().slice(0, 8);

function parseRequest(line: string): string | undefined {
  if (!line.startsWith('{"level":')) return undefined;
  if (/"route":"\/(livez|readyz)","status":200/.test(line)) return '';
  const parsed = JSON.parse(line);
  if (parsed.webhook) return readableAttempt(parsed);
  const { method, route, status, ms, request_id: id, caller, target, attempts, failed } = parsed;
  const { cache, tokens, cost_usd: cost, unreachable, error, cause } = parsed;
  const details = [
    id,
    caller,
    target,
    attempts > 1 && `${attempts} attempts`,
    failed &&
      `failed: ${Object.entries(failed)
        .map(([host, code]) => `${host} ${code}`)
        .join(', ')}`,
    cache && `cache ${cache.hits} hits, ${cache.misses} misses`,
    tokens && `${tokens.prompt}${tokens.cached ? ` (${tokens.cached} cached)` : ''} + ${tokens.completion} tokens`,
    unreachable &&
      `unreachable: ${Object.entries(unreachable)
        .map(([host, why]) => `${host} ${why}`)
        .join(', ')}`,
    cost && `${cost} USD`,
    error,
    cause,
  ].filter(Boolean);
  return `${timeOfDay()} worker     ${status} ${method} ${route} ${ms} ms${details.length > 0 ? `  ${details.join(', ')}` : ''}`;
}

interface WebhookAttempt {
  readonly type: string;
  readonly status: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly ms: number;
}

function readableAttempt({ type, status, attempt, outcome, ms }: WebhookAttempt): string {
  return `${timeOfDay()} worker     ${status || '---'} WEBHOOK ${type} ${ms} ms  attempt ${attempt}, ${outcome}`;
}
