import { z } from 'zod';
import type { TextResult } from './text.ts';

/** SDKs treat an absent field and null the same. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

/** A field that would change the result but is not supported. Only its neutral value is accepted. */
export const unsupported = (neutral: z.ZodType) =>
  z
    .unknown()
    .refine((value) => value === null || neutral.safeParse(value).success, 'Not supported. Remove this field.')
    .optional();

/** The fields shared by chat and legacy completions. Unknown fields are accepted and ignored. */
export const generationFields = {
  model: z.string(),
  max_tokens: optional(z.int().min(1)),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().gt(0).max(1)),
  seed: optional(z.int()),
  stop: optional(
    z.union([z.string(), z.array(z.string()).max(4)], 'Must be a string or an array of at most 4 strings.'),
  ).transform((stop) => (typeof stop === 'string' ? [stop] : stop)),
  n: optional(z.int().min(1).max(8)).transform((n) => n ?? 1),
  stream: optional(z.boolean()),
  stream_options: optional(z.object({ include_usage: optional(z.boolean()) })),
  frequency_penalty: unsupported(z.literal(0)),
  presence_penalty: unsupported(z.literal(0)),
  logit_bias: unsupported(z.strictObject({})),
};

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

export type Generation = AsyncGenerator<string, TextResult>;

/** One choice of a response, from one generation. */
export interface Choice {
  text: string;
  finishReason: TextResult['finishReason'];
}

/**
 * Runs the generations of one request one after another. Each request therefore uses one slot, regardless of
 * its number of choices.
 * @param perPrompt number of consecutive generations that share a prompt. Its tokens count once.
 */
export async function runInTurn(
  generations: Generation[],
  perPrompt: number,
  onPiece: (index: number, text: string) => void,
  onEnd: (index: number, finishReason: TextResult['finishReason']) => void,
): Promise<Usage> {
  let promptTokens = 0;
  let completionTokens = 0;
  for (const [index, generation] of generations.entries()) {
    let step = await generation.next();
    for (; !step.done; step = await generation.next()) onPiece(index, step.value);
    if (index % perPrompt === 0) promptTokens += step.value.promptTokens;
    completionTokens += step.value.completionTokens;
    onEnd(index, step.value.finishReason);
  }
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** Like `runInTurn`, but returns the complete choices. */
export async function collect(
  generations: Generation[],
  perPrompt: number,
): Promise<{ choices: Choice[]; usage: Usage }> {
  const choices = generations.map((): Choice => ({ text: '', finishReason: 'stop' }));
  const choice = (index: number) => choices[index] as Choice;
  const usage = await runInTurn(
    generations,
    perPrompt,
    (index, text) => {
      choice(index).text += text;
    },
    (index, finishReason) => {
      choice(index).finishReason = finishReason;
    },
  );
  return { choices, usage };
}
