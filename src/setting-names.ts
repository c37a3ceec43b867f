/** Every setting of the Worker: `.dev.vars.example` explains each. A new one is a line here and a line there. */
export const SETTING_NAMES = [
  'API_KEYS',
  'TOKEN_SECRETS',
  'APP_CHECK',
  'CORS_ORIGINS',
  'IP_REQUESTS_PER_MINUTE',
  'PRICES',
  'HF_TOKEN',
  'OPENAI_BASE_URL',
  'OPENAI_API_KEY',
  'CLIP_ENDPOINT_URL',
  'CLIP_ENDPOINT_TOKEN',
  'CLIP_ENDPOINT_MODEL',
  'JINA_API_KEY',
  'KV_WRITES_PER_REQUEST',
  'KV_WRITES_PER_DAY',
  'RUN_HOURS',
  'RUN_MAX_BYTES',
  'RUNS_PER_CALLER',
  'RUN_GRACE_SECONDS',
  'INFERENCE_URL',
] as const;

export type SettingName = (typeof SETTING_NAMES)[number];
