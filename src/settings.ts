import { SETTING_NAMES, type SettingName } from './setting-names.ts';

/** What wrangler gives the Worker: one binding, and the settings, each of which may be unset. */
export type Env = { EMBEDDINGS: KVNamespace } & { [Name in SettingName]?: string };

/** The settings after their check. A URL has no slash at its end. */
export interface Settings {
  readonly values: Readonly<Partial<Record<SettingName, string>>>;
  readonly apiKeys: readonly string[];
  /** One sentence for each unusable value; none of them shows the value. */
  readonly problems: readonly string[];
}

/** In characters, all of them ASCII. */
export const LONGEST_KEY = 512;

const URLS: readonly SettingName[] = ['OPENAI_BASE_URL', 'CLIP_ENDPOINT_URL', 'INFERENCE_URL'];
const CREDENTIALS: readonly SettingName[] = ['HF_TOKEN', 'OPENAI_API_KEY', 'CLIP_ENDPOINT_TOKEN', 'JINA_API_KEY'];

const checked = new WeakMap<Env, Settings>();

/** Reads the environment once per isolate. Never throws: what is unusable is listed under `problems`. */
export function readSettings(env: Env): Settings {
  let settings = checked.get(env);
  if (!settings) {
    settings = check(env);
    checked.set(env, settings);
  }
  return settings;
}

function check(env: Env): Settings {
  const values: Partial<Record<SettingName, string>> = {};
  const problems: string[] = [];
  for (const name of SETTING_NAMES) {
    const value = env[name]?.trim();
    if (!value) continue;
    if (URLS.includes(name)) {
      const url = URL.parse(value);
      if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
        problems.push(`The setting ${name} must be a whole URL, such as https://host.example.com/v1.`);
      } else if (url.username || url.search || url.hash) {
        problems.push(`The setting ${name} must be a URL without user name, query or fragment.`);
      } else {
        values[name] = value.replace(/\/+$/, '');
      }
    } else if (CREDENTIALS.includes(name) && !/^[\x21-\x7e]+$/.test(value)) {
      problems.push(`The setting ${name} must be one word of ASCII characters, since it is sent in a header.`);
    } else {
      values[name] = value;
    }
  }
  if (values.HF_TOKEN && !values.HF_TOKEN.startsWith('hf_')) {
    problems.push('The setting HF_TOKEN must be a Hugging Face token: it begins with hf_.');
  }
  const apiKeys = (values.API_KEYS ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (apiKeys.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
    problems.push('The setting API_KEYS must be keys of ASCII characters without spaces, separated by commas.');
  }
  if (apiKeys.some((key) => key.length > LONGEST_KEY)) {
    problems.push(`A key of API_KEYS must be at most ${LONGEST_KEY} characters long.`);
  }
  if (!env.EMBEDDINGS) problems.push('The KV binding EMBEDDINGS is missing from the configuration.');
  return { values, apiKeys, problems };
}
