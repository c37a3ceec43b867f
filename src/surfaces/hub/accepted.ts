import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { type HubTaskName, headOf, isPicture } from './find-task.ts';

/**
 * Checks that a client can read the answer of the task that its request is taken for. Clients say by `Accept`
 * that they expect a picture or sound: without this, they would get a text in its place.
 *
 * @throws ApiError `wrong_task`
 */
export function requireAccepted(name: HubTaskName, { inputs }: JsonObject, { headers, large }: Call): void {
  const accept = headers.get('accept') ?? '';
  const kind = /^\s*(image|audio)\//i.exec(accept)?.[1]?.toLowerCase();
  if (kind === undefined || /json|\*\/\*/i.test(accept)) return;
  if (kind === 'image' && name === 'text-to-image') return;
  const hasPicture = typeof inputs === 'string' && isPicture(headOf(inputs, large));
  const [task, instead] =
    kind === 'audio'
      ? ['text-to-speech', '/v1/audio/speech']
      : hasPicture
        ? ['image-to-image', '/v1/images/edits']
        : ['text-to-image', 'a model that does it, as GET /v1/models shows'];
  const message = `\`Accept\` is ${kind}/*, so the client asks for ${task}, which this URL does not offer: use ${instead}.`;
  throw new ApiError('wrong_task', message, { param: 'Accept' });
}
