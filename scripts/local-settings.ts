import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SETTING_NAMES, type SettingName } from '../src/setting-names.ts';

/** Only works on this machine: src/access/authenticate.ts. */
const LOCAL_KEY = 'sk-local';

/** The Worker's local settings: from the environment, then from `.dev.vars`, then the local key,
 * a new secret for client tokens, and CORS for all pages.
 */
export function localSettings(environment: NodeJS.ProcessEnv, devVars: string): Partial<Record<SettingName, string>> {
  const fromFile = existsSync(devVars) ? parseEnv(readFileSync(devVars, 'utf8')) : {};
  const settings: Partial<Record<SettingName, string>> = {};
  for (const name of SETTING_NAMES) {
    const value = environment[name] || fromFile[name];
    if (value) settings[name] = value;
  }
  const tokenSecret = `local:${randomBytes(32).toString('base64url')}`;
  return { API_KEYS: LOCAL_KEY, CORS_ORIGINS: '*', TOKEN_SECRETS: tokenSecret, ...settings };
}
