#!/usr/bin/env bash
# workerd 1.20261023.1: fetch() sends neither Accept-Encoding nor User-Agent, and does not decode "deflate".
#
# Other implementations of fetch() send both headers (Node: "gzip, deflate" and "node"), so servers answer a
# Worker uncompressed, and some refuse a request without User-Agent. An answer with Content-Encoding gzip or
# br is decoded although the request did not ask for it; one with deflate or zstd arrives as it is, without an
# error: text() gives the compressed bytes as text.
#
# Seen:
#   accept-encoding: undefined, user-agent: undefined
#   identity: hello
#   gzip: hello
#   br: hello
#   deflate: not decoded
#   zstd: not decoded
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit workerd@1.20261023.1
cat >worker.js <<'JS'
export default {
  async fetch(request, env) {
    const lines = [await (await fetch(`${env.SERVER}/headers`)).text()];
    for (const encoding of ['identity', 'gzip', 'br', 'deflate', 'zstd']) {
      const text = await (await fetch(`${env.SERVER}/${encoding}`)).text();
      lines.push(`${encoding}: ${text === 'hello' ? text : 'not decoded'}`);
    }
    return new Response(`${lines.join('\n')}\n`);
  },
};
JS
cat >check.mjs <<'JS'
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import * as zlib from 'node:zlib';

// Node compresses zstd from 22.15 on.
const HELLO_IN_ZSTD = Buffer.from('KLUv/SAFKQAAaGVsbG8=', 'base64');
const encode = { identity: (data) => data, gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync, zstd: () => HELLO_IN_ZSTD };
const server = createServer(({ url, headers }, response) => {
  if (url === '/headers') {
    return response.end(`accept-encoding: ${headers['accept-encoding']}, user-agent: ${headers['user-agent']}`);
  }
  const encoding = url.slice(1);
  response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding }).end(encode[encoding](Buffer.from('hello')));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
writeFileSync('config.capnp', `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-15",
  bindings = [(name = "SERVER", text = "http://127.0.0.1:${server.address().port}")],
);
`);
const child = spawn('node_modules/.bin/workerd', ['serve', 'config.capnp', '--control-fd=3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
for await (const line of createInterface({ input: child.stdio[3] })) {
  const { event, port } = JSON.parse(line);
  if (event !== 'listen') continue;
  process.stdout.write(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  break;
}
child.kill();
process.exit();
JS
node check.mjs | tee output
diff - output <<'TXT'
accept-encoding: undefined, user-agent: undefined
identity: hello
gzip: hello
br: hello
deflate: not decoded
zstd: not decoded
TXT
