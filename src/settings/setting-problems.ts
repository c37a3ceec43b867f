import { splitList } from '../base/lists.ts';
import { MAX_KEY_CHARACTERS } from '../base/sizes.ts';
import type { SettingName } from './setting-names.ts';
import { readAppCheck, readHostOptions, readModelNames, readPrices } from './settings-json.ts';

/** As long as the output of the HMAC's hash. Source: RFC 7518, section 3.2 */
const MIN_SECRET_CHARACTERS = 32;

const COUNTS: readonly SettingName[] = [
  'KV_WRITES_PER_REQUEST',
  'KV_WRITES_PER_DAY',
  'IP_REQUESTS_PER_MINUTE',
  'RUN_MAX_BYTES',
  'RUNS_PER_CALLER',
  'RUN_GRACE_SECONDS',
  'WEBHOOK_ENDPOINTS_PER_CALLER',
  'WEBHOOK_DELIVERIES_PER_CALLER',
  'CLASSIFIERS_PER_CALLER',
];
/** Of what is deleted by the alarm of an object, which has to be in the future and before 2189. */
const LIFETIMES: readonly SettingName[] = ['RUN_HOURS', 'WEBHOOK_DAYS', 'KEEPALIVE_SECONDS', 'QUEUE_SECONDS'];
const FLAGS: readonly SettingName[] = ['WEBHOOK_LOOPBACK', 'CACHE_KV', 'PICTURE_MARKS_OPTIONAL'];
/** A slash at their end is removed. */
export const URLS: readonly SettingName[] = ['OPENAI_BASE_URL', 'CLIP_ENDPOINT_URL', 'INFERENCE_URL'];
const CREDENTIALS: readonly SettingName[] = ['HF_TOKEN', 'OPENAI_API_KEY', 'CLIP_ENDPOINT_TOKEN', 'JINA_API_KEY'];

/** @returns why a value is unusable, in a sentence that does not show it; undefined if it is usable */
export function problemWith(name: SettingName, value: string): string | undefined {
  if (URLS.includes(name)) {
    const url = URL.parse(value);
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      return `The setting ${name} must be a complete URL, such as https://host.example.com/v1.`;
    }
    if (url.username || url.password || /[?#]/.test(value)) {
      return `The setting ${name} must be a URL without user name, query or fragment.`;
    }
  }
  if (CREDENTIALS.includes(name) && !/^[\x21-\x7e]+$/.test(value)) {
    return `The setting ${name} must be ASCII characters without spaces, because it is sent in a header.`;
  }
  if (COUNTS.includes(name) && !/^\d{1,9}$/.test(value)) {
    return `The setting ${name} must be a number without sign, point or spaces.`;
  }
  if (LIFETIMES.includes(name) && !/^[1-9]\d{0,3}$/.test(value)) {
    return `The setting ${name} must be a whole number from 1 to 9999.`;
  }
  if (name === 'HF_TOKEN' && !value.startsWith('hf_')) {
    return 'The setting HF_TOKEN must be a Hugging Face token: it begins with hf_.';
  }
  if (name === 'TOKEN_SECRETS' && !areSecrets(secretsIn(value))) {
    return `The setting TOKEN_SECRETS must be name:secret, separated by commas, each with a name of its own and at least ${MIN_SECRET_CHARACTERS} ASCII characters.`;
  }
  if (name === 'CACHE_SECRET' && !(value.length >= MIN_SECRET_CHARACTERS && /^[\x21-\x7e]+$/.test(value))) {
    return `The setting CACHE_SECRET must have at least ${MIN_SECRET_CHARACTERS} ASCII characters without spaces.`;
  }
  if (name === 'CORS_ORIGINS' && value !== '*' && !splitList(value).every(isOrigin)) {
    return 'The setting CORS_ORIGINS must be * or origins such as https://app.example.com, separated by commas.';
  }
  if (name === 'APP_CHECK' && !readAppCheck(value)) {
    return 'The setting APP_CHECK must be JSON with `project_number`, `apps` and `scopes`, as .dev.vars.example shows.';
  }
  if (name === 'PRICES' && !readPrices(value)) {
    return 'The setting PRICES must be JSON: model ids, each with `input`, `cached_input`, `output`, `picture`, `minute` or `request` in USD.';
  }
  if (name === 'HOST_OPTIONS' && !readHostOptions(value)) {
    return 'The setting HOST_OPTIONS must be JSON: hosts, or <host>/<model>, each with options that docs/operations.md describes.';
  }
  if (name === 'MODEL_NAMES' && !readModelNames(value)) {
    return 'The setting MODEL_NAMES must be JSON: names, each with the name of a model of GET /v1/models. A name can have a * at its end.';
  }
  if (name === 'WEBHOOK_RETRY_SECONDS' && !/^\d{1,6}(,\d{1,6}){0,19}$/.test(value)) {
    return 'The setting WEBHOOK_RETRY_SECONDS must be 1 to 20 numbers of seconds, separated by commas.';
  }
  if (FLAGS.includes(name) && value !== 'true' && value !== 'false') {
    return `The setting ${name} must be true or false.`;
  }
  if (name === 'API_KEYS') {
    const keys = splitList(value);
    if (keys.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
      return 'The setting API_KEYS must be keys of ASCII characters without spaces, separated by commas.';
    }
    if (keys.some((key) => key.length > MAX_KEY_CHARACTERS)) {
      return `Each key of API_KEYS must have at most ${MAX_KEY_CHARACTERS} characters.`;
    }
  }
  return undefined;
}

/** A token names its secret: of two with one name, the tokens of the second would be refused. */
function areSecrets(secrets: readonly { id: string; secret: string }[]): boolean {
  return (
    new Set(secrets.map(({ id }) => id)).size === secrets.length &&
    secrets.every(
      ({ id, secret }) =>
        /^[\w-]{1,32}$/.test(id) && secret.length >= MIN_SECRET_CHARACTERS && /^[\x21-\x7e]+$/.test(secret),
    )
  );
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  // An app's own scheme (capacitor://localhost) has no origin by the URL standard, but browsers send it as
  // one.
  return url !== null && (url.origin === text || /^[a-z][a-z\d+.-]*:\/\/[\w.-]+$/.test(text));
}

/** `name:secret`, separated by commas. */
export function secretsIn(value: string | undefined): { id: string; secret: string }[] {
  return splitList(value).map((entry) => {
    const end = entry.indexOf(':');
    return { id: entry.slice(0, end), secret: entry.slice(end + 1) };
  });
}
