import * as z from 'zod/mini';
import { floatStream } from '../src/base/bytes/floats.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS, MAX_ITEMS_BODY_BYTES } from '../src/base/sizes.ts';
import type { Call } from '../src/call/call.ts';
import type { EmbeddingModel } from '../src/call/tasks.ts';
import { itemSchema, readItems } from '../src/intake/items.ts';
import { metered, meterOnError } from '../src/metering/metered.ts';
import { route, runRoute } from '../src/route.ts';
import {
  type Classifier,
  countExamples,
  DEFAULT_MODEL,
  describeClassifier,
  METHODS,
  modelFor,
} from '../src/vectors/classifiers/classifier.ts';
import type { Batch, Changes } from '../src/vectors/classifiers/classifiers.ts';
import { askClassifiers, found } from '../src/vectors/classifiers/classifiers-of.ts';
import type { Refusal } from '../src/vectors/classifiers/learn.ts';
import { requireLabels, requireRoom, requireSpace, unlessRefused } from '../src/vectors/classifiers/refusals.ts';
import { sourcesOf } from '../src/vectors/classifiers/sources.ts';
import { forgetTrained } from '../src/vectors/classifiers/trained-memory.ts';
import { embedItems } from '../src/vectors/embedding/embed-items.ts';
import { spaceKey } from '../src/vectors/embedding/space-key.ts';
import { cacheStatus, DEFAULT_TEMPLATE, modelName, usageOf } from './fields.ts';

const PATH = '/v1/classifiers';

const name = () => z.string().check(z.maxLength(200));
const examples = () =>
  z
    .array(z.looseObject({ input: itemSchema(), label: z.string().check(z.minLength(1), z.maxLength(200)) }))
    .check(z.minLength(1), z.maxLength(MAX_ITEMS));
type WireExamples = z.infer<ReturnType<typeof examples>>;

export const createClassifierRequest = lazy(() =>
  z.strictObject({
    name: z.optional(name()),
    model: z._default(modelName(), DEFAULT_MODEL),
    method: z._default(z.enum(METHODS), 'auto'),
    examples: examples(),
  }),
);

/** POST /v1/classifiers: learns labels from examples, texts or pictures. */
export const createClassifier = route({
  method: 'POST',
  path: PATH,
  // A client token can use the classifiers of its key, and not change them.
  access: 'key',
  schema: createClassifierRequest,
  reaches: ['embedding'],
  pictures: { field: 'input', lists: [], nested: { list: 'examples', beside: 'label' } },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  run: ({ name = '', model, method, examples }, call) =>
    teach({ model, examples }, call, (batch) =>
      askClassifiers(call, (classifiers) => classifiers.create(name, method, batch)),
    ),
});

export const updateClassifierRequest = lazy(() =>
  z.strictObject({
    name: z.optional(name()),
    model: z.optional(modelName()),
    method: z.optional(z.enum(METHODS)),
    examples: z.optional(examples()),
  }),
);

/** PATCH /v1/classifiers/{id}: adds examples, and trains from all. */
export const updateClassifier = route({
  method: 'PATCH',
  path: `${PATH}/:id`,
  access: 'key',
  schema: updateClassifierRequest,
  reaches: ['embedding'],
  pictures: { field: 'input', lists: [], nested: { list: 'examples', beside: 'label' } },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  async run({ name, model, method, examples }, call) {
    const id = idOf(call);
    const changes: Changes = { ...(name !== undefined && { name }), ...(method && { method }) };
    const update = async (batch?: Batch) => {
      const updated = await askClassifiers(call, (classifiers) => classifiers.update(id, changes, batch));
      forgetTrained(id, call);
      return updated;
    };
    if (model !== undefined && !examples) {
      throw new ApiError('invalid_parameter', '`model` can only be sent with `examples`.', { param: 'model' });
    }
    if (!examples) {
      const change = async () => Response.json(describeClassifier(unlessRefused(await update(), call.settings)));
      return metered(undefined, {}, call, change);
    }
    const known = await meterOnError(call, async () =>
      found(await askClassifiers(call, (classifiers) => classifiers.get(id))),
    );
    // Before a host is paid.
    requireRoom(countExamples(known) + examples.length, known.dimensions);
    return teach({ model: model ?? modelFor(known, call.caller), examples, known }, call, update);
  },
});

/** GET /v1/classifiers: all of them, newest first. */
export const listClassifiers = route({
  method: 'GET',
  path: PATH,
  access: 'embeddings',
  async run(_, call) {
    const all = await askClassifiers(call, (classifiers) => classifiers.list());
    return Response.json({ object: 'list', data: all.map((classifier) => describeClassifier(classifier, false)) });
  },
});

export const getClassifier = route({
  method: 'GET',
  path: `${PATH}/:id`,
  access: 'embeddings',
  run: async (_, call) =>
    Response.json(describeClassifier(found(await askClassifiers(call, (classifiers) => classifiers.get(idOf(call)))))),
});

/** DELETE /v1/classifiers/{id}: its examples, too. */
export const deleteClassifier = route({
  method: 'DELETE',
  path: `${PATH}/:id`,
  access: 'key',
  async run(_, call) {
    const id = idOf(call);
    found((await askClassifiers(call, (classifiers) => classifiers.remove(id))) || undefined);
    forgetTrained(id, call);
    return Response.json({ id, object: 'classifier.deleted', deleted: true });
  },
});

const idOf = ({ params }: Call): string => params.id ?? '';

interface Lesson {
  readonly model: string;
  readonly examples: WireExamples;
  /** The classifier that they are for, if there is one already. */
  readonly known?: Classifier;
}

/** Embeds examples within the limits of the caller, and stores them. */
function teach(
  { model, examples, known }: Lesson,
  call: Call,
  store: (batch: Batch) => Promise<Classifier | Refusal>,
): Response | Promise<Response> {
  const embed = route({
    method: 'POST',
    path: PATH,
    access: 'embeddings',
    tasks: ['embedding'],
    async run(_, call) {
      const { model } = call;
      const space = await spaceKey(model.space, call);
      if (known) requireSpace(known, space, model.id);
      const items = examples.flatMap(({ input }, i) => readItems(input, `examples[${i}].input`, call).items);
      const labels = examples.map(({ label }) => label);
      requireLabels(new Set(labels).size);
      const named = sharesSpace(model) ? [...new Set(labels)] : [];
      const prompts = named.map(
        (label) => ({ kind: 'text', text: DEFAULT_TEMPLATE.replace('{}', () => label) }) as const,
      );
      const lists = [
        { items, placeOf: (i: number) => `examples[${i}].input` },
        { items: prompts, placeOf: () => 'examples' },
      ];
      const embedded = await embedItems(model, lists, call);
      const dimensions = embedded.vectors[0]?.length ?? 0;
      requireRoom(items.length, dimensions);
      const vectors = floatStream(embedded.vectors);
      // While the object trains, no vectors are in memory but those that it reads.
      const usage = usageOf(embedded);
      const headers = { 'cache-status': cacheStatus(embedded) };
      const sources = call.settings.storesSources ? sourcesOf(items, embedded.contentIdOf) : [];
      const stored = await store({ model: model.id, space, dimensions, labels, texts: named, vectors, sources });
      const classifier = describeClassifier(unlessRefused(stored, call.settings));
      return Response.json({ ...classifier, usage }, { headers });
    },
  });
  return runRoute(embed, { model }, call);
}

/**
 * Whether texts and pictures have vectors of one space, so that the text of a label helps to find its
 * pictures.
 */
function sharesSpace({ targets }: EmbeddingModel): boolean {
  return targets.some(({ batch }) => batch.image !== undefined);
}
