import { ApiError } from '../src/errors.ts';
import { hooks } from '../src/hooks/compiled.ts';
import { receive } from '../src/hooks/receive.ts';
import { type RawBody, type Route, route } from '../src/route.ts';
import { MAX_SMALL_BODY_BYTES } from '../src/sizes.ts';
import { chatCompletions } from './chat.ts';
import { classify } from './classify.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { imageGenerations } from './images.ts';
import { similarity } from './similarity.ts';

/** What a hook can run. */
const TARGETS: readonly Route[] = [chatCompletions, completions, embeddings, similarity, classify, imageGenerations];

/** POST /v1/hooks/{name}: a webhook of somebody else, whose signature authenticates it. See hooks/*.md. */
export const receiveHook = route({
  method: 'POST',
  path: '/v1/hooks/:name',
  access: 'public',
  raw: true,
  maxBytes: MAX_SMALL_BODY_BYTES,
  run(body, call) {
    const hook = hooks.find(({ name }) => name === call.params.name);
    const target = TARGETS.find(({ path }) => path === hook?.route);
    if (!hook || !target) throw new ApiError('hook_not_found', 'There is no hook with this name.');
    const { bytes, url } = body as RawBody;
    return receive(hook, target, { headers: call.headers, bytes }, url, call);
  },
});
