import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_CACHE_SECONDS } from '../src/base/cache-seconds.ts';
import { type JsonSchema, schemaOf } from '../src/intake/json-schema.ts';
import { validate } from '../src/intake/validate.ts';
import { fillPrompt } from '../src/surfaces/prompts/fill-prompt.ts';
import type { Prompt } from '../src/surfaces/prompts/prompt.ts';
import { compileFile, fileName } from './front-matter.ts';
import { isModel } from './known-model.ts';
import { jsonSchema, variables } from './prompt-schema.ts';
import { messagesIn, pathsIn } from './template-source.ts';

const values = z.record(z.string(), z.json());
const promptCase = z
  .strictObject({
    variables: values.default({}),
    answer: z.string().optional(),
    contains: z.string().optional(),
    matches: z.string().optional(),
    output: z.json().optional(),
    /** Of this Worker or of the host. */
    error: z.string().optional(),
  })
  .refine(
    (expected) => Object.keys(expected).length > 1,
    'a case needs `answer`, `contains`, `matches`, `output` or `error`',
  );

/** Variables, and what the embedded model answers to them. */
export type PromptCase = z.infer<typeof promptCase>;

/** Parameters that all hosts have. There are others, which the host checks. */
const parameters = z.looseObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  seed: z.int().optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
});

/** Fields of a chat request that have their own place in a file, or belong to the caller. */
const NOT_PARAMETERS = ['model', 'messages', 'prompt', 'stream', 'stream_options', 'n', 'response_format'];

const head = z.strictObject({
  description: z.string().min(1),
  model: z.string().refine(isModel, 'there is no such model: GET /v1/models lists all'),
  parameters: parameters.default({}),
  input: variables.default({ type: 'object', properties: {}, required: [], additionalProperties: false }),
  output: jsonSchema.optional(),
  response_format: z.literal('json_schema').optional(),
  cache: z.int().min(1).max(MAX_CACHE_SECONDS).optional(),
  cache_scope: z.literal('key').optional(),
  examples: z.array(z.strictObject({ variables: values, answer: z.json() })).default([]),
  cases: z.array(promptCase).default([]),
});
type Head = z.infer<typeof head>;

/**
 * Compiles one file: front matter, then the messages.
 *
 * @throws Mistakes
 */
export function compilePrompt(file: string, source: string): { prompt: Prompt; cases: readonly PromptCase[] } {
  const compile = (read: Head, text: string) => {
    const { description, model, input, output, cases, cache, cache_scope } = read;
    const templates = messagesIn(text);
    if (templates.length === 0) throw new Error('the text below the front matter is the prompt, and is empty');
    requireSameNames(pathsIn(templates), Object.keys(input.properties ?? {}));
    for (const [i, { variables, error }] of cases.entries()) {
      if (error !== 'invalid_parameter') requireFit(`cases[${i}].variables`, input, variables);
    }
    const content = {
      model,
      parameters: parametersOf(file, read),
      messages: withExamples(templates, read),
      input,
      ...(output && { output }),
    };
    const version = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
    // No part of the version: the same messages have the same answers.
    const caching = { ...(cache && { cache }), ...(cache_scope && { cacheScope: cache_scope }) };
    return { prompt: { name: fileName.parse(file), version, description, ...content, ...caching }, cases };
  };
  return compileFile(`prompts/${file}.md`, source, { schema: head, compile });
}

function requireSameNames(used: readonly string[], declared: readonly string[]): void {
  for (const name of used) {
    if (!declared.includes(name)) throw new Error(`the text has {{${name}}}, which \`input\` does not declare`);
  }
  for (const name of declared) {
    if (!used.includes(name)) throw new Error(`\`input.${name}\` is not in the text`);
  }
}

function parametersOf(file: string, { parameters, response_format, output }: Head): Prompt['parameters'] {
  for (const name of NOT_PARAMETERS) {
    if (name in parameters) throw new Error(`\`parameters.${name}\` cannot be set`);
  }
  if (!response_format) return parameters;
  if (output?.type !== 'object') throw new Error('`response_format` needs an `output` of type object');
  requireClosed('output', output);
  const json_schema = { name: file.replaceAll('-', '_'), strict: true, schema: output };
  return { ...parameters, response_format: { type: 'json_schema', json_schema } };
}

/** Hosts take a schema as strict only if every object is closed and every field required. */
function requireClosed(
  path: string,
  { type, properties = {}, required = [], additionalProperties, items }: JsonSchema,
): void {
  const isOpen = additionalProperties !== false || Object.keys(properties).some((name) => !required.includes(name));
  if (type === 'object' && isOpen) {
    throw new Error(
      `\`${path}\`: with \`response_format\`, an object needs additionalProperties: false, and all fields in \`required\``,
    );
  }
  if (items) requireClosed(`${path}.items`, items);
  for (const [name, property] of Object.entries(properties)) requireClosed(`${path}.properties.${name}`, property);
}

/** Each example is the messages of the prompt once more, with their answer, after what the system says. */
function withExamples(messages: Prompt['messages'], { input, output, examples }: Head): Prompt['messages'] {
  const system = messages.filter(({ role }) => role === 'system');
  const talk = messages.filter(({ role }) => role !== 'system');
  const earlier = examples.flatMap(({ variables, answer }, i) => {
    requireFit(`examples[${i}].variables`, input, variables);
    if (output) requireFit(`examples[${i}].answer`, output, answer);
    const content = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return [...fillPrompt({ messages: talk, input }, variables), { role: 'assistant', content }];
  });
  return [...system, ...earlier, ...talk];
}

function requireFit(path: string, schema: JsonSchema, value: unknown): void {
  validate(schemaOf(schema), value, [path]);
}
