import type { Host } from '../../call/hosts.ts';
import type { ImageTarget, JsonObject, Target } from '../../call/tasks.ts';
import { jsonRequest } from './json-request.ts';
import { requestPictures } from './openai-pictures.ts';

/**
 * Pictures from texts by OpenAI's API. Source: https://platform.openai.com/docs/api-reference/images/create
 */
export function imageAt(host: Host, upstreamModel: string): ImageTarget {
  const target: Target = { host, upstreamModel };
  return {
    ...target,
    formats: [],
    takes: 'all',
    makesSeveral: true,
    generate({ prompt, width, height, seed, isSeeded = false, n, extra }, call) {
      const fields = {
        model: upstreamModel,
        prompt,
        n,
        size: width && height && `${width}x${height}`,
        seed,
        ...extra,
      };
      const write = (its: JsonObject) => jsonRequest(host, '/images/generations', JSON.stringify(its), call);
      return requestPictures(target, { fields, isSeeded, write }, call);
    },
  };
}
