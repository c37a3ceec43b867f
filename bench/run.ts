import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Running } from '../test/chaos/workerd.ts';
import { bundle } from '../test/support/gateway.ts';
import { type Gateway, type GatewayName, gateways, peerIsInstalled } from './gateways.ts';
import { type CpuFigure, measureCpu, measureFirstEvent, measureFirstResponse, measureMemory } from './measure.ts';
import { startUpstream } from './processes.ts';
import { writeReport } from './report.ts';
import { workloads } from './workloads.ts';

const FULL = { rounds: 14, blockMs: 1000, firstEvents: 300, firstResponses: 11, memoryRounds: 3, memoryRequests: 400 };
const QUICK = { rounds: 14, blockMs: 400, firstEvents: 200, firstResponses: 9, memoryRounds: 3, memoryRequests: 400 };

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const size = quick ? QUICK : FULL;
const names: readonly GatewayName[] = quick
  ? ['bare', 'static', 'cedalion']
  : ['bare', 'static', 'cedalion', 'bare-node', 'portkey'];

process.on('SIGTERM', () => process.exit(1));
if (process.platform !== 'linux') throw new Error('The benchmark reads CPU times from /proc, so it needs Linux.');
if (!quick && !peerIsInstalled()) installPeer();

const start = performance.now();
progress('building Cedalion');
const folder = await bundle();
const bundlePath = join(folder, 'worker.js');
const bundleKibibytes = gzipSync(await readFile(bundlePath), { level: 9 }).byteLength / 1024;
const upstream = await startUpstream();
const measured = gateways({ upstreamPort: upstream.port, kvPort: upstream.kvPort, bundle: bundlePath }).filter(
  ({ name }) => names.includes(name),
);
const chatting = measured.filter(({ name }) => name !== 'static').sort((a) => (a.name === 'bare' ? -1 : 0));
const work = workloads.filter((workload) => !quick || workload.quick);

progress('first response of a fresh process');
const firstResponse = await measureFirstResponse(chatting, { rounds: size.firstResponses });
progress('memory');
const memory = await measureMemory(
  chatting,
  work.filter(({ name }) => name === 'chat_json' || name === 'stream_200'),
  { rounds: size.memoryRounds, requestsEach: size.memoryRequests },
);
const started = new Map<Gateway, Running>();
for (const gateway of measured) started.set(gateway, await gateway.start());
progress('time to the first event');
const firstEvent = await measureFirstEvent(new Map([...started].filter(([gateway]) => chatting.includes(gateway))), {
  rounds: size.firstEvents,
});
const cpu = await measureCpu(work, started, { ...size, progress });
for (const running of [...started.values(), upstream]) await running.stop();
await rm(folder, { recursive: true });

if (!quick) {
  await writeReport({ ...size, cpu, firstEvent, firstResponse, memory, bundleKibibytes, gateways: measured });
}
progress(`done in ${((performance.now() - start) / 1000).toFixed(0)} s`);
for (const { workload, gateway, ratio, cpuMs } of cpu) {
  console.log(
    `${workload.name} ${gateway}: ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}), ${cpuMs.median.toFixed(3)} ms`,
  );
}
console.log(
  JSON.stringify({
    chat_json_cpu: round(ratioOf('chat_json')),
    stream_200_cpu: round(ratioOf('stream_200')),
    ttft_added_ms: round(firstEvent.get('cedalion')?.median),
    embeddings_through_cpu: round(ratioOf('embeddings_through')),
    similarity_warm_vs_static_cpu: round(ratioOf('similarity_warm')),
    memory: round(memory.get('cedalion')?.ratio.median),
    first_response_added_ms: round(firstResponse.get('cedalion')?.median),
    bundle_gzip_kib: round(bundleKibibytes),
  }),
);

function ratioOf(name: string): number | undefined {
  return cpu.find(({ workload, gateway }: CpuFigure) => workload.name === name && gateway === 'cedalion')?.ratio.median;
}

function round(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}

function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
}

function installPeer(): void {
  progress('installing the peer into bench/peer');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--silent'], {
    cwd: fileURLToPath(new URL('peer', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
