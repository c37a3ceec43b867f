import { InferenceClient } from '@huggingface/inference';
import OpenAI from 'openai';
import { beforeAll, expect, test } from 'vitest';
import { loadClip } from '../src/clip.ts';
import { loadImage } from '../src/image.ts';
import type { Models } from '../src/models.ts';
import { loadText } from '../src/text.ts';
import { cosine, fixtureModel, ownModel, picture, start } from './start.ts';

let models: Models;
beforeAll(async () => {
  const [clip, text, image] = await Promise.all([
    loadClip(ownModel('tiny-clip')),
    loadText(ownModel('tiny-text')),
    loadImage(ownModel('tiny-image')),
  ]);
  models = { clip, text, image };
});

async function openai(served: Models): Promise<OpenAI> {
  const { url } = await start(served);
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
}

async function huggingface(model: string): Promise<InferenceClient> {
  const { url } = await start(models);
  return new InferenceClient('', { endpointUrl: `${url}/models/${model}` });
}

test("OpenAI's SDK: chat, streaming and embeddings", async () => {
  const client = await openai(models);
  const messages = [{ role: 'user' as const, content: 'Hello!' }];
  const whole = await client.chat.completions.create({ model: 'tiny-text', messages });
  const stream = client.chat.completions.stream({ model: 'tiny-text', messages });
  expect((await stream.finalMessage()).content).toBe(whole.choices[0]?.message.content);

  // The SDK requests base64 and decodes it.
  const { data } = await client.embeddings.create({ model: 'tiny-clip', input: 'a cat' });
  const [expected] = (await models.clip?.embedTexts(['a cat']))?.vectors ?? [];
  expect(cosine(data[0]?.embedding ?? [], expected ?? [])).toBeCloseTo(1, 5);
});

test("OpenAI's SDK: completions and models", async () => {
  const client = await openai({ text: await loadText(fixtureModel('reciter')) });
  const completion = await client.completions.create({ model: 'reciter', prompt: 'x', max_tokens: 7 });
  expect(completion.choices[0]?.text).toBe('Grüße');
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['reciter']);
  await expect(client.models.retrieve('missing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
});

test("Hugging Face's client: feature extraction, classification and text to image", async () => {
  const clip = await huggingface('tiny-clip');
  const vector = await clip.featureExtraction({ inputs: 'a cat' });
  expect(vector).toHaveLength(models.clip?.dimensions ?? 0);
  const ranked = await clip.zeroShotImageClassification({
    inputs: { image: new Blob([new Uint8Array(picture('cat.png'))]) },
    parameters: { candidate_labels: ['dog', 'cat'], hypothesis_template: 'a photo of a {}' },
  });
  expect(ranked[0]?.label).toBe('cat');

  const painter = await huggingface('tiny-image');
  const parameters = { width: 64, height: 64, seed: 1 };
  const drawn = await painter.textToImage({ inputs: 'a red house', parameters }, { outputType: 'blob' });
  expect(drawn.type).toBe('image/png');
});
