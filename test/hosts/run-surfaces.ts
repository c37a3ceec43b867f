import { failureIn, type Json, readStream, type Seen, type Surface, send } from './surface.ts';
import { chatDelta, chatMessage, limited } from './texts.ts';

/** Chats that are recorded. */

/** A run in the background: how it ended, what its answer is, and what a webhook says of it. */
const run = (asks: 'chat' | 'chat stream'): Surface => ({
  name: asks === 'chat' ? 'run in the background' : 'stream in the background',
  paths: ['/v1/chat/completions', '/v1/runs/{id}/cancel', '/v1/hooks/{name}', '/v1/webhook_endpoints/{id}/test'],
  asks,
  hasReasoning: true,
  isCostly: true,
  async ask(gateway, model) {
    const body = { model, ...limited, stream: asks === 'chat stream' };
    const begun = await send(gateway, '/v1/chat/completions', body, { prefer: 'respond-async' });
    const { id } = JSON.parse(begun.text);
    const result = await send(gateway, `/v1/runs/${id}/result`, undefined, { prefer: 'wait=20' });
    const { status, error }: Json = JSON.parse((await send(gateway, `/v1/runs/${id}`, undefined)).text);
    const hook = await gateway.webhook?.(id);
    const told = status === 'completed' ? 'run.completed' : 'run.failed';
    if (hook && hook.type !== told) throw new Error(`The run has ${status}, and its webhook says ${hook.type}.`);
    const failure = failureIn(result);
    const seen = failure ?? {
      status: result.status,
      ...(asks === 'chat' ? chatMessage(JSON.parse(result.text)) : readStream(result.text, chatDelta)),
    };
    if ((status === 'failed') !== (seen.failed !== undefined)) {
      throw new Error(`The run has ${status}, and its answer says ${JSON.stringify(seen)}.`);
    }
    if (seen.failed && error?.message !== seen.failed.message) {
      throw new Error(`The run says ${error?.message}, and its answer ${seen.failed.message}.`);
    }
    return seen;
  },
});

/** A request that is sent again with its key: what has failed is never replayed as complete. */
const replay = (asks: 'chat' | 'chat stream'): Surface => ({
  name: asks === 'chat' ? 'answer that is replayed' : 'stream that is replayed',
  paths: ['/v1/chat/completions'],
  asks,
  hasReasoning: true,
  isCostly: true,
  async ask(gateway, model) {
    const key = { 'idempotency-key': `key-${model}-${asks}` };
    const body = { model, ...limited, stream: asks === 'chat stream' };
    const twice = async (): Promise<Seen> => {
      const answer = await send(gateway, '/v1/chat/completions', body, key);
      const failure = failureIn(answer);
      if (failure) return failure;
      const { status, text } = answer;
      return { status, ...(asks === 'chat' ? chatMessage(JSON.parse(text)) : readStream(text, chatDelta)) };
    };
    const first = await twice();
    const second = await twice();
    // A failure that is late is an event, and its replay is too.
    const said = ({ text = '', reasoning = '', failed }: Seen) => JSON.stringify({ text, reasoning, failed });
    if (said(first) !== said(second)) {
      throw new Error(`First ${JSON.stringify(first)}, then ${JSON.stringify(second)}.`);
    }
    return second;
  },
});

export const runSurfaces: readonly Surface[] = [run('chat'), run('chat stream'), replay('chat'), replay('chat stream')];
