import { z } from 'zod';
import { ChatCompletion } from './text-answers.ts';

const jsonSchema = z.looseObject({ type: z.string() });

export const Prompt = z.object({
  id: z.string().describe('The name of its file.'),
  object: z.literal('prompt'),
  version: z.string().describe('Changes with the content of the file.'),
  description: z.string(),
  model: z.string(),
  input_schema: jsonSchema.describe('The JSON Schema of `variables`.'),
  output_schema: jsonSchema.nullable().describe('The JSON Schema of `output`, or null.'),
});

export const PromptList = z.object({
  object: z.literal('list'),
  data: z.array(Prompt),
  mistakes: z
    .array(z.object({ file: z.string(), line: z.int(), message: z.string() }))
    .optional()
    .describe('Under `npm start`: what is wrong with files. Until it is fixed, `data` is what they were before.'),
});

export const PromptCompletion = ChatCompletion.extend({
  prompt: z.object({ id: z.string(), version: z.string() }),
  output: z.unknown().optional().describe('What the model answered, as the output schema of the prompt has it.'),
});

export const PromptRendering = z.object({
  object: z.literal('prompt.rendering'),
  id: z.string(),
  version: z.string(),
  request: z
    .looseObject({ model: z.string(), messages: z.array(z.object({ role: z.string(), content: z.string() })) })
    .describe('The body of a chat completion.'),
});
