import * as z from 'zod/mini';
import { type AppContext, cacheUseOf, callOf } from '../src/app.ts';
import { classifyByHost } from '../src/classification/classify-by-host.ts';
import { type ClassifiedItem, classifyByVectors, type Label } from '../src/classification/classify-by-vectors.ts';
import { ApiError } from '../src/errors.ts';
import { readItemsBody } from '../src/intake/body.ts';
import { itemSchema } from '../src/intake/items.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import { LIMITS } from '../src/time-limits.ts';
import { cacheStatus, count, flag, MOST_ITEMS, modelName, readItems, requireCount, usageOf } from './fields.ts';

const MOST_LABELS = 1000;
const DEFAULT_TEMPLATE = 'a photo of a {}';

const text = () => z.string().check(z.minLength(1));

export const classifyRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'clip'),
    input: z.union([itemSchema(), z.array(itemSchema()).check(z.minLength(1), z.maxLength(MOST_ITEMS))], {
      error: `must be an item or an array of 1 to ${MOST_ITEMS} items`,
    }),
    labels: z
      .array(
        z.union(
          [text(), z.looseObject({ label: text(), prompts: z.array(text()).check(z.minLength(1), z.maxLength(100)) })],
          {
            error: 'must be a string that is not empty, or {"label", "prompts": [...]}',
          },
        ),
      )
      .check(z.minLength(1), z.maxLength(MOST_LABELS)),
    hypothesis_template: z.optional(z.nullable(z.string().check(z.includes('{}', { error: 'must contain {}' })))),
    multi_label: flag(),
    top_k: z.optional(z.nullable(count(1, MOST_LABELS))),
  }),
);

/** POST /v1/classify: which label fits an item, from words alone. */
export async function classify(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS.embedding);
  const { body, attachments } = await readItemsBody(c.req.raw, classifyRequest(), 'input', ['labels']);
  const model = resolve(body.model, ['embedding', 'zero-shot-image-classification'], call.settings);
  call.report.model = model.id;
  const inputs = readItems(body.input, 'input', attachments);
  const template = body.hypothesis_template ?? DEFAULT_TEMPLATE;
  const labels = readLabels(body.labels, template);
  requireCount(inputs.length + labels.reduce((total, { prompts }) => total + prompts.length, 0));
  const multiLabel = body.multi_label === true;
  const topK = body.top_k ?? labels.length;

  if (model.task === 'zero-shot-image-classification') {
    const classified = await classifyByHost(model, inputs, { labels: body.labels, template, multiLabel }, call);
    // No vectors, so no cosines: scores of one request compare with each other only.
    return c.json({ ...answer(model.id, classified, topK), relative: true });
  }
  const cache = cacheUseOf(c);
  const { classified, embedded } = await classifyByVectors(model, inputs, labels, call, {
    kv: c.env.EMBEDDINGS,
    cache,
    multiLabel,
    template,
  });
  const usage = usageOf(embedded);
  c.header('cache-status', cacheStatus(usage, cache));
  return c.json({ ...answer(model.id, classified, topK), usage });
}

function answer(model: string, classified: readonly ClassifiedItem[], topK: number) {
  return {
    object: 'list',
    model,
    data: classified.map((predictions, index) => {
      const sorted = predictions.toSorted((a, b) => b.score - a.score);
      const [best] = sorted;
      return {
        object: 'classification',
        index,
        prediction: best?.label,
        score: best?.score,
        predictions: sorted.slice(0, topK),
      };
    }),
  };
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
      throw new ApiError('invalid_parameter', `\`labels[${i}]\` stands twice.`, { param: `labels[${i}]` });
    }
    seen.add(label);
  });
  return labels;
}
