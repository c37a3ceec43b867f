import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanCopy } from '../support/clean-copy.ts';
import { freePorts } from '../support/ports.ts';
import { isSoak } from '../support/soak.ts';

/** The main job as a person meets it: a clean clone, one command, an unmodified SDK. */

const PICTURES = fileURLToPath(new URL('../fixtures/pictures/', import.meta.url));
const dataUrl = (name: string) => `data:image/png;base64,${readFileSync(`${PICTURES}${name}.png`).toString('base64')}`;

let folder: string;
let child: ChildProcess;
let output: string;
let url: string;
let client: OpenAI;

beforeAll(async () => {
  folder = cleanCopy();
  writeFileSync(
    join(folder, '.dev.vars'),
    'RUN_HOURS=1\nHF_TOKN=hf_x\nHOOK_SECRET_GITHUB_ISSUE=x\nHOOK_SECRET_GITHUB_ISUE=x\n',
  );
  await start();
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-local' });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(): Promise<void> {
  const [port, inferencePort] = await freePorts(2);
  url = `http://127.0.0.1:${port}`;
  output = '';
  child = spawn('npm', ['start'], {
    cwd: folder,
    // A script that gets SIGKILL cannot remove its temporary folder.
    env: {
      ...process.env,
      PORT: String(port),
      INFERENCE_PORT: String(inferencePort),
      // Of whoever runs the inference server as a CLIP endpoint, too.
      INFERENCE_TOKEN: 'x',
      INFERENCE_HOST: '0.0.0.0',
      TMPDIR: folder,
    },
    detached: true,
  });
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('Cedalion is ready'), 50_000);
}

async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited too long; so far:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function post(path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-local', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('npm start in a clean clone', () => {
  it('says what it waits for, where it is, with which key, and what to try', () => {
    expect(output).toMatch(/^Starting the inference server: .*[\s\S]*^Starting the Worker: .*[\s\S]*is ready/m);
    expect(output).toContain(url.replace('127.0.0.1', 'localhost'));
    expect(output).toContain('sk-local');
    expect(output).toContain('curl http');
  });

  it('says which settings in .dev.vars are none', () => {
    expect(output.match(/^\w+(?= in \.dev\.vars is no setting)/gm)).toEqual(['HF_TOKN', 'HOOK_SECRET_GITHUB_ISUE']);
  });

  it('chats', async () => {
    const answer = await client.chat.completions.create({
      model: 'text',
      messages: [{ role: 'user', content: 'Translate to French: house' }],
    });
    expect(answer.choices[0]?.message.content).toContain('maison');
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('chats in a stream', async () => {
    const stream = await client.chat.completions.create({
      model: 'text',
      messages: [{ role: 'user', content: 'Translate to French: house' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let events = 0;
    let finish: string | null | undefined;
    for await (const chunk of stream) {
      events++;
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect(text).toContain('maison');
    expect(events).toBeGreaterThan(2);
    expect(finish).toBe('stop');
  });

  it('embeds, in both encodings alike, and from the cache the second time', async () => {
    const input = ['a photo of a cat', 'a photo of a dog'];
    const base64 = await client.embeddings.create({ model: 'embed', input });
    const float = await client.embeddings.create({ model: 'embed', input, encoding_format: 'float' });
    expect(base64.data).toHaveLength(2);
    expect(base64.data[0]?.embedding.length).toBe(float.data[0]?.embedding.length);
    for (const [i, value] of (base64.data[0]?.embedding ?? []).entries()) {
      expect(value).toBeCloseTo(float.data[0]?.embedding[i] ?? 9, 6);
    }
    expect(float.usage.prompt_tokens).toBe(0);
  });

  it('finds that a drawing of a cat is nearer to the words of a cat, and of a dog to those of a dog', async () => {
    const documents = ['a photo of a cat', 'a photo of a dog'];
    for (const [name, nearest] of [
      ['cat', 0],
      ['dog', 1],
    ] as const) {
      const answer = await post('/v1/similarity', { model: 'clip', query: { image: dataUrl(name) }, documents });
      const { results } = (await answer.json()) as { results: { index: number }[] };
      expect(results[0]?.index, name).toBe(nearest);
    }
  });

  it('has the space of the CLIP in this repository in its catalogue', async () => {
    const model = join(folder, 'inference/models/tiny-clip');
    const weights = createHash('sha256');
    const parts = [
      'onnx/text_model_fp16.onnx',
      'onnx/vision_model_fp16.onnx',
      'tokenizer.json',
      'preprocessor_config.json',
    ];
    for (const part of parts) weights.update(readFileSync(join(model, part)));
    const { logit_scale } = JSON.parse(readFileSync(`${model}/config.json`, 'utf8'));
    const answer = await fetch(`${url}/v1/models/tiny-clip`, { headers: { authorization: 'Bearer sk-local' } });
    const listed = (await answer.json()) as { space: string; logit_scale: number };
    expect(listed.space).toBe(`tiny-clip:${weights.digest('hex').slice(0, 8)}`);
    expect(listed.logit_scale).toBeCloseTo(logit_scale, 2);
  });

  it('classifies a drawing', async () => {
    const answer = await post('/v1/classify', { input: { image: dataUrl('cat') }, labels: ['cat', 'dog', 'boat'] });
    expect(((await answer.json()) as { data: { prediction: string }[] }).data[0]?.prediction).toBe('cat');
  });

  it('draws a picture that decodes, the same for the same seed', async () => {
    const draw = async () => {
      const answer = await client.images.generate({
        model: 'image',
        prompt: 'a red house',
        seed: 7,
      } as OpenAI.ImageGenerateParamsNonStreaming);
      return Buffer.from(answer.data?.[0]?.b64_json ?? '', 'base64');
    };
    const [first, second] = [await draw(), await draw()];
    const { width, height, format } = await sharp(first).metadata();
    expect([width, height, format]).toEqual([256, 256, 'png']);
    const { entropy } = await sharp(first).stats();
    expect(entropy).toBeGreaterThan(0.3);
    expect(second.equals(first)).toBe(true);
  });

  // Not synchronously: while this process is blocked, the server closes connections that the next test would
  // use.
  const keys = async (...args: string[]) =>
    (await promisify(execFile)('npm', ['run', '-s', 'keys', '--', ...args], { cwd: folder })).stdout;

  it('takes a key of npm run keys while it runs', async () => {
    const created = await keys('create', '--name', 'app', '--scopes', 'text', '--per-minute', '100');
    const apiKey = /ced_[\w-]{43}/.exec(created)?.[0] ?? '';
    const app = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    const { data, response } = await app.models.list().withResponse();
    expect(data.data.length).toBeGreaterThan(0);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('100');
    await expect(app.embeddings.create({ model: 'embed', input: 'a' })).rejects.toMatchObject({
      code: 'scope_missing',
    });
  });

  // wrangler starts four times, each for some seconds of CPU. keys.test.ts revokes from a store in memory.
  it.runIf(isSoak)(
    'revokes a key with npm run keys while it runs',
    async () => {
      const id = /gone-[0-9a-f]{6}/.exec(await keys('create', '--name', 'gone', '--scopes', 'text'))?.[0] ?? '';
      expect(await keys('revoke', id)).toContain('Revoked');
      expect(await keys('list')).not.toContain(id);
    },
    240_000,
  );

  it('issues client tokens', async () => {
    const answer = await post('/v1/client_secrets', { subject: 'somebody' });
    const { value } = (await answer.json()) as { value: string };
    const app = new OpenAI({ baseURL: `${url}/v1`, apiKey: value });
    expect((await app.models.list()).data.length).toBeGreaterThan(0);
  });

  it('shows requests in readable lines, without content', async () => {
    await until(() => /worker\s+200 POST \/v1\/chat\/completions .*origin\/tiny-text/.test(output), 5_000);
    expect(output).not.toContain('a photo of a cat');
  });

  it('goes on with the last good prompts while one has a mistake, says which, and takes it once it is right', async () => {
    const file = join(folder, 'prompts/hello.md');
    const prompt = (type: string) => `---\ndescription: X\nmodel: text\ninput: { a: { type: ${type} } }\n---\n{{a}}\n`;
    const mistakes = async () => {
      const answer = await fetch(`${url}/v1/prompts`, { headers: { authorization: 'Bearer sk-local' } });
      return ((await answer.json()) as { mistakes?: object[] }).mistakes;
    };
    writeFileSync(file, prompt('strin'));
    await until(() => output.includes('prompts/hello.md:4: input.a.type: must be string, number,'), 20_000);
    const mistake = { file: 'prompts/hello.md', line: 4, message: expect.stringContaining('input.a.type') };
    await expect.poll(mistakes, { timeout: 20_000 }).toEqual([mistake]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await post('/v1/prompts/translate', { variables: { text: 'house' } })).status).toBe(200);
    writeFileSync(file, prompt('string'));
    const isThere = async () => (await post('/v1/prompts/hello', { variables: { a: 'Hi' } })).status === 200;
    await vi.waitUntil(isThere, { timeout: 20_000, interval: 200 });
    expect(await mistakes()).toBeUndefined();
  }, 90_000);

  it('names a taken port', () => {
    const { port } = new URL(url);
    const second = spawnSync('npm', ['start'], { cwd: folder, env: { ...process.env, PORT: port }, encoding: 'utf8' });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`Port ${port} is taken. Choose another: PORT=`);
  });

  it('stops everything on Ctrl-C', async () => {
    const started = startedProcesses();
    // As a terminal does: the signal goes to every process of the group.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await until(() => child.exitCode !== null || child.signalCode !== null, 10_000);
    await expectEnded(started);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});

const ENDS = [
  ['npm', 'npm start', 'SIGKILL'],
  ['the script', 'node scripts/start.js', 'SIGKILL'],
  ['npm', 'npm start', 'SIGTERM'],
  ['the shell that npm starts', 'sh -c node scripts/start.js', 'SIGTERM'],
  ['the script', 'node scripts/start.js', 'SIGTERM'],
] as const;

// Each starts everything again. processes.test.ts does the same with processes that only wait.
describe.runIf(isSoak)('npm start leaves no process behind', () => {
  it.each(ENDS)(
    'when %s (%s) gets %s',
    async (_, command, signal) => {
      await start();
      const started = startedProcesses();
      const target = started.find(({ args }) => args === command);
      // Some shells replace themselves with the script.
      if (target === undefined && command.startsWith('sh -c')) return;
      process.kill(target?.pid ?? Number.NaN, signal);
      await expectEnded(started);
    },
    60_000,
  );
});

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

function processes(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state, args] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // A zombie has ended and waits for its parent to read its status.
    return args === undefined || state?.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}

/** npm and everything below it. */
function startedProcesses(): Process[] {
  const all = processes();
  const tree = all.filter(({ pid }) => pid === child.pid);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  expect(tree.filter(({ args }) => /workerd serve|inference\/server|wrangler/.test(args)).length).toBeGreaterThan(3);
  return tree;
}

async function expectEnded(started: Process[]): Promise<void> {
  let left = started;
  const alive = () => {
    const all = processes();
    left = started.filter(({ pid, args }) => all.some((other) => other.pid === pid && other.args === args));
    return left.length > 0;
  };
  try {
    await until(() => !alive(), 8_000);
  } catch {
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    expect(left.map(({ args }) => args)).toEqual([]);
  }
}

describe('npm start where something is missing', () => {
  const run = (code: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });

  it('says which Node it needs', () => {
    const old = run(
      `Object.defineProperty(process, 'versions', { value: { node: '20.11.0' } }); await import('./scripts/start.js');`,
    );
    expect(old.status).toBe(1);
    expect(old.stderr).toContain('This is Node 20.11.0; Cedalion needs 22.18 or newer.');
  });

  it('says which field of a prompt is wrong', () => {
    const file = join(folder, 'prompts/broken.md');
    writeFileSync(file, '---\ndescription: X\nmodel: text\ninput: { a: { type: strin } }\n---\n{{a}}\n');
    const wrong = run(`await import('./scripts/start.js');`, {});
    rmSync(file);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('prompts/broken.md');
    expect(wrong.stderr).toContain('input.a.type');
    expect(wrong.stderr).not.toContain('    at ');
  });

  it('compiles without hooks', () => {
    renameSync(join(folder, 'hooks'), join(folder, 'no-hooks'));
    const compiled = run(`const { compileAll } = await import('./scripts/compile.ts');
      console.log(compileAll()['src/surfaces/hooks/compiled.ts']);`);
    renameSync(join(folder, 'no-hooks'), join(folder, 'hooks'));
    expect(compiled.stderr).toBe('');
    expect(compiled.stdout).toContain('hooks: readonly Hook[] = [\n];');
  });

  it('says which setting is no port', () => {
    const wrong = run(`await import('./scripts/start.js');`, { PORT: 'eighty' });
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('PORT must be a port');
  });

  it('says that a port for inference is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const [free] = await freePorts(1);
    const wrong = run(`await import('./scripts/start.js');`, { PORT: String(free), INFERENCE_PORT: String(port) });
    server.close();
    expect(wrong.stderr).toContain(`Port ${port} is taken. Choose another: INFERENCE_PORT=`);
  });

  it('says which setting the Worker cannot use', async () => {
    writeFileSync(join(folder, '.dev.vars'), 'HF_TOKEN=wrong\nRUN_HOURS=0.5\n');
    const [port] = await freePorts(1);
    // A host of its own, so that no models are loaded.
    const wrong = run(`await import('./scripts/start.js');`, {
      PORT: String(port),
      INFERENCE_URL: 'http://127.0.0.1:9',
    });
    rmSync(join(folder, '.dev.vars'));
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('HF_TOKEN');
    expect(wrong.stderr).toContain('The setting RUN_HOURS must be a whole number from 1 to 9999.');
  });

  it('says what a model folder lacks', async () => {
    rmSync(join(folder, 'inference/models/tiny-clip/config.json'));
    const [port, inferencePort] = await freePorts(2);
    const wrong = run(`await import('./scripts/start.js');`, {
      PORT: String(port),
      INFERENCE_PORT: String(inferencePort),
    });
    expect(wrong.status).toBe(1);
    expect(wrong.stdout + wrong.stderr).toContain('config.json');
  });
});
