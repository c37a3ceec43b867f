import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import * as modern from '@modelcontextprotocol/client';
import * as legacy from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { prompts } from '../../src/surfaces/prompts/compiled.ts';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { type SlowHost, startSlowHost } from './slow-host.ts';

/**
 * The official clients of MCP, unmodified: the one that begins with `initialize`, and the one of the
 * stateless protocol.
 */

const ME = { name: 'test', version: '1' };
const picture = (name: string) => ({
  image: readFileSync(join(import.meta.dirname, `../fixtures/pictures/${name}.png`)).toString('base64'),
});

const isPrompt = (name: string) => prompts.some((prompt) => prompt.name === name);

let host: ScriptedHost;
let slow: SlowHost;
let stack: Gateway;
let endpoint: URL;
beforeAll(async () => {
  host = await startScriptedHost();
  slow = await startSlowHost(host.url);
  stack = await startStack({ OPENAI_BASE_URL: `${slow.url}/v1` });
  endpoint = new URL(`${stack.url}/mcp`);
});
afterAll(async () => {
  await stack.stop();
  await slow.stop();
  await host.stop();
});

/** A token with fewer rights than the key. */
async function tokenWith(options: object): Promise<string> {
  const answer = await fetch(`${stack.url}/v1/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(options),
  });
  return ((await answer.json()) as { value: string }).value;
}

interface Result {
  readonly content: readonly {
    readonly type: string;
    readonly text?: string;
    readonly data?: string;
    readonly mimeType?: string;
  }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

interface Options {
  readonly onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
  readonly signal?: AbortSignal;
}

interface Tool {
  readonly name: string;
  readonly annotations?: object | undefined;
  readonly inputSchema: { readonly properties?: object | undefined };
  readonly outputSchema?: object | undefined;
}

/** What the tests need of both clients. */
interface Connected {
  version(): string | undefined;
  listTools(): Promise<{ tools: Tool[] }>;
  call(name: string, args?: object, options?: Options): Promise<Result>;
  close(): Promise<void>;
}

const open: Connected[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

type Client = readonly [name: string, version: string, connect: (key: string) => Promise<Connected>];

const CLIENTS: readonly Client[] = [
  [
    '@modelcontextprotocol/sdk',
    '2025-11-25',
    async (key) => {
      const client = new legacy.Client(ME);
      const requestInit = { headers: { authorization: `Bearer ${key}` } };
      const transport = new StreamableHTTPClientTransport(endpoint, { requestInit });
      await client.connect(transport as Parameters<typeof client.connect>[0]);
      const connected: Connected = {
        version: () => transport.protocolVersion,
        listTools: () => client.listTools(),
        call: async (name, args = {}, options = {}) =>
          (await client.callTool({ name, arguments: { ...args } }, undefined, options)) as Result,
        close: () => client.close(),
      };
      open.push(connected);
      return connected;
    },
  ],
  [
    '@modelcontextprotocol/client',
    '2026-07-28',
    async (key) => {
      const client = new modern.Client(ME, { versionNegotiation: { mode: 'auto' } });
      const requestInit = { headers: { authorization: `Bearer ${key}` } };
      await client.connect(new modern.StreamableHTTPClientTransport(endpoint, { requestInit }));
      const connected: Connected = {
        version: () => client.getNegotiatedProtocolVersion(),
        listTools: () => client.listTools(),
        call: async (name, args = {}, options = {}) =>
          (await client.callTool({ name, arguments: { ...args } }, options)) as Result,
        close: () => client.close(),
      };
      open.push(connected);
      return connected;
    },
  ],
];

test('a client without progress closes the host when its connection is reset', async () => {
  const { asked, left } = slow;
  const args = { prompt: 'hi', model: 'openai/slow' };
  const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' };
  const leaving = request(endpoint, { method: 'POST', headers }).on('error', () => {});
  leaving.end(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'chat', arguments: args } }),
  );
  await expect.poll(() => slow.asked).toBe(asked + 1);
  leaving.socket?.resetAndDestroy();
  await expect.poll(() => slow.left).toBe(left + 1);
});

describe('the schemas of the tools', () => {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../playground/openapi.json'), 'utf8'));
  const ROUTES: Readonly<Record<string, string>> = {
    chat: 'ChatRequest',
    similarity: 'SimilarityRequest',
    classify: 'ClassifyRequest',
    embed: 'EmbeddingsRequest',
    generate_image: 'ImagesRequest',
    list_models: '',
  };
  /** What a chat calls messages. */
  const OWN = ['prompt', 'system'];

  test('are JSON Schemas of objects, whose properties are fields of their routes', async () => {
    const { tools } = await (await (CLIENTS[0] as Client)[2](LOCAL_KEY)).listTools();
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    for (const { name, inputSchema, outputSchema } of tools) {
      ajv.compile(inputSchema);
      if (outputSchema) ajv.compile(outputSchema);
      // Those of prompts are variables.
      if (isPrompt(name)) continue;
      const { properties = {} } = document.components.schemas[ROUTES[name] ?? ''] ?? {};
      const names = Object.keys(inputSchema.properties ?? {}).filter((own) => name !== 'chat' || !OWN.includes(own));
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(names));
    }
  });

  test('are those that docs/mcp.md lists', async () => {
    const { tools } = await (await (CLIENTS[0] as Client)[2](LOCAL_KEY)).listTools();
    const text = readFileSync(join(import.meta.dirname, '../../docs/mcp.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|[^|]+\|([^|]*)\|/gm)].map(([, name, args = '']) => ({
      name,
      args: [...args.matchAll(/`(\w+)`/g)].map(([, arg = '']) => arg).sort(),
    }));
    const args = ({ properties = {} }: Tool['inputSchema']) => Object.keys(properties).sort();
    const own = tools.filter(({ name }) => !isPrompt(name));
    expect(rows).toEqual(own.map(({ name, inputSchema }) => ({ name, args: args(inputSchema) })));
  });

  test('accept what the tests send, and refuse what the tools refuse', async () => {
    const { tools } = await (await (CLIENTS[0] as Client)[2](LOCAL_KEY)).listTools();
    const isValid = (name: string, args: object) =>
      new Ajv2020().validate(tools.find((tool) => tool.name === name)?.inputSchema ?? false, args);
    expect(isValid('chat', { prompt: 'hi', temperature: 0 })).toBe(true);
    expect(isValid('similarity', { query: picture('cat'), documents: ['a', picture('dog')] })).toBe(true);
    expect(isValid('classify', { input: 'a', labels: ['a', 'b'], top_k: 1 })).toBe(true);
    expect(isValid('classify', { input: 'a', classifier_id: 'cls_1' })).toBe(true);
    expect(isValid('embed', { input: ['a'] })).toBe(true);
    expect(isValid('list_models', {})).toBe(true);
    expect(isValid('chat', {})).toBe(false);
    expect(isValid('chat', { prompt: 'hi', temprature: 1 })).toBe(false);
    expect(isValid('similarity', { query: { picture: 'x' }, documents: [] })).toBe(false);
    expect(isValid('list_models', { all: true })).toBe(false);
  });
});

describe.each(CLIENTS)('%s', (_, version, connect) => {
  test('connects with its latest version', async () => {
    expect((await connect(LOCAL_KEY)).version()).toBe(version);
  });

  test('lists the tools', async () => {
    const { tools } = await (await connect(LOCAL_KEY)).listTools();
    const names = ['chat', 'similarity', 'classify', 'embed', 'generate_image', 'list_models'];
    expect(tools.map(({ name }) => name)).toEqual([...names, ...prompts.map(({ name }) => name)]);
    for (const { annotations } of tools) expect(annotations).toMatchObject({ readOnlyHint: true });
  });

  test('lists only the tools that the scopes allow', async () => {
    const client = await connect(await tokenWith({ scopes: ['embeddings'] }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['similarity', 'classify', 'embed', 'list_models']);
    const refused = await client.call('chat', { prompt: 'hi' });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.content[0]?.text).toContain('scope_missing: This route requires the scope `text`');
  });

  test('asks the language model', async () => {
    const client = await connect(LOCAL_KEY);
    const { content, isError } = await client.call('chat', { prompt: 'Translate to French: house', temperature: 0 });
    expect(isError).toBeUndefined();
    expect(content).toEqual([{ type: 'text', text: 'maison' }]);
  });

  test('runs a prompt: its variables are the arguments, and its output is the result', async () => {
    const client = await connect(LOCAL_KEY);
    const translated = await client.call('translate', { text: 'the red house' });
    expect(translated.content).toEqual([{ type: 'text', text: 'la maison rouge' }]);
    const label = await client.call('sentiment', { review: 'The staff was friendly and the room was clean.' });
    expect(label.content).toEqual([{ type: 'text', text: 'positive' }]);
    const { isError, content } = await client.call('translate', { language: 'French' });
    expect(isError).toBe(true);
    expect(content[0]?.text).toBe('invalid_parameter: `text` is required.');
  });

  test('says that an answer was cut off', async () => {
    const client = await connect(LOCAL_KEY);
    const { content } = await client.call('chat', { prompt: 'Translate to French: house', max_tokens: 1 });
    expect(content[1]?.text).toContain('cut off');
  });

  test('sends the system message and the model that it names', async () => {
    host.script = [answer('fine')];
    const client = await connect(LOCAL_KEY);
    const args = { prompt: 'How are you?', system: 'Be brief.', model: 'openai/scripted', max_tokens: null };
    expect((await client.call('chat', args)).content).toEqual([{ type: 'text', text: 'fine' }]);
    expect(host.requests.at(-1)?.body).toEqual({
      model: 'scripted',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'How are you?' },
      ],
    });
  });

  test('sees a text grow', async () => {
    const client = await connect(LOCAL_KEY);
    const seen: { progress: number; message?: string | undefined }[] = [];
    const onprogress = (progress: (typeof seen)[number]) => seen.push(progress);
    const result = client.call('chat', { prompt: 'hi', model: 'openai/slow' }, { onprogress });
    await expect.poll(() => seen.map(({ message }) => message).join('')).toBe('one two');
    slow.finish();
    expect((await result).content).toEqual([{ type: 'text', text: 'one two three' }]);
    expect(seen.map(({ message }) => message).join('')).toBe('one two three');
    expect(seen.map(({ progress }) => progress)).toEqual(seen.map((_, i) => i + 1));
  });

  test('closes the host when it leaves', async () => {
    const client = await connect(LOCAL_KEY);
    const { asked, left } = slow;
    const result = client.call('chat', { prompt: 'hi', model: 'openai/slow' }, { onprogress: () => {} });
    await expect.poll(() => slow.asked).toBe(asked + 1);
    await Promise.all([expect(result).rejects.toThrow(), client.close()]);
    await expect.poll(() => slow.left).toBe(left + 1);
  });

  test('compares a picture with texts', async () => {
    const client = await connect(LOCAL_KEY);
    const args = { query: picture('cat'), documents: ['a photo of a dog', 'a photo of a cat'] };
    const { content, structuredContent } = await client.call('similarity', args);
    expect(structuredContent).toMatchObject({ model: 'tiny-clip', results: [{ index: 1 }, { index: 0 }] });
    expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
  });

  test('classifies a picture', async () => {
    const client = await connect(LOCAL_KEY);
    const { structuredContent } = await client.call('classify', {
      input: picture('dog'),
      labels: ['cat', 'dog', 'boat'],
    });
    expect(structuredContent).toMatchObject({ data: [{ prediction: 'dog' }] });
  });

  test('classifies by a classifier that has learned from examples', async () => {
    const examples = [
      { input: 'a ripe banana', label: 'fruit' },
      { input: 'a red car', label: 'vehicle' },
    ];
    const created = await fetch(`${stack.url}/v1/classifiers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ examples }),
    });
    const { id } = (await created.json()) as { id: string };
    const client = await connect(LOCAL_KEY);
    const { structuredContent } = await client.call('classify', { input: 'a blue car', classifier_id: id });
    expect(structuredContent).toMatchObject({ data: [{ prediction: 'vehicle' }] });
  });

  test('embeds', async () => {
    const client = await connect(LOCAL_KEY);
    const { structuredContent } = await client.call('embed', { input: ['a cat', picture('cat')] });
    const { data } = structuredContent as { data: { embedding: number[] }[] };
    expect(data.map(({ embedding }) => embedding.length)).toEqual([96, 96]);
  });

  test('generates a picture', async () => {
    const client = await connect(LOCAL_KEY);
    const { content } = await client.call('generate_image', { prompt: 'a red house', size: '64x64', seed: 7 });
    const [image, about] = content;
    expect(image).toMatchObject({ type: 'image', mimeType: 'image/png' });
    expect(
      Buffer.from(image?.data ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(about?.text).toBe('A picture of 64x64 pixels by tiny-image, with seed 7.');
  });

  test('lists the models that are available', async () => {
    const client = await connect(LOCAL_KEY);
    const { models } = (await client.call('list_models')).structuredContent as { models: { id: string }[] };
    expect(models.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['text', 'clip', 'embed', 'image', 'tiny-text', 'tiny-clip', 'tiny-image']),
    );
    expect(models.map(({ id }) => id)).not.toContain('jinaai/jina-clip-v2');
  });

  test.each([
    ['chat', {}, '`prompt` is required.'],
    ['chat', { prompt: 'hi', temperature: 9 }, '`temperature` must be at most 2.'],
    ['chat', { prompt: 'hi', temprature: 1 }, '`temprature` is not an argument of this tool.'],
    ['similarity', { query: 'a', documents: ['b', ''] }, '`documents[1]` must not be empty.'],
    ['classify', { input: { image: 'AAAA' }, labels: ['a'] }, '`input`'],
    ['generate_image', { prompt: 'x', size: 'huge' }, '`size` must be'],
    ['embed', { input: ['a'], model: 'nobody' }, 'model_not_found'],
  ])('reads what is wrong with the arguments of %s', async (name, args, message) => {
    const result = await (await connect(LOCAL_KEY)).call(name, args);
    expect(result.isError).toBe(true);
    expect(result.content[0]?.text).toContain(message);
  });

  test('throws for a tool that there is not', async () => {
    const unknown = (await connect(LOCAL_KEY)).call('make_coffee');
    await expect(unknown).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('There is no such tool.'),
    });
  });

  test('reads that a limit is reached, and that connecting does not count', async () => {
    const client = await connect(await tokenWith({ limits: { requests_per_minute: 1 } }));
    await client.listTools();
    expect((await client.call('chat', { prompt: 'hi', max_tokens: 1 })).isError).toBeUndefined();
    const refused = await client.call('chat', { prompt: 'hi', max_tokens: 1 });
    expect(refused.content[0]?.text).toMatch(/^rate_limit_exceeded: The limit of 1 requests per minute is reached/);
  });

  test('does not connect with a wrong key', async () => {
    await expect(connect('sk-wrong')).rejects.toThrow(/401|is not valid for this gateway/);
  });
});
