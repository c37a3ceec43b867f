import { InferenceClient } from '@huggingface/inference';
import { describe, expect, it, vi } from 'vitest';
import * as huggingface from '../../../../src/hosts/providers/huggingface.ts';
import { edit } from '../../../../src/hosts/providers/huggingface-edit.ts';
import { readUpload } from '../../../../src/intake/read-upload.ts';
import { callFor } from '../../../support/call.ts';
import { pngOf } from '../../../support/pictures.ts';
import { serve } from '../../../support/worker.ts';

/** Requests for sound and edits at Hugging Face's router, compared with those of @huggingface/inference. */

const ROUTER = 'https://router.huggingface.co';
const HF_TOKEN = 'hf_secret';
const settings = { HF_TOKEN };
const SOUND = new Blob([new Uint8Array([1, 2, 3])], { type: 'audio/mpeg' });
const PICTURE = pngOf(64, 64);

/** What the library sends for a model that the hub maps to a provider. */
async function captured(
  provider: string,
  providerId: string,
  task: string,
  ask: (client: InferenceClient, options: { fetch: typeof fetch }) => Promise<unknown>,
): Promise<Request> {
  let sent: Request | undefined;
  const capture = async (input: RequestInfo | URL, init?: RequestInit) => {
    if (String(input).startsWith('https://huggingface.co/api/models/')) {
      return Response.json({ inferenceProviderMapping: [{ provider, providerId, status: 'live', task }] });
    }
    sent = new Request(String(input), init);
    throw new Error('captured');
  };
  await expect(ask(new InferenceClient(HF_TOKEN), { fetch: capture as typeof fetch })).rejects.toThrow();
  if (!sent) throw new Error('The library sent nothing.');
  return sent;
}

const model = (provider: string) => ({
  provider: provider as 'together',
  model: `org/model-for-${provider}-${crypto.randomUUID()}`,
});

describe.each(['together', 'deepinfra'] as const)('sound at %s', (provider) => {
  it('is transcribed as the library does it', async () => {
    const { requests } = serve({ [ROUTER]: () => Response.json({ text: 'Hello.' }) });
    const form = new FormData();
    form.append('file', SOUND, 'audio.mp3');
    form.append('model', 'whisper');
    const { upload } = await readUpload(new Request('https://x', { method: 'POST', body: form }), 10_000);
    if (!upload) throw new Error('There is no form.');
    const target = huggingface.transcription(provider, 'org/whisper');
    await target.transcribe(upload, 'transcriptions', callFor('automatic-speech-recognition', settings));
    const ours = requests[0] as Request;
    vi.restoreAllMocks();
    const theirs = await captured(provider, 'org/whisper', 'automatic-speech-recognition', (client, options) =>
      client.automaticSpeechRecognition({ ...model(provider), data: SOUND }, options),
    );
    expect(ours.url).toBe(theirs.url);
    expect(ours.headers.get('authorization')).toBe(theirs.headers.get('authorization'));
    const [own, their] = [await ours.formData(), await theirs.formData()];
    expect([...own.keys()].sort()).toEqual([...their.keys()].sort());
    expect(own.get('model')).toBe(their.get('model'));
    for (const form of [own, their]) expect(await (form.get('file') as unknown as Blob).text()).toBe('\x01\x02\x03');
  });

  it('is spoken as the library does it', async () => {
    const { requests } = serve({ [ROUTER]: () => new Response('x', { headers: { 'content-type': 'audio/mpeg' } }) });
    const body = { model: 'tts', input: 'Hello', voice: 'af_alloy' };
    await huggingface.speech(provider, 'org/kokoro').speak({ body }, callFor('text-to-speech', settings));
    const ours = requests[0] as Request;
    vi.restoreAllMocks();
    const theirs = await captured(provider, 'org/kokoro', 'text-to-speech', (client, options) =>
      client.textToSpeech({ ...model(provider), inputs: 'Hello', parameters: { voice: 'af_alloy' } }, options),
    );
    expect(ours.url).toBe(theirs.url);
    expect(ours.headers.get('authorization')).toBe(theirs.headers.get('authorization'));
    expect(await ours.json()).toEqual(await theirs.json());
  });
});

describe.each([
  ['together', 'org/FLUX.1-kontext-dev', () => Response.json({ data: [{ b64_json: PICTURE.toBase64() }] })],
  [
    'fal-ai',
    'fal-ai/flux-kontext/dev',
    ({ url }: Request) =>
      url.includes('/requests/')
        ? Response.json(
            url.includes('/status') ? { status: 'COMPLETED' } : { images: [{ url: 'https://v3.fal.media/x.png' }] },
          )
        : Response.json({
            request_id: 'r',
            status: 'IN_QUEUE',
            response_url: 'https://queue.fal.run/fal-ai/flux-kontext/requests/r',
          }),
  ],
] as const)('pictures at %s', (provider, providerId, answer) => {
  const picture = { bytes: PICTURE, mediaType: 'image/png' };
  const request = { prompt: 'in blue', pictures: [picture], seed: 7, parameters: { num_inference_steps: 4 } };

  it('are edited as the library does it', async () => {
    const raw = () => new Response(PICTURE, { headers: { 'content-type': 'image/png' } });
    const { requests } = serve({ [ROUTER]: answer, 'https://v3.fal.media/x.png': raw });
    const edited = await edit(provider, providerId).edit(request, callFor('image-to-image', settings));
    expect(edited).toEqual(PICTURE);
    const ours = requests[0] as Request;
    vi.restoreAllMocks();
    const parameters = { prompt: 'in blue', seed: 7, num_inference_steps: 4 };
    const inputs = new Blob([PICTURE], { type: 'image/png' });
    const theirs = await captured(provider, providerId, 'image-to-image', (client, options) =>
      client.imageToImage({ ...model(provider), inputs, parameters } as never, options),
    );
    const { image_urls: _, ...body } = (await theirs.json()) as Record<string, unknown>;
    expect(await ours.json()).toEqual(body);
    expect(ours.url).toBe(theirs.url);
    expect(ours.headers.get('authorization')).toBe(theirs.headers.get('authorization'));
  });

  it('are edited once: a request with an unknown result is not repeated', async () => {
    const { requests } = serve({ [ROUTER]: () => new Response('', { status: 500 }) });
    const edited = edit(provider, providerId).edit(request, callFor('image-to-image', settings));
    await expect(edited).rejects.toMatchObject({ code: 'upstream_error' });
    expect(requests).toHaveLength(1);
  });
});
