import { ApiError } from '../src/base/errors.ts';
import { MAX_SMALL_BODY_BYTES } from '../src/base/sizes.ts';
import { type RawBody, type Route, route } from '../src/route.ts';
import { hooks } from '../src/surfaces/hooks/compiled.ts';
import type { HookRoute } from '../src/surfaces/hooks/hook.ts';
import { receive } from '../src/surfaces/hooks/receive.ts';
import { chatCompletions } from './chat.ts';
import { classify } from './classify.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { imageGenerations } from './images.ts';
import { similarity } from './similarity.ts';

const TARGETS: Readonly<Record<HookRoute, Route>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/completions': completions,
  '/v1/embeddings': embeddings,
  '/v1/similarity': similarity,
  '/v1/classify': classify,
  '/v1/images/generations': imageGenerations,
};

/** POST /v1/hooks/{name}: a webhook of somebody else, whose signature authenticates it. See hooks/*.md. */
export const receiveHook = route({
  method: 'POST',
  path: '/v1/hooks/:name',
  access: 'public',
  raw: true,
  maxBytes: MAX_SMALL_BODY_BYTES,
  run(body, call) {
    const hook = hooks.find(({ name }) => name === call.params.name);
    if (!hook) throw new ApiError('hook_not_found', 'There is no hook with this name.');
    const { bytes, url } = body as RawBody;
    const inbound = { headers: call.headers, bytes };
    return receive(hook, { route: TARGETS[hook.route], inbound, url }, call);
  },
});
