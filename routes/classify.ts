import * as z from 'zod/mini';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS_BODY_BYTES, MAX_LABELS, MAX_TEXT_BYTES } from '../src/base/sizes.ts';
import { type Call, deriveCall } from '../src/call/call.ts';
import { readItems } from '../src/intake/items.ts';
import { type Check, isCount, isName, isText, isTexts, usual } from '../src/intake/usual.ts';
import { meterOnError } from '../src/metering/metered.ts';
import { route, runRoute } from '../src/route.ts';
import { classifyByHost } from '../src/vectors/classification/classify-by-host.ts';
import {
  type ClassifiedItem,
  classifyByVectors,
  type Label,
} from '../src/vectors/classification/classify-by-vectors.ts';
import { DEFAULT_MODEL, modelFor } from '../src/vectors/classifiers/classifier.ts';
import { requireDimensions, requireSpace } from '../src/vectors/classifiers/refusals.ts';
import { score } from '../src/vectors/classifiers/score.ts';
import { trainedOf } from '../src/vectors/classifiers/trained-memory.ts';
import { embedItems } from '../src/vectors/embedding/embed-items.ts';
import { spaceKey } from '../src/vectors/embedding/space-key.ts';
import {
  cacheStatus,
  DEFAULT_TEMPLATE,
  flag,
  itemOrItems,
  modelName,
  requireCount,
  requirePairs,
  topFields,
  topOf,
  usageOf,
} from './fields.ts';

const PATH = '/v1/classify';

const text = () => z.string().check(z.minLength(1));

export const classifyRequest = lazy(() =>
  z.looseObject({
    model: z.optional(modelName()),
    input: itemOrItems(),
    labels: z.optional(
      z
        .array(
          z.union(
            [
              text(),
              z.looseObject({ label: text(), prompts: z.array(text()).check(z.minLength(1), z.maxLength(100)) }),
            ],
            { error: 'must be a string that is not empty, or {"label", "prompts": [...]}' },
          ),
        )
        .check(z.minLength(1), z.maxLength(MAX_LABELS)),
    ),
    classifier_id: z.optional(z.string()),
    hypothesis_template: z.optional(z.nullable(z.string().check(z.includes('{}', { error: 'must contain {}' })))),
    multi_label: flag(),
    ...topFields(MAX_LABELS),
  }),
);

type ClassifyRequest = z.infer<ReturnType<typeof classifyRequest>>;
type Labels = NonNullable<ClassifyRequest['labels']>;

const isLabels: Check = (value) => isTexts(MAX_LABELS)(value) && !(value as string[]).includes('');

/**
 * POST /v1/classify: which label fits an item, from words alone or by a classifier that has learned from
 * examples.
 */
export const classify = route({
  method: 'POST',
  path: PATH,
  access: 'embeddings',
  schema: classifyRequest,
  acceptsUnparsed: usual({ model: isName, input: isText, labels: isLabels }, { top_k: isCount(1, MAX_LABELS) }),
  reaches: ['embedding', 'zero-shot-image-classification'],
  pictures: { field: 'input', lists: ['labels'] },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  run(body, call) {
    const { labels, classifier_id: id } = body;
    if (id === undefined && !labels) {
      throw new ApiError('invalid_parameter', '`labels` or `classifier_id` is required.', { param: 'labels' });
    }
    const counted = labels ? withPrompts(labels, body.hypothesis_template ?? DEFAULT_TEMPLATE, call) : call;
    if (id === undefined) return runRoute(classifyByLabels, { ...body, model: body.model ?? DEFAULT_MODEL }, counted);
    for (const name of ['labels', 'hypothesis_template', 'multi_label'] as const) {
      if (body[name] == null) continue;
      const message = `\`${name}\` cannot be sent with \`classifier_id\`: a classifier has its own labels.`;
      throw new ApiError('invalid_parameter', message, { param: name });
    }
    return classifyByClassifier(id, body, call);
  },
});

/**
 * A call whose body has the texts that a template makes of labels: they can be a thousand times as large as
 * what came.
 *
 * @throws ApiError `invalid_parameter` if they are too large
 */
function withPrompts(labels: Labels, template: string, call: Call): Call {
  const places = template.split('{}').length - 1;
  let added = 0;
  for (const label of labels) {
    if (typeof label === 'string') added += template.length - 2 * places + (places - 1) * label.length;
  }
  if (added > MAX_TEXT_BYTES) {
    const message = `\`hypothesis_template\` is too long for these labels: with it, they have more than ${MAX_TEXT_BYTES} characters.`;
    throw new ApiError('invalid_parameter', message, { param: 'hypothesis_template' });
  }
  return deriveCall(call, { textBytes: (call.textBytes ?? 0) + added });
}

/** Zero-shot: from the words of the labels. */
const classifyByLabels = route({
  method: 'POST',
  path: PATH,
  access: 'embeddings',
  tasks: ['embedding', 'zero-shot-image-classification'],
  async run(
    { input, labels: wire, hypothesis_template, multi_label, ...top }: ClassifyRequest & { labels: Labels },
    call,
  ) {
    const { model } = call;
    const inputs = readItems(input, 'input', call);
    const template = hypothesis_template ?? DEFAULT_TEMPLATE;
    const labels = readLabels(wire, template);
    requireCount(inputs.items.length + labels.reduce((total, { prompts }) => total + prompts.length, 0));
    requirePairs(['input', inputs.items.length], ['labels', labels.length]);
    const multiLabel = multi_label === true;
    const topK = topOf(top) ?? labels.length;
    if (model.task === 'zero-shot-image-classification') {
      const classified = await classifyByHost(model, inputs, { labels: wire, template, multiLabel }, call);
      // No vectors, so no cosines: scores of one request only compare with each other.
      return jsonAnswer(pieces(model.id, classified, { topK, last: '"relative":true' }));
    }
    const { classified, embedded } = await classifyByVectors({ model, inputs, labels, multiLabel, template }, call);
    const usage = `"usage":${JSON.stringify(usageOf(embedded))}`;
    return jsonAnswer(pieces(model.id, classified, { topK, last: usage }), { 'cache-status': cacheStatus(embedded) });
  },
});

/** By a classifier. Its own model embeds the input; another one has to be of the same space. */
async function classifyByClassifier(id: string, body: ClassifyRequest, call: Call): Promise<Response> {
  const trained = await meterOnError(call, () => trainedOf(id, call));
  const { classifier } = trained;
  const compare = route({
    method: 'POST',
    path: PATH,
    access: 'embeddings',
    tasks: ['embedding'],
    async run({ input, ...top }: ClassifyRequest, call) {
      const { model } = call;
      requireSpace(classifier, await spaceKey(model.space, call), model.id);
      const inputs = readItems(input, 'input', call);
      requirePairs(['input', inputs.items.length], ['labels', classifier.labels.length]);
      const embedded = await embedItems(model, [inputs], call);
      requireDimensions(classifier, embedded.vectors);
      const classified = embedded.vectors.map((vector) => score(trained, vector));
      const usage = `"classifier_id":${JSON.stringify(id)},"usage":${JSON.stringify(usageOf(embedded))}`;
      const topK = topOf(top) ?? classifier.labels.length;
      return jsonAnswer(pieces(model.id, classified, { topK, last: usage }), { 'cache-status': cacheStatus(embedded) });
    },
  });
  return runRoute(compare, { ...body, model: body.model ?? modelFor(classifier, call.caller) }, call);
}

function* pieces(
  model: string,
  classified: Iterable<ClassifiedItem>,
  { topK, last }: { readonly topK: number; readonly last: string },
) {
  yield `{"object":"list","model":${JSON.stringify(model)},"data":[`;
  let index = 0;
  for (const predictions of classified) {
    const sorted = predictions.toSorted((a, b) => b.score - a.score);
    const [best] = sorted;
    const entry = {
      object: 'classification',
      index,
      prediction: best?.label,
      score: best?.score,
      predictions: sorted.slice(0, topK),
    };
    yield `${index === 0 ? '' : ','}${JSON.stringify(entry)}`;
    index++;
  }
  yield `],${last}}`;
}

function readLabels(wire: Labels, template: string): Label[] {
  const labels = wire.map((entry) =>
    typeof entry === 'string'
      ? { label: entry, prompts: [template.replaceAll('{}', entry)] }
      : { label: entry.label, prompts: entry.prompts },
  );
  const seen = new Set<string>();
  labels.forEach(({ label }, i) => {
    if (seen.has(label)) {
      throw new ApiError('invalid_parameter', `\`labels[${i}]\` appears twice.`, { param: `labels[${i}]` });
    }
    seen.add(label);
  });
  return labels;
}
