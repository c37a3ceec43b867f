import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type App, type AppContext, post, readBody } from '../app.ts';
import { eventStream } from '../event-stream.ts';
import { collect, type Generation, generationFields, runInTurn, unsupported } from '../generation.ts';
import { pick } from '../models.ts';

const TextPart = z.object({ type: z.literal('text', 'Only text parts are supported.'), text: z.string() });

const Content = z
  .union([z.string(), z.array(TextPart)], 'Must be a string or an array of text parts.')
  .nullish()
  .transform((content) => (Array.isArray(content) ? content.map(({ text }) => text).join('') : (content ?? '')));

const Message = z.object({
  // "developer" is OpenAI's newer name for "system". Chat templates know only "system".
  role: z
    .enum(['system', 'developer', 'user', 'assistant'], 'Must be system, developer, user or assistant.')
    .transform((role) => (role === 'developer' ? 'system' : role)),
  content: Content,
});

const ChatRequest = z.object({
  ...generationFields,
  messages: z.array(Message).min(1),
  max_completion_tokens: generationFields.max_tokens,
  tools: unsupported(z.array(z.unknown()).max(0)),
  functions: unsupported(z.array(z.unknown()).max(0)),
  response_format: unsupported(z.object({ type: z.literal('text') })),
  logprobs: unsupported(z.literal(false)),
});

/** `POST /v1/chat/completions`, compatible with OpenAI. */
export function chat(app: App): void {
  post(app, ['/v1/chat/completions'], async (c) => {
    const body = await readBody(c, ChatRequest);
    const model = pick(c.var.models, 'text', body.model);
    const { signal } = c.req.raw;
    const generations = Array.from({ length: body.n }, (_, i) =>
      model.generate({
        messages: body.messages,
        maxTokens: body.max_completion_tokens ?? body.max_tokens,
        temperature: body.temperature,
        topP: body.top_p,
        seed: body.seed === undefined ? undefined : body.seed + i,
        stop: body.stop,
        signal,
      }),
    );
    const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: model.id };
    return body.stream ? stream(c, generations, head, body.stream_options?.include_usage) : whole(c, generations, head);
  });
}

interface Head {
  id: string;
  created: number;
  model: string;
}

async function whole(c: AppContext, generations: Generation[], head: Head): Promise<Response> {
  const { choices, usage } = await c.var.textGate.run(c.req.raw.signal, () => collect(generations, generations.length));
  return c.json({
    ...head,
    object: 'chat.completion',
    choices: choices.map(({ text, finishReason }, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: finishReason,
    })),
    usage,
  });
}

/** Sends per choice the role, the text deltas and the finish reason. Sends the usage last if requested. */
function stream(c: AppContext, generations: Generation[], head: Head, includeUsage: boolean | undefined): Response {
  return eventStream((send) => {
    const chunk = (choices: object[], usage: object | null = null) =>
      send({ ...head, object: 'chat.completion.chunk', choices, ...(includeUsage ? { usage } : {}) });
    const choice = (index: number, delta: object, finishReason: string | null = null) =>
      chunk([{ index, delta, logprobs: null, finish_reason: finishReason }]);

    return c.var.textGate.run(c.req.raw.signal, async () => {
      for (const index of generations.keys()) choice(index, { role: 'assistant', content: '' });
      const usage = await runInTurn(
        generations,
        generations.length,
        (index, text) => choice(index, { content: text }),
        (index, finishReason) => choice(index, {}, finishReason),
      );
      if (includeUsage) chunk([], usage);
    });
  }, c.var.report);
}
