import type { SettingName } from '../settings/setting-names.ts';
import type { Settings } from '../settings/settings.ts';
import type { HostOptions } from '../settings/settings-json.ts';

/**
 * A place that answers inference requests. The operator chooses it by settings; nothing a caller sends can.
 */
export interface Host {
  /** The name that `x-cedalion-target` and /v1/models show. */
  readonly name: string;
  /** The setting that makes this host available. */
  readonly requires: SettingName;
  /** All settings that it reads. An unusable one closes this host, and no other. */
  readonly settings: readonly SettingName[];
  endpoint(settings: Settings): Endpoint | undefined;
  /** What is known of it. The setting HOST_OPTIONS can say more: see host-options.ts. */
  readonly options?: HostOptions;
}

export interface Endpoint {
  /** Base URL without a slash at its end. */
  readonly url: string;
  readonly token?: string | undefined;
}

function fixed(name: string, requires: SettingName, url: string): Host {
  return {
    name,
    requires,
    settings: [requires],
    endpoint: ({ values }) => (values[requires] === undefined ? undefined : { url, token: values[requires] }),
  };
}

interface Configured {
  readonly url: SettingName;
  readonly token?: SettingName;
  readonly others?: readonly SettingName[];
}

function configured(name: string, { url: requires, token, others = [] }: Configured): Host {
  return {
    name,
    requires,
    settings: token ? [requires, token, ...others] : [requires, ...others],
    endpoint({ values }) {
      const url = values[requires];
      return url === undefined ? undefined : { url, token: token && values[token] };
    },
  };
}

/** The embedded default: this project's own inference server, set by `npm start`. */
export const origin = configured('origin', { url: 'INFERENCE_URL' });
export const huggingfaceRouter = fixed('huggingface', 'HF_TOKEN', 'https://router.huggingface.co');
export const openaiHost = configured('openai', { url: 'OPENAI_BASE_URL', token: 'OPENAI_API_KEY' });
export const clipEndpoint = configured('clip-endpoint', {
  url: 'CLIP_ENDPOINT_URL',
  token: 'CLIP_ENDPOINT_TOKEN',
  others: ['CLIP_ENDPOINT_MODEL'],
});
export const jinaApi = fixed('jina', 'JINA_API_KEY', 'https://api.jina.ai/v1');
