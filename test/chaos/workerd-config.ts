import { readFileSync } from 'node:fs';

const wrangler = readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8');

interface Configuration {
  readonly settings: Readonly<Record<string, string>>;
  /** The folder of the Durable Objects. */
  readonly storage: string;
  readonly isolates: number;
  /** Whether the script exports the classes of the Durable Objects. By default it does. */
  readonly hasObjects?: boolean | undefined;
  readonly kvPort?: number | undefined;
  readonly v8Flags?: readonly string[] | undefined;
  /** Port of the store behind the Cache API. Without it that fails. */
  readonly cachePort?: number | undefined;
  /** Port of a server that gets all requests to hosts, whatever their names are, without TLS. */
  readonly hostsPort?: number | undefined;
}

/**
 * The configuration of workerd, as wrangler.toml says. The first isolate has the Durable Objects, and all of
 * them use them. Source: https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 */
export function workerdConfig({
  settings,
  storage,
  isolates,
  hasObjects = true,
  kvPort = 9,
  v8Flags = [],
  cachePort,
  hostsPort,
}: Configuration): string {
  const names = ['main', ...Array.from({ length: isolates - 1 }, (_, i) => `other${i + 1}`)];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ${JSON.stringify(v8Flags)},
  services = [
    ${names.map((name) => `(name = "${name}", worker = .${name})`).join(',\n    ')},
    (name = "internet", ${
      hostsPort === undefined
        ? 'network = (allow = ["public", "private"])'
        : `external = (address = "127.0.0.1:${hostsPort}", http = ())`
    }),
    (name = "kv", external = (address = "127.0.0.1:${kvPort}", http = ())),
    ${cachePort === undefined ? '' : `(name = "cache", external = (address = "127.0.0.1:${cachePort}", http = ())),`}
    (name = "objects", disk = (path = ${JSON.stringify(storage)}, writable = true)),
  ],
  sockets = [
    ${names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`).join(',\n    ')},
  ],
);
${names.map((name) => worker({ name, settings, hasObjects, hasCache: cachePort !== undefined })).join('')}`;
}

interface WorkerConfiguration extends Pick<Configuration, 'settings'> {
  readonly name: string;
  readonly hasObjects: boolean;
  readonly hasCache: boolean;
}

function worker({ name, settings, hasObjects, hasCache }: WorkerConfiguration): string {
  const [, date] = /^compatibility_date = (".*")$/m.exec(wrangler) ?? [];
  const [, flags] = /^compatibility_flags = (\[.*\])$/m.exec(wrangler) ?? [];
  const stores = [...wrangler.matchAll(/^binding = "(\w+)"$/gm)].map(
    ([, binding]) => `(name = "${binding}", kvNamespace = "kv")`,
  );
  const texts = Object.entries(settings).map(([key, value]) => `(name = "${key}", text = ${JSON.stringify(value)})`);
  const classes = hasObjects ? [...wrangler.matchAll(/\{ name = "(\w+)", class_name = "(\w+)" \}/g)] : [];
  const where = name === 'main' ? '' : ', serviceName = "main"';
  const objects = classes.map(
    ([, binding, of]) => `(name = "${binding}", durableObjectNamespace = (className = "${of}"${where}))`,
  );
  const own = `
  durableObjectNamespaces = [${classes.map(([, , of]) => `(className = "${of}", uniqueKey = "cedalion-${of}", enableSql = true)`).join(', ')}],
  durableObjectStorage = (localDisk = "objects"),`;
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = ${date},
  compatibilityFlags = ${flags},
  bindings = [${[...stores, ...objects, ...texts].join(', ')}],${name === 'main' ? own : ''}${hasCache ? '\n  cacheApiOutbound = "cache",' : ''}
);
`;
}
