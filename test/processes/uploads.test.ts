import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { peakMemory } from '../../bench/processes.ts';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle } from '../support/gateway.ts';
import { listen, type Origin } from '../support/stack.ts';

/**
 * Forms that are passed on while they arrive: what a caller, a host and the memory of the process see of it.
 */

const KEY = 'sk-operator';
const MIB = 1024 * 1024;
const BOUNDARY = 'a-boundary-of-this-test';
const HEADERS = {
  authorization: `Bearer ${KEY}`,
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
};

const field = (name: string, value: string) =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
const MODEL = field('model', 'openai/some-whisper');
const FILE_HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n`,
);
const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

let folder: string;
let host: Origin;
let worker: Running;
/** What the host does with a request whose head it has. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests = 0;

beforeAll(async () => {
  folder = await bundle();
  host = await listen(
    createServer((request, response) => {
      requests++;
      request.on('error', () => {});
      answer(request, response);
    }),
  );
  const settings = { API_KEYS: KEY, OPENAI_BASE_URL: `${host.url}/v1` };
  worker = await startWorkerd({ script: join(folder, 'worker.js'), settings });
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = 0;
});

interface Answered {
  readonly status: number;
  readonly error: { code: string; param: string | null; message: string };
}

/** Sends a request piece by piece, and reads its answer even if it comes before the last piece. */
async function post(pieces: Iterable<Buffer> | AsyncIterable<Buffer>, headers: object = {}): Promise<Answered> {
  const sent = httpRequest({
    port: worker.port,
    method: 'POST',
    path: '/v1/audio/transcriptions',
    headers: { ...HEADERS, ...headers },
  });
  sent.setMaxListeners(100);
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  let isAnswered = false;
  void answered.then(
    () => {
      isAnswered = true;
    },
    () => {},
  );
  const sending = (async () => {
    for await (const piece of pieces) {
      if (isAnswered || sent.destroyed) return;
      if (!sent.write(piece)) await Promise.race([once(sent, 'drain'), answered, once(sent, 'close')]);
    }
    sent.end();
  })();
  const [response] = await answered;
  sent.on('error', () => {});
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  sent.destroy();
  await sending.catch(() => {});
  const body = JSON.parse(Buffer.concat(chunks).toString());
  return { status: response.statusCode ?? 0, ...body };
}

/** @param mebibytes of the file, sent in pieces of one */
async function* form(mebibytes: number, { pauseMs = 0, onPiece = () => {} } = {}) {
  yield MODEL;
  yield FILE_HEAD;
  for (let i = 0; i < mebibytes; i++) {
    onPiece();
    yield randomBytes(MIB);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  yield END;
}
const lengthOf = (mebibytes: number) => MODEL.length + FILE_HEAD.length + mebibytes * MIB + END.length;

const consume = async (request: IncomingMessage, response: ServerResponse) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ text: String(bytes) }));
};

/** The host reads a request and does not answer. @returns what it had of it when the connection was closed */
function untilClosed(): Promise<{ isComplete: boolean; bytes: number }> {
  return new Promise((resolve) => {
    answer = (request) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('close', () => resolve({ isComplete: request.complete, bytes }));
    };
  });
}

describe('a large form', () => {
  it('reaches the host while it arrives, with its length', async () => {
    let sent = 0;
    let sentBefore = 0;
    let declared = '';
    answer = (request, response) => {
      sentBefore = sent;
      declared = request.headers['content-length'] ?? '';
      void consume(request, response);
    };
    const got = await post(form(20, { onPiece: () => sent++, pauseMs: 5 }), { 'content-length': lengthOf(20) });
    expect(got.status).toBe(200);
    expect(sentBefore).toBeLessThan(10);
    expect(Number(declared)).toBe(lengthOf(20) - 'openai/'.length);
    expect(got).toMatchObject({ text: declared });
  });

  it('can come without a length', async () => {
    answer = consume;
    expect(await post(form(3))).toMatchObject({ status: 200, text: String(lengthOf(3) - 'openai/'.length) });
  });

  it('is never in memory as a whole', async () => {
    answer = async (request, response) => {
      // Slower than the client.
      for await (const _ of request) await new Promise((resolve) => setTimeout(resolve, 1));
      response.setHeader('content-type', 'application/json');
      response.end('{"text":"x"}');
    };
    const upload = (mebibytes: number) => post(form(mebibytes), { 'content-length': lengthOf(mebibytes) });
    // A new process: in this one, what others have left could be used again.
    const settings = { API_KEYS: KEY, OPENAI_BASE_URL: `${host.url}/v1` };
    const shared = worker;
    worker = await startWorkerd({ script: join(folder, 'worker.js'), settings });
    try {
      expect((await upload(2)).status).toBe(200);
      const before = await peakMemory(worker.pid);
      expect((await upload(24)).status).toBe(200);
      const added = (await peakMemory(worker.pid)) - before;
      console.info(`a form of 24 MiB added ${added.toFixed(1)} MiB`);
      expect(added).toBeLessThan(16);
    } finally {
      await worker.stop();
      worker = shared;
    }
  });

  it('is sent once, also if the host asks to wait', async () => {
    answer = (request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(503).end());
    };
    expect(await post(form(3))).toMatchObject({ status: 503, error: { code: 'upstream_overloaded' } });
    expect(requests).toBe(1);
  });
});

describe('a form that is too large', () => {
  it('is refused by its length, before it is sent', async () => {
    const socket = connect(worker.port, '127.0.0.1');
    socket.write(
      `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\n${Object.entries(HEADERS)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}content-length: ${26 * MIB}\r\n\r\n`,
    );
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(first.toString()).toMatch(/^HTTP\/1.1 413 /);
    expect(requests).toBe(0);
  });

  it('is refused where it exceeds the limit, if it has no length, and the host never gets a complete one', async () => {
    const closed = untilClosed();
    const got = await post(form(40));
    expect(got).toMatchObject({ status: 413, error: { code: 'body_too_large' } });
    const { isComplete, bytes } = await closed;
    expect(isComplete).toBe(false);
    expect(bytes).toBeLessThan(26 * MIB);
  });

  it('is read on while its client is silent for a second, so that the client can send all of it', async () => {
    answer = (request) => void request.resume();
    const socket = connect(worker.port, '127.0.0.1');
    let error: Error | undefined;
    socket.on('error', (failure) => {
      error = failure;
    });
    const lines = Object.entries({ host: 'x', ...HEADERS, 'transfer-encoding': 'chunked', connection: 'close' });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`POST /v1/audio/transcriptions HTTP/1.1\r\n${head}\r\n`);
    const send = (bytes: Buffer) => {
      socket.write(`${bytes.length.toString(16)}\r\n`);
      socket.write(bytes);
      return new Promise<void>((resolve) => socket.write('\r\n', () => resolve()));
    };
    await send(Buffer.concat([MODEL, FILE_HEAD, randomBytes(26 * MIB)]));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (let i = 0; i < 4 && error === undefined; i++) await send(randomBytes(MIB));
    expect(error).toBeUndefined();
    socket.write('0\r\n\r\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('is refused if it must be held, because its model comes last', async () => {
    answer = consume;
    const modelLast = (mebibytes: number) => {
      const sound = Array.from({ length: mebibytes }, () => randomBytes(MIB));
      return [FILE_HEAD, ...sound, Buffer.from('\r\n'), MODEL, END.subarray('\r\n'.length)];
    };
    expect((await post(modelLast(13))).status).toBe(200);
    expect(requests).toBe(1);
    const got = await post(modelLast(15));
    expect(got).toMatchObject({ status: 400, error: { code: 'invalid_parameter', param: 'model' } });
    expect(got.error.message).toContain('before the file');
    expect(requests).toBe(1);
  });
});

describe('a host', () => {
  it('that breaks off in the middle of a form is unreachable', async () => {
    answer = (request) => {
      request.once('data', () => request.socket.resetAndDestroy());
    };
    const got = await post(form(20, { pauseMs: 2 }));
    expect(got).toMatchObject({ status: 502, error: { code: 'upstream_unreachable' } });
    expect(requests).toBe(1);
  });

  it('that rejects a form before it has all of it is quoted', async () => {
    answer = (request, response) => {
      request.once('data', () => {
        response.writeHead(415, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'This is no sound.', code: 'bad_sound' } }));
      });
    };
    const got = await post(form(20, { pauseMs: 2 }));
    expect(got).toMatchObject({ status: 415, error: { code: 'bad_sound' } });
    expect(got.error.message).toContain('This is no sound.');
  });

  it('learns that the client has left in the middle of a form', async () => {
    const closed = untilClosed();
    const sent = httpRequest({ port: worker.port, method: 'POST', path: '/v1/audio/transcriptions', headers: HEADERS });
    sent.on('error', () => {});
    for await (const piece of form(3)) if (piece !== END) sent.write(piece);
    while (requests === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    sent.destroy();
    expect((await closed).isComplete).toBe(false);
  });
});
