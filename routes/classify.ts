import * as z from 'zod/mini';
import { jsonAnswer } from '../src/bytes/json-pieces.ts';
import { classifyByHost } from '../src/classification/classify-by-host.ts';
import { type ClassifiedItem, classifyByVectors, type Label } from '../src/classification/classify-by-vectors.ts';
import { ApiError } from '../src/errors.ts';
import { readItems } from '../src/intake/items.ts';
import { type Check, isCount, isName, isText, isTexts, usual } from '../src/intake/usual.ts';
import { lazy } from '../src/lazy.ts';
import { route } from '../src/route.ts';
import { MAX_ITEMS_BODY_BYTES, MAX_LABELS } from '../src/sizes.ts';
import { cacheStatus, count, flag, itemOrItems, modelName, requireCount, requirePairs, usageOf } from './fields.ts';

const DEFAULT_TEMPLATE = 'a photo of a {}';

const text = () => z.string().check(z.minLength(1));

export const classifyRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'clip'),
    input: itemOrItems(),
    labels: z
      .array(
        z.union(
          [text(), z.looseObject({ label: text(), prompts: z.array(text()).check(z.minLength(1), z.maxLength(100)) })],
          { error: 'must be a string that is not empty, or {"label", "prompts": [...]}' },
        ),
      )
      .check(z.minLength(1), z.maxLength(MAX_LABELS)),
    hypothesis_template: z.optional(z.nullable(z.string().check(z.includes('{}', { error: 'must contain {}' })))),
    multi_label: flag(),
    top_k: z.optional(z.nullable(count(1, MAX_LABELS))),
  }),
);

const isLabels: Check = (value) => isTexts(MAX_LABELS)(value) && !(value as string[]).includes('');

/** POST /v1/classify: which label fits an item, from words alone. */
export const classify = route({
  method: 'POST',
  path: '/v1/classify',
  access: 'embeddings',
  schema: classifyRequest,
  usual: usual({ model: isName, input: isText, labels: isLabels }, { top_k: isCount(1, MAX_LABELS) }),
  tasks: ['embedding', 'zero-shot-image-classification'],
  pictures: { field: 'input', lists: ['labels'] },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  async run({ input, labels: wire, hypothesis_template, multi_label, top_k }, call) {
    const { model } = call;
    const inputs = readItems(input, 'input', call);
    const template = hypothesis_template ?? DEFAULT_TEMPLATE;
    const labels = readLabels(wire, template);
    requireCount(inputs.length + labels.reduce((total, { prompts }) => total + prompts.length, 0));
    requirePairs(inputs.length, 'input', labels.length, 'labels');
    const multiLabel = multi_label === true;
    const topK = top_k ?? labels.length;
    if (model.task === 'zero-shot-image-classification') {
      const classified = await classifyByHost(model, inputs, { labels: wire, template, multiLabel }, call);
      // No vectors, so no cosines: scores of one request only compare with each other.
      return jsonAnswer(pieces(model.id, classified, topK, '"relative":true'));
    }
    const { classified, embedded } = await classifyByVectors(model, inputs, labels, call, { multiLabel, template });
    const usage = `"usage":${JSON.stringify(usageOf(embedded))}`;
    return jsonAnswer(pieces(model.id, classified, topK, usage), { 'cache-status': cacheStatus(embedded) });
  },
});

function* pieces(model: string, classified: Iterable<ClassifiedItem>, topK: number, last: string) {
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

function readLabels(wire: z.infer<ReturnType<typeof classifyRequest>>['labels'], template: string): Label[] {
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
