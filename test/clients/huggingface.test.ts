import { readFileSync } from 'node:fs';
import { InferenceClient } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

const CAT_FILE = readFileSync(new URL('../fixtures/pictures/cat.jpg', import.meta.url));

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const messages = [{ role: 'user', content: 'Translate to French: the red house' }];

describe('@huggingface/inference, with this Worker as its endpoint', () => {
  const client = () => new InferenceClient(LOCAL_KEY, { endpointUrl: stack.url });

  test('chats', async () => {
    const { choices, usage } = await client().chatCompletion({ model: 'text', messages, temperature: 0 });
    expect(choices[0]?.message.content).toMatch(/\w/);
    expect(usage.total_tokens).toBeGreaterThan(0);
  });

  test('streams', async () => {
    let text = '';
    for await (const { choices } of client().chatCompletionStream({ model: 'text', messages, temperature: 0 })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toMatch(/\w/);
  });

  test('continues raw text', async () => {
    const { generated_text } = await client().textGeneration({ model: 'text', inputs: 'sea => mer\nhouse =>' });
    expect(generated_text).toMatch(/\w/);
  });

  test('throws its own message, together with the API’s error', async () => {
    await expect(client().chatCompletion({ model: 'nobody', messages })).rejects.toMatchObject({
      httpResponse: { status: 404, body: { error: { code: 'model_not_found' } } },
    });
  });
});

describe('@huggingface/inference, with the URL of a model', () => {
  const at = (model: string) => new InferenceClient(LOCAL_KEY, { endpointUrl: `${stack.url}/models/${model}` });

  test('extracts features', async () => {
    const vectors = (await at('embed').featureExtraction({ inputs: ['a cat', 'a dog'] })) as number[][];
    expect(vectors.map((vector) => vector.length)).toEqual([96, 96]);
    expect(await at('embed').featureExtraction({ inputs: 'a cat' })).toEqual([vectors[0]]);
  });

  test('compares sentences', async () => {
    const inputs = { source_sentence: 'a photo of a cat', sentences: ['a boat', 'a photo of a cat', 'a cat'] };
    const [boat = 1, same, cat = 0] = await at('embed').sentenceSimilarity({ inputs });
    expect(same).toBeCloseTo(1);
    expect(cat).toBeGreaterThan(boat);
  });

  test('classifies a text by labels', async () => {
    const parameters = { candidate_labels: ['boat', 'cat'] };
    const [best, other] = await at('clip').zeroShotClassification({ inputs: 'a photo of a cat', parameters });
    expect(best?.label).toBe('cat');
    expect((best?.score ?? 0) + (other?.score ?? 0)).toBeCloseTo(1);
  });

  test('classifies a picture by labels', async () => {
    const inputs = new Blob([CAT_FILE]);
    const parameters = { candidate_labels: ['dog', 'cat', 'boat'], hypothesis_template: 'a drawing of a {}' };
    const [best] = await at('clip').zeroShotImageClassification({ inputs, parameters });
    expect(best).toEqual({ label: 'cat', score: expect.any(Number) });
  });

  test('creates a picture', async () => {
    const parameters = { width: 64, height: 64, seed: 7 };
    const picture = await at('image').textToImage({ inputs: 'a red circle', parameters }, { outputType: 'blob' });
    expect(picture.type).toBe('image/png');
    expect(new Uint8Array(await picture.slice(0, 4).arrayBuffer())).toEqual(new Uint8Array([0x89, 0x50, 0x4e, 0x47]));
  });

  test('summarizes', async () => {
    const inputs = 'Anna went to the market on Monday. She bought three apples. She walked home in the rain.';
    const { summary_text } = await at('text/pipeline/summarization').summarization({ inputs });
    expect(summary_text).toContain('Anna');
  });

  test('translates', async () => {
    const parameters = { src_lang: 'en_XX', tgt_lang: 'fr_XX' };
    expect(await at('text').translation({ inputs: 'house', parameters })).toEqual({ translation_text: 'maison' });
  });

  test('continues raw text, whole and as a stream', async () => {
    const asked = { inputs: '"dog" -> "chien", "house" ->', parameters: { max_new_tokens: 8, temperature: 0 } };
    const { generated_text } = await at('text').textGeneration(asked);
    expect(generated_text).toMatch(/\w/);
    let text = '';
    for await (const event of at('text').textGenerationStream(asked)) {
      // The client sends this request to /v1/completions, and passes on the events of that.
      const { choices } = event as unknown as { choices: { text: string }[] };
      text += choices[0]?.text ?? '';
    }
    expect(text).toBe(generated_text);
  });

  test('chats, whole and as a stream', async () => {
    const { choices } = await at('text').chatCompletion({ messages, temperature: 0 });
    let text = '';
    for await (const { choices } of at('text').chatCompletionStream({ messages, temperature: 0 })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toBe(choices[0]?.message.content);
  });

  test('throws with the message of the API', async () => {
    const long = at('image').textToImage({ inputs: 'a house', parameters: { width: 63, height: 64 } });
    await expect(long).rejects.toThrow('`parameters.width` must have sides of 64 to 512 pixels');
    await expect(at('nobody').featureExtraction({ inputs: 'a' })).rejects.toThrow('There is no model with this name');
    const stranger = new InferenceClient('sk-wrong', { endpointUrl: `${stack.url}/models/embed` });
    await expect(stranger.featureExtraction({ inputs: 'a' })).rejects.toThrow('API key');
  });

  test('throws if a setting is missing, instead of asking again without end', async () => {
    const missing = at('openai/clip-vit-base-patch32').featureExtraction({ inputs: 'a' });
    await expect(missing).rejects.toThrow('CLIP_ENDPOINT_URL');
  });
});
