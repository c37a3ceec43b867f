import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SETTING_NAMES, type SettingName } from '../src/settings/setting-names.ts';
import { secretName } from '../src/surfaces/hooks/hook.ts';
import { namesIn } from './compile.ts';

/** Only works on this machine: src/access/authenticate.ts. */
const LOCAL_KEY = 'sk-local';

/** Secrets of hooks have the names of their files. */
const HOOK_SECRET = /^HOOK_SECRET_[A-Z0-9_]+$/;

/**
 * The Worker's local settings: from the environment, then from `.dev.vars`, then the local key, a new secret
 * for client tokens and one for the cache of answers, CORS for all pages, and webhooks to this machine.
 */
export function localSettings(
  environment: NodeJS.ProcessEnv,
  devVars: string,
): Partial<Record<SettingName | `HOOK_SECRET_${string}`, string>> {
  const fromFile = readDevVars(devVars);
  const settings: ReturnType<typeof localSettings> = {};
  const hookSecrets = Object.keys({ ...environment, ...fromFile }).filter((name) => HOOK_SECRET.test(name));
  for (const name of [...SETTING_NAMES, ...(hookSecrets as `HOOK_SECRET_${string}`[])]) {
    const value = environment[name] || fromFile[name];
    if (value) settings[name] = value;
  }
  const tokenSecret = `local:${randomBytes(32).toString('base64url')}`;
  const defaults = {
    API_KEYS: LOCAL_KEY,
    CORS_ORIGINS: '*',
    TOKEN_SECRETS: tokenSecret,
    CACHE_SECRET: randomBytes(32).toString('base64url'),
    WEBHOOK_LOOPBACK: 'true',
  };
  return { ...defaults, ...settings };
}

/** Names in `.dev.vars` that are no settings: a misspelled one has no effect, and nobody would see why. */
export function unknownSettings(devVars: string): string[] {
  const known: readonly string[] = [...SETTING_NAMES, ...namesIn('hooks').map(secretName)];
  return Object.keys(readDevVars(devVars)).filter((name) => !known.includes(name));
}

function readDevVars(devVars: string): NodeJS.Dict<string> {
  return existsSync(devVars) ? parseEnv(readFileSync(devVars, 'utf8')) : {};
}
