import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_LABELS } from '../src/base/sizes.ts';
import type { JsonObject } from '../src/call/tasks.ts';
import { validate } from '../src/intake/validate.ts';
import { readChat } from '../src/surfaces/mcp/chat-text.ts';
import { jsonResult, jsonTool } from '../src/surfaces/mcp/json-tool.ts';
import { readPictureAnswer, readText } from '../src/surfaces/mcp/read-answer.ts';
import { input, item, items, list, model, record, some, text } from '../src/surfaces/mcp/schema-parts.ts';
import { type Tool, type ToolResult, textContent } from '../src/surfaces/mcp/tool.ts';
import { chatCompletions } from './chat.ts';
import { classify } from './classify.ts';
import { embeddings } from './embeddings.ts';
import { DEFAULT_TEMPLATE } from './fields.ts';
import { imageGenerations } from './images.ts';
import { promptTools } from './mcp-prompts.ts';
import { listModels } from './models.ts';
import { similarity } from './similarity.ts';

const score = { type: 'number' };
const name = { type: 'string' };
const index = { type: 'integer' };

const chatArguments = lazy(() =>
  z.looseObject({ prompt: z.string().check(z.minLength(1)), system: z.optional(z.string()) }),
);

const chat: Tool = {
  name: 'chat',
  title: 'Ask a language model',
  description: 'Sends a prompt to a language model, which answers with text. It remembers no earlier call.',
  inputSchema: input(
    {
      prompt: text('The message to answer.'),
      system: text('Instructions before the prompt.'),
      model: model('text'),
      max_tokens: some('integer', 'Max tokens of the answer.'),
      temperature: some('number', '0 to 2; 0 for the most likely answer.'),
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
  async read(answer, { report }, progress) {
    const content = [textContent(await readChat(answer, progress))];
    if (report.finishReason === 'length')
      content.push(textContent('(The answer was cut off: it reached its max tokens.)'));
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
      size: text('Pixels, such as 512x512. list_models has the sizes of each model.'),
      seed: some('integer', 'Random if it is left out.'),
      negative_prompt: text('What the picture must not show. Not all hosts support it.'),
      model: model('image'),
    },
    ['prompt'],
  ),
  route: imageGenerations,
  body: (args) => args,
  async read(answer): Promise<ToolResult> {
    const { model, output_format, size, seed, base64 } = await readPictureAnswer(answer);
    return {
      content: [
        { type: 'image', data: base64, mimeType: `image/${output_format}` },
        textContent(`A picture of ${size} pixels by ${model}, with seed ${seed}.`),
      ],
    };
  },
};

const modelList: Tool = {
  name: 'list_models',
  title: 'List the models',
  description: 'Lists the models and aliases that can be used now: tasks, sizes, dimensions.',
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
    return jsonResult(JSON.stringify({ models }));
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
        'Ranks texts and pictures by their similarity to a text or picture. Compare the scores of one call with each other: those of a picture and a fitting text are often only 0.15 to 0.35.',
      inputSchema: input(
        {
          query: item('What to compare with.'),
          documents: items('What to rank.'),
          top_n: some('integer', 'Max number of results.'),
          model: model('clip'),
        },
        ['query', 'documents'],
      ),
      outputSchema: record({
        model: name,
        results: list(record({ index, relevance_score: score, cosine: score }), 'Nearest first.'),
      }),
    },
    similarity,
    {},
  ),
  jsonTool(
    {
      name: 'classify',
      title: 'Classify a text or picture',
      description:
        'Finds which label fits a text or picture best: one of your own labels, or of a classifier that has learned from examples. The scores add up to 1.',
      inputSchema: input(
        {
          input: item('What to classify.'),
          labels: { ...list(name, 'Your labels. Required, unless there is a classifier_id.'), maxItems: MAX_LABELS },
          classifier_id: text('The id of a classifier, cls_..., in place of labels.'),
          hypothesis_template: { ...text('A text in which {} becomes each label.'), default: DEFAULT_TEMPLATE },
          multi_label: some('boolean', 'Whether several labels can fit. Then each score is 0 to 1 by itself.'),
          top_k: some('integer', 'Max number of labels.'),
          model: model('clip'),
        },
        ['input'],
      ),
      outputSchema: record({
        model: name,
        data: list(
          record({
            index,
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
      description: 'Turns texts and pictures into vectors of unit length, for search and clustering.',
      inputSchema: input(
        {
          input: items('Texts and pictures.'),
          dimensions: some('integer', 'Length of the vectors. Not all models can shorten them.'),
          model: model('embed'),
        },
        ['input'],
      ),
      outputSchema: record({
        model: name,
        data: list(record({ index, embedding: list(score, 'A vector.') }), 'One entry for each input.'),
      }),
    },
    embeddings,
    { model: 'embed' },
  ),
  generateImage,
  modelList,
  ...promptTools,
];
