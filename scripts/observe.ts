import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ask } from './observe/cloudflare.ts';
import { evaluate } from './observe/evaluate.ts';
import { print } from './observe/print.ts';
import { filled, type Query } from './observe/query.ts';

/**
 * Answers questions about requests from their lines in the log: of the deployed Worker, or of a file.
 *
 *   npm run observe
 *   npm run observe -- why --request req_1f0c...
 *   npm run observe -- hosts --file lines.txt
 */

const queries: readonly Query[] = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/queries.json'), 'utf8'));

const HELP = `Questions about requests, from their lines in the log.

${queries.map(({ name, question, needs }) => `  npm run observe -- ${`${name}${needs ? ` --${needs} ...` : ''}`.padEnd(22)} ${question}`).join('\n')}

Options:
  --file FILE      lines of LOG=json npm start, or of npx wrangler tail --format json; - reads what is piped in.
                   Without it, the deployed Worker is asked: CLOUDFLARE_ACCOUNT_ID, and CLOUDFLARE_API_TOKEN
                   with the permission Workers Observability.
  --hours N        how far back from now; default: 24
  --service NAME   the name of the Worker; default: cedalion`;

class UsageError extends Error {}

function read(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      request: { type: 'string' },
      caller: { type: 'string' },
      file: { type: 'string' },
      hours: { type: 'string', default: '24' },
      service: { type: 'string', default: 'cedalion' },
    },
  });
  const [name] = positionals;
  const query = queries.find((one) => one.name === name);
  if (!query) throw new UsageError(`There is no question \`${name}\`. npm run observe lists all.`);
  const value = query.needs && values[query.needs];
  if (query.needs && !value) throw new UsageError(`\`${name}\` needs --${query.needs}.`);
  const hours = Number(values.hours);
  if (!(hours > 0 && hours <= 24 * 7))
    throw new UsageError('--hours must be a number from 0 to 168: logs are kept a week.');
  return { query: filled(query, value), hours, file: values.file, service: values.service };
}

/** The objects in the lines of a file. `wrangler tail` has them in the messages of its own. */
function linesIn(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    const parsed = parse(line);
    if (!Array.isArray(parsed?.logs)) return parsed?.request_id === undefined ? [] : [parsed];
    const messages = parsed.logs.flatMap(({ message }: { message: unknown[] }) => message);
    return messages.flatMap((message: unknown) => linesIn(String(message)));
  });
}

function parse(line: string) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function observe(args: readonly string[]): Promise<string> {
  if (args.length === 0) return HELP;
  const { query, hours, file, service } = read(args);
  if (file !== undefined) return print(evaluate(query, linesIn(readFileSync(file === '-' ? 0 : file, 'utf8'))));
  const { CLOUDFLARE_ACCOUNT_ID: id, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_API_BASE_URL: api } = process.env;
  if (!id || !token) throw new UsageError('Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, or name a --file.');
  return print(await ask(query, hours, { api: api ?? 'https://api.cloudflare.com/client/v4', id, token, service }));
}

try {
  console.log(await observe(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
