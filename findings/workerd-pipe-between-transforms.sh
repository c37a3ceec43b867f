#!/usr/bin/env bash
# workerd 1.20261023.1: the readable side of an IdentityTransformStream cannot be piped into another one.
#
# pipeTo() rejects, and leaves both streams as they are: whoever reads the second one waits for ever. Code
# that passes a stream through two such pipes, each right by itself, hangs if the promise of pipeTo() is only
# handed to waitUntil() or its rejection is ignored. A loop that reads and writes works, and so does a
# TransformStream in place of either.
#
# Seen:
#   identity into identity: Inter-TransformStream ReadableStream.pipeTo() is not implemented.
#   identity into transform: hello
#   transform into identity: hello
#   identity into identity, by a loop: hello
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit workerd@1.20261023.1
cat >worker.js <<'JS'
const kinds = { identity: () => new IdentityTransformStream(), transform: () => new TransformStream() };

async function pass(from, into, byLoop) {
  const first = kinds[from]();
  const second = kinds[into]();
  const writer = first.writable.getWriter();
  writer.write(new TextEncoder().encode('hello')).then(() => writer.close()).catch(() => {});
  const loop = async () => {
    const to = second.writable.getWriter();
    for await (const chunk of first.readable) await to.write(chunk);
    await to.close();
  };
  const piped = byLoop ? loop() : first.readable.pipeTo(second.writable);
  const read = new Response(second.readable).text();
  return Promise.race([read, piped.then(() => read, (error) => error.message)]);
}

export default {
  async fetch() {
    const lines = [];
    for (const [from, into, byLoop] of [
      ['identity', 'identity'],
      ['identity', 'transform'],
      ['transform', 'identity'],
      ['identity', 'identity', true],
    ]) {
      lines.push(`${from} into ${into}${byLoop ? ', by a loop' : ''}: ${await pass(from, into, byLoop)}\n`);
    }
    return new Response(lines.join(''));
  },
};
JS
cat >config.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-15",
);
CAPNP
cat >check.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const child = spawn('node_modules/.bin/workerd', ['serve', 'config.capnp', '--control-fd=3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
for await (const line of createInterface({ input: child.stdio[3] })) {
  const { event, port } = JSON.parse(line);
  if (event !== 'listen') continue;
  process.stdout.write(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  break;
}
child.kill();
JS
node check.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
identity into identity: Inter-TransformStream ReadableStream.pipeTo() is not implemented.
identity into transform: hello
transform into identity: hello
identity into identity, by a loop: hello
SEEN
