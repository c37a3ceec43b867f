import { fileURLToPath } from 'node:url';
import { type Running, startWorkerd, type WorkerOptions } from '../test/chaos/workerd.ts';
import { storeKeys, TOKEN_SECRETS } from './callers.ts';
import { PEER, PEER_ON_NODE } from './peer.ts';
import { startNode } from './processes.ts';

export type GatewayKind =
  | 'static'
  | 'bare'
  | 'cedalion'
  | 'bare-node'
  | 'portkey'
  | 'portkey-workerd'
  | 'portkey-cache';

/** For gateways on workerd. */
export type Traced = Pick<WorkerOptions, 'v8Flags' | 'onOutput'>;

/** One measured gateway, and how a request must look for it to be forwarded to the upstream. */
export interface Gateway {
  readonly kind: GatewayKind;
  /** The kind, or the name of one of several bundles of Cedalion. */
  readonly name: string;
  readonly title: string;
  /** Prefix of the upstream's model id. */
  readonly modelPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  start(traced?: Traced): Promise<Running>;
}

export interface Places {
  readonly upstreamPort: number;
  readonly kvPort: number;
  readonly cachePort: number;
  /** Bundles of Cedalion by name: each is a gateway. */
  readonly bundles: ReadonlyMap<string, string>;
  /** The peer, bundled for workerd. */
  readonly peerBundle?: string | undefined;
  /** The server of the peer, built with its cache: its package has none. */
  readonly cachingPeer?: string | undefined;
}

const KEY = 'sk-bench';
const worker = (name: string) => fileURLToPath(new URL(`workers/${name}.js`, import.meta.url));

/** Without the peer's bundle, only the gateways of `--quick`. */
export function gateways({ upstreamPort, kvPort, cachePort, bundles, peerBundle, cachingPeer }: Places): Gateway[] {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const bare: Gateway = {
    kind: 'bare',
    name: 'bare',
    title: 'Bare pass-through Worker',
    modelPrefix: '',
    headers: {},
    start: () => startWorkerd({ script: worker('bare'), settings: { UPSTREAM: upstream }, hasObjects: false }),
  };
  const constant: Gateway = {
    ...bare,
    kind: 'static',
    name: 'static',
    title: 'Static Worker',
    start: () => startWorkerd({ script: worker('static'), settings: {}, hasObjects: false }),
  };
  const cedalions = [...bundles].map(
    ([name, script]): Gateway => ({
      kind: 'cedalion',
      name,
      title: bundles.size === 1 ? 'Cedalion' : `Cedalion (${name})`,
      modelPrefix: 'openai/',
      headers: { authorization: `Bearer ${KEY}` },
      start: async (traced) => {
        await storeKeys(kvPort);
        return startWorkerd({
          ...traced,
          script,
          settings: {
            API_KEYS: KEY,
            TOKEN_SECRETS,
            CACHE_SECRET: 'a-secret-of-the-benchmark-that-is-long-enough',
            OPENAI_BASE_URL: `${upstream}/v1`,
            OPENAI_API_KEY: 'sk-upstream',
            INFERENCE_URL: upstream,
            CLIP_ENDPOINT_URL: upstream,
            // By default an isolate stops writing after the free plan's writes of a day.
            KV_WRITES_PER_DAY: '999999999',
            RUNS_PER_CALLER: '999999999',
          },
          kvPort,
          cachePort,
        });
      },
    }),
  );
  const portkey: Omit<Gateway, 'start'> = {
    kind: 'portkey',
    name: 'portkey',
    title: 'Portkey gateway on Node',
    modelPrefix: '',
    headers: {
      authorization: 'Bearer sk-upstream',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    },
  };
  const ownGateways = [bare, constant, ...cedalions];
  if (cachingPeer !== undefined) ownGateways.push(caching(portkey, cachingPeer, `${upstream}/v1`));
  if (peerBundle === undefined) return ownGateways;

  return [
    ...ownGateways,
    {
      ...bare,
      kind: 'bare-node',
      name: 'bare-node',
      title: 'Bare pass-through on Node',
      start: () => startNode(`${PEER}/bare-node.js`, noArguments, (port) => ({ UPSTREAM: upstream, PORT: `${port}` })),
    },
    {
      ...portkey,
      start: () => startPeer(PEER_ON_NODE),
    },
    {
      ...portkey,
      kind: 'portkey-workerd',
      name: 'portkey-workerd',
      title: 'Portkey gateway on workerd',
      start: () => startWorkerd({ script: peerBundle, settings: { ENVIRONMENT: 'production' }, hasObjects: false }),
    },
  ];
}

/** The peer with its cache in memory. It counts the age in milliseconds. */
function caching(peer: Omit<Gateway, 'start'>, script: string, custom_host: string): Gateway {
  const cache = { mode: 'simple', max_age: 86_400_000 };
  const config = { provider: 'openai', api_key: 'sk-upstream', custom_host, cache };
  return {
    ...peer,
    kind: 'portkey-cache',
    name: 'portkey-cache',
    title: 'Portkey gateway on Node, with its cache',
    headers: { authorization: 'Bearer sk-upstream', 'x-portkey-config': JSON.stringify(config) },
    start: () => startPeer(script),
  };
}

const startPeer = (script: string) =>
  startNode(
    script,
    (port) => [`--port=${port}`, '--headless'],
    (port) => ({ PORT: `${port}` }),
  );

const noArguments = () => [];
