import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  answer,
  type Scripted,
  type ScriptedHost,
  startScriptedHost,
  streamed,
  toolCall,
} from '../clients/scripted-host.ts';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { python } from './venv.ts';

let host: ScriptedHost;
let stack: Gateway;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

/** Runs a file of this folder: its assertions are its own. */
async function run(file: string, script: readonly Scripted[] = []): Promise<void> {
  host.script = [...script];
  const output = await python([file], { CEDALION_URL: stack.url, CEDALION_KEY: LOCAL_KEY });
  expect(output).toContain('ok\n');
}

test('openai: chats, streams, responses, tools, embeddings, images as events, errors', () =>
  run('use_openai.py', [toolCall, answer('It is sunny.')]));

test('huggingface_hub: tasks at the URL of a model, chat, and a JSON schema that the host gets', async () => {
  await run('use_huggingface.py', [answer('{"animal":"cat"}')]);
  expect(host.requests[0]?.body.response_format).toMatchObject({
    type: 'json_schema',
    json_schema: { schema: { type: 'object', properties: { animal: { type: 'string' } } } },
  });
});

test('requests and httpx: JSON with nulls, forms with pictures, streams of lines', () => run('use_http.py'));

test('langchain-openai: chats, responses, tools and embeddings', async ({ skip }) => {
  const imported = await python(['-c', 'import langchain_openai']).catch((error: Error) => error.message);
  if (imported !== '') skip(`langchain-openai cannot be imported: ${imported.trim().split('\n').at(-1)}`);
  await run('use_langchain.py', [answer('Hello.'), streamed([{ content: 'Hel' }, { content: 'lo.' }]), toolCall]);
});
