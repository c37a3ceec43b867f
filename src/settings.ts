import { SETTING_NAMES, type SettingName } from './setting-names.ts';
import { type AppCheck, type Price, readAppCheck, readPrices } from './settings-json.ts';
import { MAX_KEY_CHARACTERS, MAX_RUN_BYTES } from './sizes.ts';

/** What wrangler gives the Worker: its bindings, and the settings. Each setting may be unset. */
export type Env = {
  EMBEDDINGS: KVNamespace;
  /** Records of API keys. Without it only the keys of API_KEYS work. */
  KEYS?: KVNamespace | undefined;
  /** Counts what limited callers use. */
  LIMITS?: DurableObjectNamespace | undefined;
  /** The runs: executions that are recorded. */
  RUNS?: DurableObjectNamespace | undefined;
  /** The runs of each caller. */
  RUN_LISTS?: DurableObjectNamespace | undefined;
  /** The webhooks of each account. */
  WEBHOOKS?: DurableObjectNamespace | undefined;
  /** Records what all callers use. */
  USAGE?: DurableObjectNamespace | undefined;
} & { [Name in SettingName]?: string };

/** The settings after validation. */
export interface Settings {
  /** The usable values. A URL has no slash at its end. */
  readonly values: Readonly<Partial<Record<SettingName, string>>>;
  readonly apiKeys: readonly string[];
  /** The first signs client tokens; all of them are accepted. */
  readonly tokenSecrets: readonly { readonly id: string; readonly secret: string }[];
  readonly appCheck: AppCheck | undefined;
  readonly corsOrigins: 'all' | readonly string[];
  readonly ipRequestsPerMinute: number;
  readonly prices: Readonly<Record<string, Price>>;
  /** The most values that a request, and an isolate in a day, writes to KV. */
  readonly kvWritesPerRequest: number;
  readonly kvWritesPerDay: number;
  readonly runs: RunSettings;
  readonly webhooks: WebhookSettings;
  /**
   * A sentence for each unusable setting or missing binding; none shows the value. A problem closes only what needs the
   * setting: see `problemOf` in models/resolve.ts.
   */
  readonly problems: Readonly<Partial<Record<SettingName | 'EMBEDDINGS', string>>>;
}

export interface RunSettings {
  /** How long a run and its answer are stored. */
  readonly keepMs: number;
  /** The most bytes of an answer. */
  readonly maxBytes: number;
  /** The most listed runs that are stored of a caller at the same time. */
  readonly perCaller: number;
  /** How long a run that is not in the background continues if nobody reads it. */
  readonly graceMs: number;
}

export interface WebhookSettings {
  readonly endpointsPerCaller: number;
  /** The most deliveries that are stored of a caller at the same time. */
  readonly deliveriesPerCaller: number;
  /** How long a delivery is stored. */
  readonly keepMs: number;
  /** Pauses after each failed attempt. */
  readonly retrySeconds: readonly number[];
  /** Whether webhooks may be sent to this machine. */
  readonly toLoopback: boolean;
}

/** The free plan of KV allows 1,000 writes a day, and 10 ms of CPU per request; a write takes 0.1 ms. */
const KV_WRITES_PER_REQUEST = 20;
const KV_WRITES_PER_DAY = 900;

const IP_REQUESTS_PER_MINUTE = 300;
/** As long as the output of the HMAC's hash. Source: RFC 7518, section 3.2 */
const MIN_SECRET_CHARACTERS = 32;

const RUN_HOURS = 24;
const RUNS_PER_CALLER = 1_000;
const RUN_GRACE_SECONDS = 120;

const WEBHOOK_ENDPOINTS_PER_CALLER = 10;
const WEBHOOK_DELIVERIES_PER_CALLER = 10_000;
const WEBHOOK_DAYS = 7;
/** After the first attempt at once: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Source: Standard Webhooks */
const WEBHOOK_RETRY_SECONDS = '5,300,1800,7200,18000,36000,50400,72000,86400';

const COUNTS: readonly SettingName[] = [
  'KV_WRITES_PER_REQUEST',
  'KV_WRITES_PER_DAY',
  'IP_REQUESTS_PER_MINUTE',
  'RUN_HOURS',
  'RUN_MAX_BYTES',
  'RUNS_PER_CALLER',
  'RUN_GRACE_SECONDS',
  'WEBHOOK_ENDPOINTS_PER_CALLER',
  'WEBHOOK_DELIVERIES_PER_CALLER',
  'WEBHOOK_DAYS',
];
const URLS: readonly SettingName[] = ['OPENAI_BASE_URL', 'CLIP_ENDPOINT_URL', 'INFERENCE_URL'];
const CREDENTIALS: readonly SettingName[] = ['HF_TOKEN', 'OPENAI_API_KEY', 'CLIP_ENDPOINT_TOKEN', 'JINA_API_KEY'];

const checked = new WeakMap<Env, Settings>();

/** Reads the environment once per isolate. Unusable settings are listed under `problems`. */
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
  const problems: Partial<Record<SettingName | 'EMBEDDINGS', string>> = {};
  for (const name of SETTING_NAMES) {
    // A number in [vars] is a number here.
    const value = String(env[name] ?? '').trim();
    if (!value) continue;
    const problem = problemWith(name, value);
    if (problem === undefined) values[name] = URLS.includes(name) ? value.replace(/\/+$/, '') : value;
    else problems[name] = problem;
  }
  if (!env.EMBEDDINGS) problems.EMBEDDINGS = 'The KV binding EMBEDDINGS is missing from the configuration.';
  return {
    values,
    apiKeys: listIn(values.API_KEYS),
    tokenSecrets: secretsIn(values.TOKEN_SECRETS),
    appCheck: readAppCheck(values.APP_CHECK),
    corsOrigins: values.CORS_ORIGINS === '*' ? 'all' : listIn(values.CORS_ORIGINS),
    ipRequestsPerMinute: Number(values.IP_REQUESTS_PER_MINUTE ?? IP_REQUESTS_PER_MINUTE),
    prices: readPrices(values.PRICES) ?? {},
    kvWritesPerRequest: Number(values.KV_WRITES_PER_REQUEST ?? KV_WRITES_PER_REQUEST),
    kvWritesPerDay: Number(values.KV_WRITES_PER_DAY ?? KV_WRITES_PER_DAY),
    runs: {
      keepMs: Number(values.RUN_HOURS ?? RUN_HOURS) * 3_600_000,
      maxBytes: Number(values.RUN_MAX_BYTES ?? MAX_RUN_BYTES),
      perCaller: Number(values.RUNS_PER_CALLER ?? RUNS_PER_CALLER),
      graceMs: Number(values.RUN_GRACE_SECONDS ?? RUN_GRACE_SECONDS) * 1000,
    },
    webhooks: {
      endpointsPerCaller: Number(values.WEBHOOK_ENDPOINTS_PER_CALLER ?? WEBHOOK_ENDPOINTS_PER_CALLER),
      deliveriesPerCaller: Number(values.WEBHOOK_DELIVERIES_PER_CALLER ?? WEBHOOK_DELIVERIES_PER_CALLER),
      keepMs: Number(values.WEBHOOK_DAYS ?? WEBHOOK_DAYS) * 86_400_000,
      retrySeconds: listIn(values.WEBHOOK_RETRY_SECONDS ?? WEBHOOK_RETRY_SECONDS).map(Number),
      toLoopback: values.WEBHOOK_LOOPBACK === 'true',
    },
    problems,
  };
}

function problemWith(name: SettingName, value: string): string | undefined {
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
  if (name === 'HF_TOKEN' && !value.startsWith('hf_')) {
    return 'The setting HF_TOKEN must be a Hugging Face token: it begins with hf_.';
  }
  if (name === 'TOKEN_SECRETS' && !secretsIn(value).every(({ id, secret }) => isSecret(id, secret))) {
    return `The setting TOKEN_SECRETS must be name:secret, separated by commas, each secret with at least ${MIN_SECRET_CHARACTERS} ASCII characters.`;
  }
  if (name === 'CORS_ORIGINS' && value !== '*' && !listIn(value).every(isOrigin)) {
    return 'The setting CORS_ORIGINS must be * or origins such as https://app.example.com, separated by commas.';
  }
  if (name === 'APP_CHECK' && !readAppCheck(value)) {
    return 'The setting APP_CHECK must be JSON with `project_number`, `apps` and `scopes`, as .dev.vars.example shows.';
  }
  if (name === 'PRICES' && !readPrices(value)) {
    return 'The setting PRICES must be JSON: model ids, each with `input`, `output`, `picture` or `request` in USD.';
  }
  if (name === 'WEBHOOK_RETRY_SECONDS' && !/^\d{1,6}(,\d{1,6}){0,19}$/.test(value)) {
    return 'The setting WEBHOOK_RETRY_SECONDS must be 1 to 20 numbers of seconds, separated by commas.';
  }
  if (name === 'WEBHOOK_LOOPBACK' && value !== 'true' && value !== 'false') {
    return 'The setting WEBHOOK_LOOPBACK must be true or false.';
  }
  if (name === 'API_KEYS') {
    const keys = listIn(value);
    if (keys.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
      return 'The setting API_KEYS must be keys of ASCII characters without spaces, separated by commas.';
    }
    if (keys.some((key) => key.length > MAX_KEY_CHARACTERS)) {
      return `Each key of API_KEYS must have at most ${MAX_KEY_CHARACTERS} characters.`;
    }
  }
  return undefined;
}

function isSecret(id: string, secret: string): boolean {
  return /^[\w-]{1,32}$/.test(id) && secret.length >= MIN_SECRET_CHARACTERS && /^[\x21-\x7e]+$/.test(secret);
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  // An app's own scheme (capacitor://localhost) has no origin by the URL standard, but browsers send it as one.
  return url !== null && (url.origin === text || /^[a-z][a-z\d+.-]*:\/\/[\w.-]+$/.test(text));
}

function secretsIn(value: string | undefined): { id: string; secret: string }[] {
  return listIn(value).map((entry) => {
    const end = entry.indexOf(':');
    return { id: entry.slice(0, end), secret: entry.slice(end + 1) };
  });
}

function listIn(value = ''): string[] {
  return value
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}
