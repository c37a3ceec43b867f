import { Placeholders } from '../../base/bytes/placeholders.ts';
import { MAX_PICTURE_ANSWER_BYTES } from '../../base/sizes.ts';
import { huggingfaceRouter } from '../../call/hosts.ts';
import type { EditTarget } from '../../call/tasks.ts';
import { decodeDataUrl, download, falResult, readPictureJson } from '../protocols/huggingface-picture.ts';
import { endpointOf } from '../protocols/json-request.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';

const PATHS = {
  'fal-ai': (id: string) => `/fal-ai/${id}?_subdomain=queue`,
  together: () => '/together/v1/images/generations',
};

/**
 * Image to image at a provider behind Hugging Face's router. The requests are those of
 * @huggingface/inference, but for fal.ai's second copy of the picture, which these models do not read. A test
 * compares them.
 */
export function edit(provider: keyof typeof PATHS, providerId: string): EditTarget {
  const name = `huggingface (${provider})`;
  return {
    host: huggingfaceRouter,
    upstreamModel: `${provider}/${providerId}`,
    pictures: 1,
    takes: ['seed', 'negative_prompt', 'guidance_scale', 'num_inference_steps'],
    async edit({ prompt, pictures: [picture], seed, parameters }, call) {
      if (!picture) throw invalidAnswer(name, 'without a picture');
      const large = new Placeholders();
      const image_url = `data:${picture.mediaType};base64,${large.base64(picture.bytes)}`;
      const { num_inference_steps, ...others } = parameters;
      const body =
        provider === 'fal-ai'
          ? { ...parameters, prompt, seed, image_url }
          : {
              ...others,
              ...{ prompt, seed, image_url, steps: num_inference_steps },
              ...{ response_format: 'base64', model: providerId },
            };
      const { url, token } = endpointOf(huggingfaceRouter, call);
      const request = {
        name,
        url: `${url}${PATHS[provider](providerId)}`,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: large.into(JSON.stringify(body)),
        // An edited picture costs money: a request whose result is unknown is not repeated.
        once: true,
      };
      if (provider === 'fal-ai') return download(await falResult(request, call), name, call);
      return send(request, call, async (response) => {
        const { json, large } = await readPictureJson(response, name, MAX_PICTURE_ANSWER_BYTES);
        const [first] = (json as { data?: { b64_json?: unknown }[] } | null)?.data ?? [];
        return decodeDataUrl(first?.b64_json, name, large);
      });
    },
  };
}
