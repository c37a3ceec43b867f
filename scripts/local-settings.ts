import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseEnv } from 'node:util';
import { isOneLetterAway, plainOf } from '../src/base/near-names.ts';
import { SETTING_NAMES, type SettingName } from '../src/settings/setting-names.ts';
import { secretName } from '../src/surfaces/hooks/hook.ts';
import { namesIn } from './compile.ts';
import { keptSecret } from './kept-secret.ts';

/** Only works on this machine: src/access/authenticate.ts. */
const LOCAL_KEY = 'sk-local';

/** Secrets of hooks have the names of their files. */
const HOOK_SECRET = /^HOOK_SECRET_[A-Z0-9_]+$/;

/** Where `npm start` takes its settings from. */
interface Sources {
  readonly environment: NodeJS.ProcessEnv;
  /** The file. */
  readonly devVars: string;
  /** The folder of what is kept from one start to the next. */
  readonly state: string;
}

/**
 * The Worker's local settings: from the environment, then from `.dev.vars`, then the local key, a secret for
 * client tokens and one for the cache of answers, CORS for all pages, and webhooks to this machine. Where
 * other machines reach the Worker, the local key would be known to all of them, so the key is a secret, too.
 */
export function localSettings(
  { environment, devVars, state }: Sources,
  host: string,
): Partial<Record<SettingName | `HOOK_SECRET_${string}`, string>> {
  const fromFile = readDevVars(devVars);
  const settings: ReturnType<typeof localSettings> = {};
  const hookSecrets = Object.keys({ ...environment, ...fromFile }).filter((name) => HOOK_SECRET.test(name));
  for (const name of [...SETTING_NAMES, ...(hookSecrets as `HOOK_SECRET_${string}`[])]) {
    const value = environment[name] || fromFile[name];
    if (value) settings[name] = value;
  }
  // Kept, so that the tokens of an app work after a restart.
  const defaults = {
    CORS_ORIGINS: '*',
    TOKEN_SECRETS: `local:${keptSecret(state, 'token-secret')}`,
    CACHE_SECRET: keptSecret(state, 'cache-secret'),
  };
  const own = isLoopback(host)
    ? { API_KEYS: LOCAL_KEY, WEBHOOK_LOOPBACK: 'true' }
    : { API_KEYS: `local_${keptSecret(state, 'network-key')}` };
  return { ...defaults, ...own, ...settings };
}

/** @returns the address to listen at; undefined for what is none: a shell's name of its machine */
export function readHost(host: string | undefined): string | undefined {
  if (!host) return '127.0.0.1';
  return host === 'localhost' ? '127.0.0.1' : isIP(host) ? host : undefined;
}

export const isLoopback = (host: string) => host.startsWith('127.') || host === '::1';

export const hasLocalKey = ({ API_KEYS = '' }: { readonly API_KEYS?: string }) =>
  API_KEYS.split(',').some((key) => key.trim() === LOCAL_KEY);

/** A name in `.dev.vars` that is no setting. */
interface UnknownSetting {
  readonly name: string;
  /** The setting that was probably meant. */
  readonly near: string | undefined;
}

/** Names in `.dev.vars` that are no settings: a misspelled one has no effect, and nobody would see why. */
export function unknownSettings(devVars: string): UnknownSetting[] {
  const known: readonly string[] = [...SETTING_NAMES, ...namesIn('hooks').map(secretName)];
  return Object.keys(readDevVars(devVars))
    .filter((name) => !known.includes(name))
    .map((name) => ({
      name,
      near: known.find((other) => plainOf(other) === plainOf(name) || isOneLetterAway(name, other)),
    }));
}

/** Names that `.dev.vars` sets more than once: only the last line would have an effect. */
export function repeatedSettings(devVars: string): string[] {
  if (!existsSync(devVars)) return [];
  const text = readFileSync(devVars, 'utf8');
  const counts = new Map<string, number>();
  // Values in quotes can have several lines.
  for (const [, name = ''] of text.matchAll(ASSIGNMENT)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count > 1 ? [name] : []));
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\n]*)/gm;

function readDevVars(devVars: string): NodeJS.Dict<string> {
  return existsSync(devVars) ? parseEnv(readFileSync(devVars, 'utf8')) : {};
}
