import { chatSurfaces } from './chat-surfaces.ts';
import { hubSurfaces } from './hub-surfaces.ts';
import { mcpSurfaces } from './mcp-surfaces.ts';
import { mediaSurfaces } from './media-surfaces.ts';
import { messageSurfaces } from './message-surfaces.ts';
import { messageToolSurfaces } from './message-tool-surfaces.ts';
import { responseSurfaces } from './response-surfaces.ts';
import { runSurfaces } from './run-surfaces.ts';
import { type Surface, whole } from './surface.ts';
import { toolSurfaces } from './tool-surfaces.ts';

const vectors = (name: string, path: string, body: object, isCommon = false): Surface => ({
  name,
  paths: [path],
  asks: 'vectors',
  isCommon,
  ask: (gateway, model) => whole(gateway, path.replace('{id}', model), { model, ...body }, () => ({ text: '' })),
});

/** By a CLIP of the catalogue: the texts name the case. */
const classify: Surface = {
  name: 'classify',
  paths: ['/v1/classify'],
  asks: 'vectors',
  ask: (gateway, id) =>
    whole(gateway, '/v1/classify', { model: 'tiny-clip', input: id, labels: [`a ${id}`, `b ${id}`] }, () => ({
      text: '',
    })),
};

const moderation: Surface = {
  name: 'moderation',
  paths: ['/v1/moderations'],
  asks: 'moderation',
  ask: (gateway, model) => whole(gateway, '/v1/moderations', { model, input: 'Go.' }, () => ({ text: '' })),
};

export const surfaces: readonly Surface[] = [
  ...chatSurfaces,
  ...responseSurfaces,
  ...messageSurfaces,
  ...runSurfaces,
  ...hubSurfaces,
  ...mcpSurfaces,
  ...toolSurfaces,
  ...messageToolSurfaces,
  vectors('embeddings', '/v1/embeddings', { input: 'Go.', encoding_format: 'float' }, true),
  vectors('similarity', '/v1/similarity', { query: 'Go.', documents: ['Stay.'] }),
  vectors('rerank', '/v1/rerank', { query: 'Go.', documents: ['Stay.'] }),
  classify,
  ...mediaSurfaces,
  moderation,
];

/** Routes that ask no host for anything, or only by another route. */
export const NO_HOST: Readonly<Record<string, string>> = {
  '/v1/messages/count_tokens': 'estimates if a host fails: test/routes/messages.test.ts',
  '/v1/responses/input_tokens': 'estimates if a host fails: test/routes/messages.test.ts',
  '/v1/classifiers': 'embeds its examples as /v1/embeddings does',
  '/v1/prompts/{name}/render': 'shows a request without sending it',
  '/v1/client_secrets': 'signs a token',
  '/v1/webhook_endpoints': 'keeps an address',
  '/v1/webhook_endpoints/{id}': 'changes an address',
  '/v1/webhook_endpoints/{id}/rotate_secret': 'changes a secret',
  '/v1/webhook_endpoints/{id}/deliveries/{event}/redeliver': 'sends an event again',
};
