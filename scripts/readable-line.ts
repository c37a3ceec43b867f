/** Formats a line of a child's output for people. @returns undefined if the line is of no interest */
export function readableLine(name: string, line: string): string | undefined {
  const request = parseRequest(line);
  if (request !== undefined) return request || undefined;
  // What is wrong with a file of prompts/ or hooks/ that was changed.
  const built = /^\[custom build\] (?!Running:)(.*\S.*)/.exec(line)?.[1];
  if (built) return built;
  // Of wrangler's own output, only errors are of interest.
  if (name === 'worker') return /\[wrangler:error\]|✘|ERROR/.test(line) ? `worker     ${line}` : undefined;
  return line.trim() === '' || line.startsWith('GET /health ') ? undefined : `${name}  ${line}`;
}

function parseRequest(line: string): string | undefined {
  if (!line.startsWith('{"level":')) return undefined;
  if (/"route":"\/(livez|readyz)","status":200/.test(line)) return '';
  const parsed = JSON.parse(line);
  if (parsed.webhook) return readableAttempt(parsed);
  const { method, route, status, ms, target, cache, tokens, error, cause } = parsed;
  const details = [
    target,
    cache && `cache ${cache.hits} hits, ${cache.misses} misses`,
    tokens && `${tokens.prompt} + ${tokens.completion} tokens`,
    error,
    cause,
  ].filter(Boolean);
  return `worker     ${status} ${method} ${route} ${ms} ms${details.length > 0 ? `  ${details.join(', ')}` : ''}`;
}

interface WebhookAttempt {
  readonly type: string;
  readonly status: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly ms: number;
}

function readableAttempt({ type, status, attempt, outcome, ms }: WebhookAttempt): string {
  return `worker     ${status || '---'} WEBHOOK ${type} ${ms} ms  attempt ${attempt}, ${outcome}`;
}
