import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type App, post, readBody } from '../app.ts';
import { eventStream } from '../event-stream.ts';
import { collect, generationFields, runInTurn, unsupported } from '../generation.ts';
import { pick } from '../models.ts';

const DEFAULT_MAX_TOKENS = 16;

const CompletionRequest = z.object({
  ...generationFields,
  prompt: z
    .union([z.string(), z.array(z.string()).min(1).max(32)], 'Must be a string or an array of 1 to 32 strings.')
    .transform((prompt) => (typeof prompt === 'string' ? [prompt] : prompt)),
  echo: z.boolean().nullish(),
  suffix: unsupported(z.literal('')),
  logprobs: unsupported(z.never()),
  best_of: unsupported(z.literal(1)),
});

/** `POST /v1/completions`, OpenAI's legacy completions: continues raw text without a chat template. */
export function completions(app: App): void {
  post(app, ['/v1/completions'], async (c) => {
    const body = await readBody(c, CompletionRequest);
    const model = pick(c.var.models, 'text', body.model);
    const { signal } = c.req.raw;
    const { textGate } = c.var;
    // n choices of the first prompt, then n of the second, and so on: the order of OpenAI's `index`.
    const prompts = body.prompt.flatMap((prompt) => Array<string>(body.n).fill(prompt));
    const generations = prompts.map((prompt, i) =>
      model.generate({
        prompt,
        maxTokens: body.max_tokens ?? DEFAULT_MAX_TOKENS,
        temperature: body.temperature,
        topP: body.top_p,
        seed: body.seed === undefined ? undefined : body.seed + (i % body.n),
        stop: body.stop,
        signal,
      }),
    );
    const head = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(Date.now() / 1000),
      model: model.id,
    };
    const choice = (index: number, text: string, finishReason: string | null) => ({
      index,
      text,
      logprobs: null,
      finish_reason: finishReason,
    });
    const echo = (index: number) => (body.echo ? (prompts[index] as string) : '');

    if (!body.stream) {
      const { choices, usage } = await textGate.run(signal, () => collect(generations, body.n));
      const written = choices.map(({ text, finishReason }, i) => choice(i, echo(i) + text, finishReason));
      return c.json({ ...head, choices: written, usage });
    }
    const includeUsage = body.stream_options?.include_usage;
    return eventStream((send) => {
      const chunk = (choices: object[], usage: object | null = null) =>
        send({ ...head, choices, ...(includeUsage ? { usage } : {}) });

      return textGate.run(signal, async () => {
        if (body.echo) for (const i of generations.keys()) chunk([choice(i, echo(i), null)]);
        const usage = await runInTurn(
          generations,
          body.n,
          (i, text) => chunk([choice(i, text, null)]),
          (i, finishReason) => chunk([choice(i, '', finishReason)]),
        );
        if (includeUsage) chunk([], usage);
      });
    }, c.var.report);
  });
}
