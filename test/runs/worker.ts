import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { type Host, startHost } from './host.ts';

export interface RunsWorker {
  readonly host: Host;
  readonly port: number;
  readonly pid: number;
  /** Ends the process as `kill -9` does, and starts another with the same disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The Worker as it is deployed on workerd, its objects on disk, and a host behind it. */
export async function startRunsWorker(settings: Record<string, string> = {}): Promise<RunsWorker> {
  const folder = await bundle();
  const storage = await mkdtemp(join(tmpdir(), 'cedalion-runs-'));
  const host = await startHost();
  const start = () =>
    startWorkerd({
      script: join(folder, 'worker.js'),
      storage,
      settings: {
        API_KEYS: LOCAL_KEY,
        OPENAI_BASE_URL: `${host.url}/v1`,
        OPENAI_API_KEY: 'sk-host',
        INFERENCE_URL: host.url,
        ...settings,
      },
    });
  let running: Running = await start();
  return {
    host,
    get port() {
      return running.port;
    },
    get pid() {
      return running.pid;
    },
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      await running.stop();
      await host.stop();
      await rm(folder, { recursive: true });
      await rm(storage, { recursive: true });
    },
  };
}
