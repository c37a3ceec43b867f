import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from '../test/support/gateway.ts';
import { combine, type Figures } from './figures.ts';
import { gateways } from './gateways.ts';
import { measureAll } from './measure/all.ts';
import { readOptions } from './options.ts';
import { bundlePeer, installPeer } from './peer.ts';
import { print } from './print.ts';
import { startUpstream } from './processes.ts';
import { writeReport } from './report.ts';
import { summarize } from './statistics.ts';

process.on('SIGTERM', () => process.exit(1));
if (process.platform !== 'linux') throw new Error('The benchmark reads CPU times from /proc, so it needs Linux.');

const { plan, runs, bundles: given, cachingPeer, full } = readOptions();
const start = performance.now();
const peerBundle = full ? await preparePeer() : undefined;
const bundles = given.size === 0 ? new Map([['cedalion', join(await build(), 'worker.js')]]) : given;
const measured = [];
for (let run = 1; run <= runs; run++) measured.push(await measureOnce(run));

const figures = combine(measured);
const compared = gateways({ upstreamPort: 0, kvPort: 0, cachePort: 0, bundles, peerBundle, cachingPeer });
if (full) await writeReport({ figures, gateways: compared, plan, runs });
progress('done');
if (process.stderr.isTTY) process.stderr.write('\n');
print(figures, compared, runs);

async function measureOnce(run: number): Promise<Figures> {
  const upstream = await startUpstream();
  const { port: upstreamPort, kvPort, cachePort } = upstream;
  const places = { upstreamPort, kvPort, cachePort, bundles, peerBundle, cachingPeer };
  const figures = await measureAll(plan, gateways(places), (text) => progress(`run ${run} of ${runs}: ${text}`));
  await upstream.stop();
  return new Map([...figures, ...(await sizes())]);
}

async function sizes(): Promise<Figures> {
  const figures = new Map();
  for (const [name, path] of bundles) {
    const kibibytes = gzipSync(await readFile(path), { level: 9 }).byteLength / 1024;
    figures.set(`bundle_gzip_kib.${name}`, summarize([kibibytes]));
  }
  return figures;
}

async function build(): Promise<string> {
  progress('building Cedalion');
  const folder = await bundle();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function preparePeer(): Promise<string> {
  progress('installing the other gateway into bench/peer, and bundling it for workerd');
  installPeer();
  return bundlePeer();
}

function progress(text: string): void {
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${seconds} s: ${text}` : `${seconds} s: ${text}\n`);
}
