import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type Origin } from '../support/stack.ts';

/** What the chat model of this host says: all that Markdown has, and what must not become markup. */
export const MARKDOWN = `## Result

A **bold** word, *another*, ~~a third~~ and \`code\`. 5 < 6 &amp; 7.

1. first
2. second
   - inner

> quoted

| name | size |
|---|--:|
| cat | 4 |
| dog | 12 |

\`\`\`ts
const answer = '<b>42</b>';
\`\`\`

[a page](https://example.com/page) and [no page](javascript:alert(1)) and ![a picture](https://tracker.example.com/x.png)
<img src="https://tracker.example.com/y.png" onerror="window.attacked = true"><script>window.attacked = true</script>

שלום עולם
`;

/** One second of silence: 8-bit samples at 8 kHz. */
const SECOND = 8000;

export interface OpenaiHost extends Origin {
  /** The bodies that were received, by path. */
  readonly received: { path: string; body: string }[];
}

/** A host that speaks OpenAI's API, for what the embedded models cannot do: pictures in chat, audio, edits. */
export async function startOpenaiHost(): Promise<OpenaiHost> {
  const received: { path: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = (await buffer(request)).toString('latin1');
    received.push({ path, body: Buffer.from(body, 'latin1').toString() });
    const { type, content } = answerOf(path, body, request);
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
    response.end(content);
  });
  return { ...(await listen(server)), received };
}

function answerOf(
  path: string,
  body: string,
  { method }: IncomingMessage,
): { type: string; content?: string | Buffer } {
  const json = (value: unknown) => ({ type: 'application/json', content: JSON.stringify(value) });
  if (method === 'GET') {
    const data = [
      { id: 'vision-8b', object: 'model', max_model_len: 32_768 },
      { id: 'small-2b', object: 'model' },
    ];
    return path === '/v1/models' ? json({ object: 'list', data }) : { type: 'text/plain' };
  }
  switch (path) {
    case '/v1/chat/completions':
      return { type: 'text/event-stream', content: chat(JSON.parse(body)) };
    case '/v1/audio/transcriptions':
      return json({ text: 'The museum opens at nine.' });
    case '/v1/audio/translations':
      return json({ text: 'The museum opens at ten.' });
    case '/v1/audio/speech':
      return { type: 'audio/wav', content: silence() };
    case '/v1/images/edits':
      return json({ created: 1, data: [{ b64_json: RED_PIXEL }] });
    default:
      return { type: 'text/plain' };
  }
}

/** A stream: of Markdown, or of many lines if they are asked for. */
function chat({ model, messages }: { model: string; messages: { content: unknown }[] }): string {
  const asked = messages.at(-1)?.content;
  const lines = typeof asked === 'string' ? /^(\d+) lines/.exec(asked)?.[1] : undefined;
  const text = lines ? Array.from({ length: Number(lines) }, (_, i) => `Line ${i + 1}.\n\n`).join('') : MARKDOWN;
  const chunk = (value: object) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, ...value })}\n\n`;
  const pieces = text.match(/[\s\S]{1,40}/g) ?? [];
  return [
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', reasoning_content: 'I think.' } }] }),
    ...pieces.map((content) => chunk({ choices: [{ index: 0, delta: { content } }] })),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    chunk({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 50, total_tokens: 55 } }),
    'data: [DONE]\n\n',
  ].join('');
}

/** A WAV file. */
function silence(): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + SECOND, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SECOND, 24);
  head.writeUInt32LE(SECOND, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(SECOND, 40);
  return Buffer.concat([head, Buffer.alloc(SECOND, 128)]);
}

/** A PNG of one pixel. */
const RED_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
