import { splitList } from '../base/lists.ts';
import { MAX_RUN_BYTES } from '../base/sizes.ts';
import { SETTING_NAMES, type SettingName } from './setting-names.ts';
import { problemWith, secretsIn, URLS } from './setting-problems.ts';
import {
  type AppCheck,
  type HostOptions,
  type Price,
  readAppCheck,
  readHostOptions,
  readModelNames,
  readPrices,
} from './settings-json.ts';

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
  /** The classifiers of each account. */
  CLASSIFIERS?: DurableObjectNamespace | undefined;
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
  /** The models that other names stand for. A name can have a `*` at its end. */
  readonly modelNames: Readonly<Record<string, string>>;
  /** By host, or host and model. */
  readonly hostOptions: Readonly<Record<string, HostOptions>> | undefined;
  /** The most values that a request, and an isolate in a day, writes to KV. */
  readonly kvWritesPerRequest: number;
  readonly kvWritesPerDay: number;
  readonly answers: AnswerCacheSettings;
  readonly streams: StreamSettings;
  readonly runs: RunSettings;
  readonly webhooks: WebhookSettings;
  /** The most classifiers that are stored of a caller. */
  readonly classifiersPerCaller: number;
  /** Whether the texts of examples, and the digests of their pictures, are stored with their vectors. */
  readonly storesSources: boolean;
  /** Whether a request can ask for pictures that do not say what made them. */
  readonly marksAreOptional: boolean;
  /**
   * A sentence for each unusable setting or missing binding; none shows the value. A problem closes only what
   * needs the setting: see `problemOf` in models/resolve.ts.
   */
  readonly problems: Readonly<Partial<Record<SettingName | 'EMBEDDINGS', string>>>;
}

export interface AnswerCacheSettings {
  /** Names what is cached; without it nothing is. */
  readonly secret: string | undefined;
  /** Whether answers are written to KV, too. */
  readonly usesKv: boolean;
}

export interface StreamSettings {
  /** After this much silence a stream gets a comment. */
  readonly keepaliveMs: number;
  /** How long a host that says it is alive may take until the first event. */
  readonly queueMs: number;
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

/** Proxies and phones drop connections that stay silent for a minute, some for less. */
const KEEPALIVE_SECONDS = 15;
const QUEUE_SECONDS = 300;

const RUN_HOURS = 24;
const RUNS_PER_CALLER = 1_000;
const RUN_GRACE_SECONDS = 120;

const WEBHOOK_ENDPOINTS_PER_CALLER = 10;
const WEBHOOK_DELIVERIES_PER_CALLER = 10_000;
const WEBHOOK_DAYS = 7;
/**
 * After the first attempt at once: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Source: Standard
 * Webhooks
 */
const WEBHOOK_RETRY_SECONDS = '5,300,1800,7200,18000,36000,50400,72000,86400';

const CLASSIFIERS_PER_CALLER = 100;

const checked = new WeakMap<Env, Settings>();

/**
 * Reads the environment once per isolate. Unusable settings are listed under `problems`, and said in the log.
 */
export function readSettings(env: Env): Settings {
  let settings = checked.get(env);
  if (!settings) {
    settings = check(env);
    checked.set(env, settings);
    for (const problem of Object.values(settings.problems)) console.log(JSON.stringify({ level: 'error', problem }));
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
    apiKeys: splitList(values.API_KEYS),
    tokenSecrets: secretsIn(values.TOKEN_SECRETS),
    appCheck: readAppCheck(values.APP_CHECK),
    corsOrigins: values.CORS_ORIGINS === '*' ? 'all' : splitList(values.CORS_ORIGINS),
    ipRequestsPerMinute: Number(values.IP_REQUESTS_PER_MINUTE ?? IP_REQUESTS_PER_MINUTE),
    prices: readPrices(values.PRICES) ?? {},
    hostOptions: readHostOptions(values.HOST_OPTIONS),
    modelNames: readModelNames(values.MODEL_NAMES) ?? {},
    kvWritesPerRequest: Number(values.KV_WRITES_PER_REQUEST ?? KV_WRITES_PER_REQUEST),
    kvWritesPerDay: Number(values.KV_WRITES_PER_DAY ?? KV_WRITES_PER_DAY),
    answers: { secret: values.CACHE_SECRET, usesKv: values.CACHE_KV === 'true' },
    streams: {
      keepaliveMs: Number(values.KEEPALIVE_SECONDS ?? KEEPALIVE_SECONDS) * 1000,
      queueMs: Number(values.QUEUE_SECONDS ?? QUEUE_SECONDS) * 1000,
    },
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
      retrySeconds: splitList(values.WEBHOOK_RETRY_SECONDS ?? WEBHOOK_RETRY_SECONDS).map(Number),
      toLoopback: values.WEBHOOK_LOOPBACK === 'true',
    },
    classifiersPerCaller: Number(values.CLASSIFIERS_PER_CALLER ?? CLASSIFIERS_PER_CALLER),
    storesSources: values.CLASSIFIER_SOURCES === 'store',
    marksAreOptional: values.PICTURE_MARKS_OPTIONAL === 'true',
    problems,
  };
}
