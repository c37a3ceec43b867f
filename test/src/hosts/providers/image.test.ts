import { InferenceClient } from '@huggingface/inference';
import { describe, expect, it, vi } from 'vitest';
import { startCall } from '../../../../src/call/call.ts';
import { origin } from '../../../../src/call/hosts.ts';
import type { Made } from '../../../../src/call/pictures.ts';
import type { ImageTarget } from '../../../../src/call/tasks.ts';
import { image, imageAt } from '../../../../src/hosts/providers/huggingface-image.ts';
import { callFor } from '../../../support/call.ts';
import { pngOf } from '../../../support/pictures.ts';
import { type Host, ORIGIN, serve } from '../../../support/worker.ts';

/**
 * The contract of every target that generates images, with answers as the hosts send them.
 * Sources of the formats: the hosts' references, and the readers of @huggingface/inference.
 */

const PICTURE = pngOf(512, 512);
const BASE64 = PICTURE.toBase64();
const ROUTER = 'https://router.huggingface.co';
const HF_TOKEN = 'hf_secret';
const settings = { HF_TOKEN, INFERENCE_URL: ORIGIN };
const request = { prompt: 'a red house', width: 512, height: 512, seed: 7, extra: { num_inference_steps: 4 } };
const inBase64: Host = () => Response.json({ created: 1, data: [{ b64_json: BASE64 }] });
const raw: Host = () => new Response(PICTURE, { headers: { 'content-type': 'image/png' } });

interface Case {
  readonly name: string;
  readonly target: ImageTarget;
  /** The id that the hub's mapping gives, for comparison with the library. */
  readonly providerId: string;
  readonly hosts: Record<string, Host>;
  /** What the body must contain for the size of the image. */
  readonly size: object;
}

const falPlace = `${ROUTER}/fal-ai/fal-ai/flux/requests/r1`;
let falPolls = 0;
let replicatePolls = 0;

const CASES: readonly Case[] = [
  {
    name: 'hf-inference',
    target: image('hf-inference', 'org/model'),
    providerId: 'org/model',
    hosts: { [`${ROUTER}/hf-inference/models/org/model`]: raw },
    size: { parameters: { width: 512, height: 512, seed: 7, num_inference_steps: 4 } },
  },
  {
    name: 'together',
    target: image('together', 'org/model'),
    providerId: 'org/model',
    hosts: { [`${ROUTER}/together/v1/images/generations`]: inBase64 },
    size: { width: 512, height: 512, seed: 7, steps: 4, response_format: 'base64' },
  },
  {
    name: 'nscale',
    target: image('nscale', 'org/model'),
    providerId: 'org/model',
    hosts: { [`${ROUTER}/nscale/v1/images/generations`]: inBase64 },
    size: { size: '512x512', seed: 7, response_format: 'b64_json' },
  },
  {
    name: 'deepinfra',
    target: image('deepinfra', 'org/model'),
    providerId: 'org/model',
    hosts: { [`${ROUTER}/deepinfra/v1/openai/images/generations`]: inBase64 },
    size: { size: '512x512', seed: 7, response_format: 'b64_json' },
  },
  {
    name: 'replicate',
    target: image('replicate', 'org/model'),
    providerId: 'org/model',
    hosts: {
      [`${ROUTER}/replicate/v1/models/org/model/predictions`]: () =>
        Response.json({ id: 'p1', status: 'starting', output: null }, { status: 201 }),
      [`${ROUTER}/replicate/v1/predictions/p1`]: () =>
        ++replicatePolls % 2 === 1
          ? Response.json({ id: 'p1', status: 'processing', output: null })
          : Response.json({ id: 'p1', status: 'succeeded', output: ['https://replicate.delivery/x/out.png'] }),
      'https://replicate.delivery/x/out.png': raw,
    },
    size: { input: { prompt: 'a red house', width: 512, height: 512, seed: 7, num_inference_steps: 4 } },
  },
  {
    name: 'fal-ai',
    target: image('fal-ai', 'fal-ai/flux/schnell'),
    providerId: 'fal-ai/flux/schnell',
    hosts: {
      [`${ROUTER}/fal-ai/fal-ai/flux/schnell?_subdomain=queue`]: () =>
        Response.json({
          request_id: 'r1',
          status: 'IN_QUEUE',
          response_url: 'https://queue.fal.run/fal-ai/flux/requests/r1',
        }),
      [`${falPlace}/status?_subdomain=queue`]: () =>
        Response.json({ status: ++falPolls % 2 === 1 ? 'IN_PROGRESS' : 'COMPLETED' }),
      [`${falPlace}?_subdomain=queue`]: () =>
        Response.json({ images: [{ url: 'https://v3.fal.media/files/out.png' }] }),
      'https://v3.fal.media/files/out.png': raw,
    },
    size: { prompt: 'a red house', image_size: { width: 512, height: 512 }, seed: 7 },
  },
  {
    name: 'the origin',
    target: imageAt(origin, 'tiny-image'),
    providerId: 'tiny-image',
    hosts: { [`${ORIGIN}/models/tiny-image`]: raw },
    size: { inputs: 'a red house', parameters: { width: 512, height: 512, seed: 7 } },
  },
];

const fileOf = async (made: Made) => (made instanceof Response ? new Uint8Array(await made.arrayBuffer()) : made);

describe.each(CASES)('images from $name', ({ target, hosts, size }) => {
  it('are returned as bytes, for a request with their size and seed', async () => {
    const { requests } = serve(hosts);
    const answer = await target.generate(request, callFor('text-to-image', settings));
    expect(await fileOf(answer)).toEqual(PICTURE);
    if (answer instanceof Response) expect(answer.headers.get('content-type')).toBe('image/png');
    expect(await requests[0]?.json()).toMatchObject(size);
  });

  it('are requested with the credential, which only the host gets', async () => {
    const { requests } = serve(hosts);
    await target.generate(request, callFor('text-to-image', settings));
    for (const { url, headers } of requests) {
      const expected = url.startsWith(ROUTER) ? `Bearer ${HF_TOKEN}` : null;
      expect(headers.get('authorization'), url).toBe(expected);
    }
  });

  it.each([
    ['an answer of another shape', () => Response.json({ hello: 1 }), 'upstream_invalid_answer'],
    ['an answer that is text', () => new Response('hello'), 'upstream_invalid_answer'],
    ['a refused credential', () => new Response('', { status: 401 }), 'upstream_unauthorized'],
    ['no credit', () => new Response('', { status: 402 }), 'insufficient_quota'],
    ['a rejected prompt', () => Response.json({ error: 'unsafe' }, { status: 400 }), 'upstream_rejected'],
  ])('fail with the same code for %s', async (_, host, code) => {
    serve({ [Object.keys(hosts)[0] as string]: host });
    await expect(target.generate(request, callFor('text-to-image', settings))).rejects.toMatchObject({ code });
  });
});

describe.each(CASES.filter(({ target }) => target.host !== origin))(
  'images from $name',
  ({ name, target, providerId, hosts }) => {
    it('are paid once: a request with an unknown result is not repeated', async () => {
      const [first] = Object.keys(hosts) as [string];
      for (const broken of [() => new Response('', { status: 500 }), () => Promise.reject(new TypeError('reset'))]) {
        const { requests } = serve({ ...hosts, [first]: broken });
        await expect(target.generate(request, callFor('text-to-image', settings))).rejects.toThrow();
        expect(requests).toHaveLength(1);
        vi.restoreAllMocks();
      }
      let asked = 0;
      vi.spyOn(Math, 'random').mockReturnValue(0);
      const busy: Host = (asking) =>
        asked++ === 0 ? new Response('', { status: 429 }) : (hosts[first] as Host)(asking);
      serve({ ...hosts, [first]: busy });
      const answer = await target.generate(request, callFor('text-to-image', settings));
      expect(await fileOf(answer)).toEqual(PICTURE);
    });

    it('are requested as @huggingface/inference requests them', async () => {
      const ours = serve(hosts).requests;
      const { extra, ...plain } = request;
      await target.generate({ ...plain, extra: {} }, callFor('text-to-image', settings));
      const built = ours[0] as Request;
      vi.restoreAllMocks();

      let theirs: Request | undefined;
      const capture = async (input: RequestInfo | URL, init?: RequestInit) => {
        if (String(input).startsWith('https://huggingface.co/api/models/')) {
          return Response.json({
            inferenceProviderMapping: [{ provider: name, providerId, status: 'live', task: 'text-to-image' }],
          });
        }
        theirs = new Request(String(input), init);
        throw new Error('captured');
      };
      const { parameters, inputs } = parametersOf(name, (await built.clone().json()) as Record<string, unknown>);
      const asking = new InferenceClient(HF_TOKEN).textToImage(
        { provider: name as 'together', model: `org/model-for-${name}`, inputs, parameters },
        {
          fetch: capture as typeof fetch,
          retry_on_error: false,
          outputType: name === 'replicate' ? 'url' : 'dataUrl',
        } as { fetch: typeof fetch },
      );
      await expect(asking).rejects.toThrow();
      expect(built.url).toBe(theirs?.url);
      expect(await built.json()).toEqual(await theirs?.json());
      for (const header of ['authorization', 'content-type', 'prefer']) {
        expect(built.headers.get(header), header).toBe(theirs?.headers.get(header));
      }
    });
  },
);

/** The parameters of the library that produce the body that was sent. */
function parametersOf(name: string, body: Record<string, unknown>) {
  if (name === 'hf-inference')
    return { inputs: String(body.inputs), parameters: body.parameters as Record<string, unknown> };
  const fields = (name === 'replicate' ? body.input : body) as Record<string, unknown>;
  const { prompt, model: _model, response_format: _format, ...parameters } = fields;
  return { inputs: String(prompt), parameters };
}

it('ignores a Content-Length that counts compressed bytes', async () => {
  const target = imageAt(origin, 'tiny-image');
  const headers = { 'content-type': 'image/png', 'content-encoding': 'identity', 'content-length': '5' };
  serve({ [ORIGIN]: () => new Response(PICTURE, { headers }) });
  const answer = await target.generate(request, callFor('text-to-image', settings));
  expect(await fileOf(answer)).toEqual(PICTURE);
});

describe('a host with a queue', () => {
  it('can report that a job has failed', async () => {
    const replicate = CASES.find(({ name }) => name === 'replicate') as Case;
    serve({
      ...replicate.hosts,
      [`${ROUTER}/replicate/v1/predictions/p1`]: () => Response.json({ id: 'p1', status: 'failed' }),
    });
    await expect(replicate.target.generate(request, callFor('text-to-image', settings))).rejects.toMatchObject({
      code: 'upstream_error',
    });
  });

  it('is polled within the time limit only', async () => {
    const fal = CASES.find(({ name }) => name === 'fal-ai') as Case;
    serve({ ...fal.hosts, [`${falPlace}/status?_subdomain=queue`]: () => Response.json({ status: 'IN_QUEUE' }) });
    const base = callFor('text-to-image', settings);
    const call = startCall(base, { ...base.limits, totalMs: 700 });
    await expect(fal.target.generate(request, call)).rejects.toMatchObject({ code: 'upstream_total_timeout' });
  });

  it('is not followed to a private address', async () => {
    const fal = CASES.find(({ name }) => name === 'fal-ai') as Case;
    serve({
      ...fal.hosts,
      [`${falPlace}?_subdomain=queue`]: () => Response.json({ images: [{ url: 'http://127.0.0.1/x' }] }),
    });
    await expect(fal.target.generate(request, callFor('text-to-image', settings))).rejects.toMatchObject({
      code: 'upstream_invalid_answer',
    });
  });
});
