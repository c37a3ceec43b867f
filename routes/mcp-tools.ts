import * as z from 'zod/mini';
import { validate } from '../src/intake/validate.ts';
import { lazy } from '../src/lazy.ts';
import { readChat, readText } from '../src/mcp/chat-text.ts';
import { type Tool, type ToolResult, textContent } from '../src/mcp/tool.ts';
import type { Route } from '../src/route.ts';
import { MAX_ITEMS, MAX_LABELS } from '../src/sizes.ts';
import type { JsonObject } from '../src/tasks.ts';
import { chatCompletions } from './chat.ts';
import { classify } from './classify.ts';
import { embeddings } from './embeddings.ts';
import { imageGenerations } from './images.ts';
import { listModels } from './models.ts';
import { similarity } from './similarity.ts';

/** Parts of JSON Schemas. */
const text = (description: string) => ({ type: 'string', description });
const number = (description: string) => ({ type: 'number', description });
const integer = (description: string) => ({ type: 'integer', description });
const flag = (description: string) => ({ type: 'boolean', description });
const list = (items: JsonObject, description: string) => ({ type: 'array', items, description });
const model = (alias: string) => ({ ...text('A model or alias of list_models.'), default: alias });
const record = (properties: JsonObject, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const input = (properties: JsonObject, required: readonly string[]) => ({
  ...record(properties, required),
  additionalProperties: false,
  properties,
});

const item = (description: string) => ({
  description,
  anyOf: [
    text('A text.'),
    {
      ...record({ image: text('A picture: an https URL, a data URL, or base64 (PNG, JPEG, WebP or GIF).') }),
      additionalProperties: false,
    },
  ],
});
const items = (description: string) => ({
  ...list(item('A text or a picture.'), description),
  minItems: 1,
  maxItems: MAX_ITEMS,
});

const score = { type: 'number' };
const name = { type: 'string' };
const position = { type: 'integer' };

/** The text is for clients that do not know structured content. */
function jsonResult(structuredContent: JsonObject): ToolResult {
  return { content: [textContent(JSON.stringify(structuredContent))], structuredContent };
}

/** A tool whose arguments are fields of its route, and whose result is the JSON of its answer. */
function jsonTool(
  shown: Pick<Tool, 'name' | 'title' | 'description' | 'inputSchema' | 'outputSchema'>,
  route: Route,
  defaults: JsonObject,
): Tool {
  return {
    ...shown,
    route,
    body: (args) => ({ ...defaults, ...args }),
    async read(answer) {
      return jsonResult(JSON.parse(await readText(answer)));
    },
  };
}

const chatArguments = lazy(() =>
  z.looseObject({ prompt: z.string().check(z.minLength(1)), system: z.optional(z.string()) }),
);

const chat: Tool = {
  name: 'chat',
  title: 'Ask a language model',
  description:
    'Sends a prompt to a language model, and returns the text that it answers. It remembers no earlier call.',
  inputSchema: input(
    {
      prompt: text('What the model is to answer.'),
      system: text('Instructions for the model, before the prompt.'),
      model: model('text'),
      max_tokens: integer('Max tokens of the answer.'),
      temperature: number('0 for the most likely answer, up to 2.'),
    },
    ['prompt'],
  ),
  route: chatCompletions,
  body(args, isStreamed) {
    const { prompt, system, ...rest } = validate(chatArguments(), args);
    const messages = [{ role: 'user', content: prompt }];
    if (system !== undefined) messages.unshift({ role: 'system', content: system });
    const stream = isStreamed ? { stream: true, stream_options: { include_usage: true } } : {};
    return { model: 'text', ...rest, messages, ...stream };
  },
  async read(answer, progress) {
    const { text, finishReason } = await readChat(answer, progress);
    const content = [textContent(text)];
    if (finishReason === 'length') content.push(textContent('(The answer was cut off: it reached its max tokens.)'));
    return { content };
  },
};

const generateImage: Tool = {
  name: 'generate_image',
  title: 'Generate a picture',
  description: 'Generates a picture from a prompt. The same prompt, size and seed give the same picture.',
  inputSchema: input(
    {
      prompt: text('A description of the picture.'),
      size: text('Width and height in pixels, such as 512x512. list_models has the sizes of each model.'),
      seed: integer('For a picture that can be generated again.'),
      negative_prompt: text('What the picture must not show, if the host supports it.'),
      model: model('image'),
    },
    ['prompt'],
  ),
  route: imageGenerations,
  body: (args) => args,
  async read(answer): Promise<ToolResult> {
    const { model, output_format, size, data } = JSON.parse(await readText(answer));
    const [{ b64_json, seed }] = data;
    return {
      content: [
        { type: 'image', data: b64_json, mimeType: `image/${output_format}` },
        textContent(`A picture of ${size} pixels by ${model}, with seed ${seed}.`),
      ],
    };
  },
};

const modelList: Tool = {
  name: 'list_models',
  title: 'List the models',
  description: 'Lists the models and aliases that can be used now: what each can do, its sizes or dimensions.',
  inputSchema: input({}, []),
  outputSchema: record({ models: list(record({ id: name, task: name }), 'Aliases first.') }),
  isClosed: true,
  route: listModels,
  body: () => ({}),
  async read(answer) {
    const { data } = JSON.parse(await readText(answer)) as { data: readonly (JsonObject & { available: boolean })[] };
    // What matters to operators would only fill the context of the agent.
    const models = data
      .filter(({ available }) => available)
      .map(({ object, created, owned_by, available, targets, requires, space, logit_scale, ...shown }) => shown);
    return jsonResult({ models });
  },
};

/** What agents can do here. Clients show the tools in this order. */
export const tools: readonly Tool[] = [
  chat,
  jsonTool(
    {
      name: 'similarity',
      title: 'Compare texts and pictures',
      description:
        'Ranks texts and pictures by their similarity to a text or picture, nearest first. Compare the scores of one call with each other: between a picture and a fitting text they are low, often 0.15 to 0.35.',
      inputSchema: input(
        {
          query: item('What the documents are compared with.'),
          documents: items('Texts and pictures to rank.'),
          top_n: integer('Max number of results.'),
          model: model('clip'),
        },
        ['query', 'documents'],
      ),
      outputSchema: record({
        model: name,
        results: list(record({ index: position, relevance_score: score, cosine: score }), 'Nearest first.'),
      }),
    },
    similarity,
    {},
  ),
  jsonTool(
    {
      name: 'classify',
      title: 'Classify a text or picture',
      description: 'Finds which of your own labels fits a text or picture best. The scores add up to 1.',
      inputSchema: input(
        {
          input: item('What to classify.'),
          labels: { ...list(text('A label.'), 'The labels to choose from.'), minItems: 1, maxItems: MAX_LABELS },
          hypothesis_template: { ...text('A text in which {} becomes each label.'), default: 'a photo of a {}' },
          multi_label: flag('Whether several labels can fit, each with a score of its own.'),
          top_k: integer('Max number of labels of each input.'),
          model: model('clip'),
        },
        ['input', 'labels'],
      ),
      outputSchema: record({
        model: name,
        data: list(
          record({
            index: position,
            prediction: name,
            score,
            predictions: list(record({ label: name, score }), 'Best first.'),
          }),
          'One entry.',
        ),
      }),
    },
    classify,
    {},
  ),
  jsonTool(
    {
      name: 'embed',
      title: 'Embed texts and pictures',
      description: 'Turns texts and pictures into vectors of unit length, for search and clustering by a program.',
      inputSchema: input(
        {
          input: items('Texts and pictures.'),
          dimensions: integer('Length of the vectors, for models that can shorten them.'),
          model: model('embed'),
        },
        ['input'],
      ),
      outputSchema: record({
        model: name,
        data: list(record({ index: position, embedding: list(score, 'A vector.') }), 'One entry for each input.'),
      }),
    },
    embeddings,
    { model: 'embed' },
  ),
  generateImage,
  modelList,
];
