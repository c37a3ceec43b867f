import { raiseGeneration } from '../src/cache/generation.ts';
import { route } from '../src/route.ts';

/**
 * DELETE /v1/cache: from now on, nothing is found of what is stored of a key and of all its tokens. What is
 * stored expires.
 */
export const deleteCache = route({
  method: 'DELETE',
  path: '/v1/cache',
  access: 'key',
  async run(_, call) {
    await raiseGeneration(call);
    return Response.json({ object: 'cache', deleted: true });
  },
});
