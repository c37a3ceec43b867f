import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { PNG } from '../support/pictures.ts';
import { listen, type Origin } from '../support/stack.ts';

/** What a host saw of one request. */
export interface HostCall {
  readonly model: string;
  readonly body: string;
  /** Events that were sent. */
  sent: number;
  /** When the gateway closed the connection, if it did so before the answer was complete. */
  closedAt?: number;
}

export interface Host extends Origin {
  readonly calls: HostCall[];
}

/**
 * A host on loopback whose answers depend on the model: `events-<count>-<ms between>` is a stream,
 * `cut-<count>` one that breaks, `whole-<ms>-<bytes>` a complete answer, `half-<bytes>` one that breaks,
 * `sound-<bytes>` sound that comes slowly, `status-<code>` a failure. Pictures have 4 MB.
 */
export async function startHost(): Promise<Host> {
  const calls: HostCall[] = [];
  const server = await listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const model = /"model":\s*"([^"]*)"/.exec(body)?.[1] ?? request.url ?? '';
      const call: HostCall = { model, body, sent: 0 };
      calls.push(call);
      response.on('close', () => {
        if (!response.writableFinished) call.closedAt = Date.now();
      });
      if (request.url?.startsWith('/models/')) {
        await setTimeout(100);
        response.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE);
        return;
      }
      const [, kind, first = 0, second = 0] = /(events|cut|whole|half|sound|status)-(\d+)(?:-(\d+))?/.exec(model) ?? [];
      if (kind === 'whole') await sendWhole(response, Number(first), Number(second));
      else if (kind === 'status') response.writeHead(Number(first), { 'content-type': 'application/json' }).end('{}');
      else if (kind === 'half') sendHalf(response, Number(first));
      else if (kind === 'sound') await sendSound(response, Number(first));
      else await sendEvents(response, Number(first), Number(second), call, kind === 'cut');
    }),
  );
  return { ...server, calls };
}

const PICTURE = Buffer.concat([PNG, randomBytes(4_000_000)]);
const HEAD = { id: 'chatcmpl-1', created: 1_760_000_000, model: 'm' };

async function sendEvents(response: ServerResponse, count: number, ms: number, call: HostCall, cut: boolean) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < count; i++) {
    if (i > 0) await (ms > 0 ? setTimeout(ms) : setImmediate());
    if (response.destroyed) return;
    const isLast = i === count - 1;
    const choices = [{ index: 0, delta: isLast ? {} : { content: `w${i} ` }, finish_reason: isLast ? 'stop' : null }];
    response.write(`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices })}\n\n`);
    call.sent++;
  }
  if (cut) response.destroy();
  else response.end('data: [DONE]\n\n');
}

async function sendWhole(response: ServerResponse, ms: number, bytes: number) {
  if (ms > 0) await setTimeout(ms);
  const message = { role: 'assistant', content: 'x'.repeat(bytes), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const body = JSON.stringify({ ...HEAD, object: 'chat.completion', choices, usage });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

function sendHalf(response: ServerResponse, bytes: number) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
  response.write('{"half":', () => response.destroy());
}

async function sendSound(response: ServerResponse, bytes: number) {
  response.writeHead(200, { 'content-type': 'audio/mpeg' });
  for (let sent = 0; sent < bytes && !response.destroyed; sent += 10_000) {
    response.write(randomBytes(Math.min(10_000, bytes - sent)));
    await setTimeout(20);
  }
  response.end();
}
