import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The folder of the peer, which is not a dependency of this project. */
export const PEER = fileURLToPath(new URL('peer', import.meta.url));
export const PEER_ON_NODE = `${PEER}/node_modules/@portkey-ai/gateway/build/start-server.js`;

const WRANGLER = fileURLToPath(new URL('../node_modules/wrangler/bin/wrangler.js', import.meta.url));

export function installPeer(): void {
  if (existsSync(PEER_ON_NODE)) return;
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--silent'], {
    cwd: PEER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/**
 * Bundles the peer for workerd. Its package has the build for Node only: the Hono app that its Worker
 * exports, and then the code that starts a server. This keeps the app, exports it, and lets wrangler bundle
 * it as it does any Worker.
 *
 * @returns the path of the bundle
 */
export async function bundlePeer(): Promise<string> {
  const script = await readFile(PEER_ON_NODE, 'utf8');
  const [, app] = /\(\{app:(\w+)\}\)/.exec(script) ?? [];
  const end = script.search(/const \w+=process\.argv\.slice\(2\)/);
  if (app === undefined || end === -1) throw new Error('The build of the peer has changed: see bench/peer.ts.');
  const ofNode = /import[^;]*from"(@hono\/node-server|@hono\/node-ws|ws)";/g;
  const worker = script
    .slice(0, end)
    .replace(/^#!.*\n/, '')
    .replace(ofNode, '');
  await mkdir(`${PEER}/dist`, { recursive: true });
  await writeFile(`${PEER}/dist/portkey.js`, `${worker};export default ${app};`);
  execFileSync(process.execPath, [WRANGLER, 'deploy', '--dry-run', '--outdir', 'dist/bundle'], {
    cwd: PEER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return `${PEER}/dist/bundle/portkey.js`;
}
