import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_CLASSIFIER_EXAMPLES, MAX_ITEMS } from '../src/base/sizes.ts';
import { route } from '../src/route.ts';
import { askClassifiers, found } from '../src/vectors/classifiers/classifiers-of.ts';
import { count } from './fields.ts';

export const listExamplesRequest = lazy(() =>
  z.object({ after: z.optional(count(0, MAX_CLASSIFIER_EXAMPLES)), limit: z.optional(count(1, MAX_ITEMS)) }),
);

/** GET /v1/classifiers/{id}/examples: what a classifier was taught, as far as it is stored. */
export const listExamples = route({
  method: 'GET',
  path: '/v1/classifiers/:id/examples',
  // They can be texts of the key's own, which its client tokens do not see.
  access: 'key',
  schema: listExamplesRequest,
  async run({ after = 0, limit = MAX_ITEMS }, call) {
    const ask = askClassifiers(call, (classifiers) => classifiers.examples(call.params.id ?? '', after, limit));
    const { examples, isLast } = found(await ask);
    const data = examples.map(({ label, source }) => ({ label, ...source }));
    return Response.json({ object: 'list', data, has_more: !isLast, next: isLast ? null : after + data.length });
  },
});
