import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Running, startWorkerd } from '../test/chaos/workerd.ts';
import { startNode } from './processes.ts';

/** What is measured: who answers, and how a request must look for it to be forwarded to the upstream. */
export interface Gateway {
  readonly name: GatewayName;
  readonly title: string;
  /** Put before the upstream's model id. */
  readonly modelPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  start(): Promise<Running>;
}

export type GatewayName = 'static' | 'bare' | 'cedalion' | 'bare-node' | 'portkey';

const KEY = 'sk-bench';
const worker = (name: string) => fileURLToPath(new URL(`workers/${name}.js`, import.meta.url));
const PEER = fileURLToPath(new URL('peer/node_modules/@portkey-ai/gateway/build/start-server.js', import.meta.url));

export interface Places {
  readonly upstreamPort: number;
  readonly kvPort: number;
  /** Cedalion's bundle. */
  readonly bundle: string;
}

export function gateways({ upstreamPort, kvPort, bundle }: Places): Gateway[] {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  return [
    {
      name: 'static',
      title: 'Static Worker',
      modelPrefix: '',
      headers: {},
      start: () => startWorkerd({ script: worker('static'), settings: {} }),
    },
    {
      name: 'bare',
      title: 'Bare pass-through Worker',
      modelPrefix: '',
      headers: {},
      start: () => startWorkerd({ script: worker('bare'), settings: { UPSTREAM: upstream } }),
    },
    {
      name: 'cedalion',
      title: 'Cedalion',
      modelPrefix: 'openai/',
      headers: { authorization: `Bearer ${KEY}` },
      start: () =>
        startWorkerd({
          script: bundle,
          settings: {
            API_KEYS: KEY,
            OPENAI_BASE_URL: `${upstream}/v1`,
            OPENAI_API_KEY: 'sk-upstream',
            INFERENCE_URL: upstream,
          },
          kvPort,
        }),
    },
    {
      name: 'bare-node',
      title: 'Bare pass-through on Node',
      modelPrefix: '',
      headers: {},
      start: () =>
        startNode(peerScript('bare-node.js'), noArguments, (port) => ({ UPSTREAM: upstream, PORT: `${port}` })),
    },
    {
      name: 'portkey',
      title: 'Portkey gateway on Node',
      modelPrefix: '',
      headers: {
        authorization: 'Bearer sk-upstream',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${upstream}/v1`,
      },
      start: () =>
        startNode(
          PEER,
          (port) => [`--port=${port}`, '--headless'],
          (port) => ({ PORT: `${port}` }),
        ),
    },
  ];
}

export const peerIsInstalled = (): boolean => existsSync(PEER);

const peerScript = (name: string) => fileURLToPath(new URL(`peer/${name}`, import.meta.url));
const noArguments = () => [];
