import { parseArgs } from 'node:util';
import type { KeyRecord } from '../src/access/key-record.ts';
import { MAX_CACHE_SECONDS } from '../src/base/cache-seconds.ts';
import { SCOPES, type Scope } from '../src/base/scopes.ts';
import { isModel } from './known-model.ts';

/** A sentence for the person at the terminal; empty to show the help. */
export class UsageError extends Error {}

export type KeyOptions = { readonly remote: boolean } & (
  | { readonly command: 'create'; readonly record: Omit<KeyRecord, 'id' | 'created_at'> }
  | { readonly command: 'list' }
  | { readonly command: 'revoke' | 'reset-limits'; readonly id: string }
  | { readonly command: 'rotate'; readonly id: string; readonly graceSeconds: number }
);

const LIMITS = {
  'per-minute': 'requests_per_minute',
  'per-day': 'requests_per_day',
  concurrent: 'concurrent_requests',
  'tokens-per-day': 'tokens_per_day',
  'images-per-day': 'images_per_day',
  'usd-per-day': 'usd_per_day',
} as const;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  remote: { type: 'boolean' },
  name: TEXT,
  scopes: TEXT,
  models: TEXT,
  expires: TEXT,
  grace: TEXT,
  'per-minute': TEXT,
  'per-day': TEXT,
  concurrent: TEXT,
  'tokens-per-day': TEXT,
  'images-per-day': TEXT,
  'usd-per-day': TEXT,
  'vector-cache': TEXT,
  cache: TEXT,
} as const;

const DEFAULT_GRACE = '24h';

/** @throws UsageError */
export function readOptions(args: readonly string[], now: number): KeyOptions {
  const { values, positionals } = parse(args);
  const [command, id, more] = positionals;
  if (values.help || command === undefined) throw new UsageError('');
  const remote = values.remote === true;
  if (command === 'list' || command === 'create') {
    if (id !== undefined) throw new UsageError(`${id} is not expected after ${command}.`);
  }
  if (command === 'list') return { command, remote };
  if (command === 'create') {
    const { name = '', expires } = values;
    if (!/^[\w-]{1,40}$/.test(name)) throw new UsageError('--name is required: letters, digits, - and _, at most 40.');
    const record = {
      name,
      scopes: readScopes(values.scopes),
      models: readModels(values.models),
      limits: readLimits(values),
      ...readVectorCache(values['vector-cache']),
      ...readCache(values.cache),
      ...(expires === undefined ? {} : { expires_at: readTime(expires, now) }),
    };
    return { command, remote, record };
  }
  if (command !== 'revoke' && command !== 'rotate' && command !== 'reset-limits')
    throw new UsageError(`There is no command ${command}.`);
  if (id === undefined || more !== undefined) {
    throw new UsageError(`Name one key by its id: npm run keys -- ${command} <id>`);
  }
  if (command !== 'rotate') return { command, remote, id };
  return { command, remote, id, graceSeconds: readDuration(values.grace ?? DEFAULT_GRACE, '--grace') };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === undefined) return SCOPES;
  const scopes = list(text) as Scope[];
  const unknown = scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) throw new UsageError(`There is no scope ${unknown}. Scopes: ${SCOPES.join(', ')}.`);
  return scopes;
}

function readModels(text: string | undefined): KeyRecord['models'] {
  if (text === undefined) return 'all';
  const models = list(text);
  const unknown = models.find((model) => !isModel(model));
  if (unknown !== undefined) throw new UsageError(`There is no model ${unknown}. GET /v1/models lists all models.`);
  return models;
}

function readLimits(values: { readonly [Name in keyof typeof LIMITS]?: string | undefined }): KeyRecord['limits'] {
  const limits: Record<string, number> = {};
  for (const [option, name] of Object.entries(LIMITS)) {
    const text = values[option as keyof typeof LIMITS];
    if (text === undefined) continue;
    const pattern = name === 'usd_per_day' ? /^\d{1,9}(\.\d{1,6})?$/ : /^\d{1,12}$/;
    if (!pattern.test(text)) throw new UsageError(`--${option} must be a number, such as 100.`);
    limits[name] = Number(text);
  }
  return limits;
}

function readVectorCache(text: string | undefined): Pick<KeyRecord, 'vector_cache'> {
  if (text === undefined || text === 'shared') return {};
  if (text === 'private') return { vector_cache: text };
  throw new UsageError('--vector-cache must be shared or private.');
}

function readCache(text: string | undefined): Pick<KeyRecord, 'cache_seconds'> {
  if (text === undefined) return {};
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_CACHE_SECONDS) return { cache_seconds: seconds };
  throw new UsageError(`--cache must be seconds from 1 to ${MAX_CACHE_SECONDS}, such as 300.`);
}

/** @returns Unix time in seconds */
function readTime(text: string, now: number): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text)
    ? readDay(text)
    : now / 1000 + readDuration(text, '--expires', 'a day such as 2027-01-31, or ');
  if (!(time > now / 1000)) throw new UsageError('--expires must be in the future.');
  return Math.floor(time);
}

/** `Date.parse` reads 2027-02-31 as a day in March. */
function readDay(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) {
    throw new UsageError(`There is no day ${text}.`);
  }
  return time / 1000;
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

function readDuration(text: string, option: string, or = ''): number {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`${option} must be ${or}a time such as 90d, 12h or 30m.`);
  return Number(count) * (SECONDS[unit] as number);
}

function list(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw new UsageError('A list has its entries separated by commas: text,embeddings');
  return entries;
}
