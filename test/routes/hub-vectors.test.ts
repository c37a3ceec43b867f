import { describe, expect, it } from 'vitest';
import { featureExtraction } from '../../src/surfaces/hub/vectors.ts';
import { callFor } from '../support/call.ts';
import { ClipHost, vectorFor } from '../support/clip-host.ts';
import { EMBED, fail, run } from '../support/hub.ts';
import { PNG } from '../support/pictures.ts';
import { ask, serve } from '../support/worker.ts';

describe('feature extraction', () => {
  it('answers with a vector for each text, for one text too', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const cat = Array.from(await vectorFor('text:cat', 96));
    const near = (vector: number[]) => vector.map((value) => expect.closeTo(value, 6));
    expect(await run('/models/clip', { inputs: 'cat' })).toEqual([near(cat)]);
    const dog = Array.from(await vectorFor('text:dog', 96));
    const both = await run('/models/clip/pipeline/feature-extraction', { inputs: ['dog', 'cat'] });
    expect(both).toEqual([near(dog), near(cat)]);
  });

  it('reads an answer that comes in many pieces', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const inputs = Array.from({ length: 300 }, (_, i) => `text "embedding":[ ${i}`);
    const vectors = (await run('/models/clip', { inputs })) as number[][];
    expect(vectors.map(({ length }) => length)).toEqual(inputs.map(() => 96));
    const last = await vectorFor(`text:${inputs[299]}`, 96);
    expect(vectors[299]?.[95]).toBeCloseTo(last[95] ?? 0, 6);
  });

  it('reads an answer of many long vectors in a time that grows with its length', async () => {
    const vector = Array.from({ length: 1536 }, (_, i) => Math.sin(i));
    const data = Array.from({ length: 100 }, (_, index) => ({ object: 'embedding', index, embedding: vector }));
    const answer = await featureExtraction.answer(Response.json({ object: 'list', data }), {}, callFor('embedding'));
    const before = performance.now();
    expect(await answer.json()).toEqual(data.map(() => vector));
    // A tenth of a second; minutes if the time grew with the square of the length.
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('says what the cache did', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    await run('/models/clip', { inputs: 'cat' });
    const again = await ask('/models/clip', { json: { inputs: 'cat' } });
    expect(again.headers.get('cache-status')).toContain('hit');
  });

  it.each([
    [{ normalize: false }, 'normalize'],
    [{ truncate: false }, 'truncate'],
    [{ truncation_direction: 'left' }, 'truncation_direction'],
    [{ prompt_name: 'query' }, 'prompt_name'],
    [{ encoding_format: 'base64' }, 'encoding_format'],
    [{ parameters: { normalize: true } }, 'parameters.normalize'],
  ])('rejects %j', async (field, param) => {
    const failure = await fail('/models/clip', { inputs: 'cat', ...field });
    expect(failure).toMatchObject({ status: 400, code: 'unsupported_parameter', param });
  });

  it('accepts what is already so', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const already = {
      normalize: true,
      truncate: true,
      truncation_direction: 'right',
      prompt_name: null,
      dimensions: 96,
    };
    expect(await run('/models/clip', { inputs: 'cat', ...already })).toHaveLength(1);
  });
});

describe('sentence similarity', () => {
  it('answers with cosines in the order of the sentences, negative ones too', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const sentences = ['a', 'b', 'c', 'd', 'e', 'cat'];
    const cosines = (await run('/models/clip', { inputs: { source_sentence: 'cat', sentences } })) as number[];
    const source = await vectorFor('text:cat', 96);
    for (const [i, sentence] of sentences.entries()) {
      const other = await vectorFor(`text:${sentence}`, 96);
      expect(cosines[i]).toBeCloseTo(
        source.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0),
        5,
      );
    }
    expect(Math.min(...cosines)).toBeLessThan(0);
  });

  it('names what is missing', async () => {
    const inputs = { source_sentence: 'a', sentences: ['b'] };
    const unknown = await fail('/models/clip', { inputs, parameters: { top_k: 1 } });
    expect(unknown).toMatchObject({ code: 'unsupported_parameter', param: 'parameters.top_k' });
    const failure = await fail('/models/clip', { inputs: { source_sentence: 'a' } });
    expect(failure).toMatchObject({ status: 400, param: 'inputs.sentences' });
    const empty = await fail('/models/clip', { inputs: { source_sentence: '', sentences: ['a'] } });
    expect(empty).toMatchObject({
      param: 'inputs.source_sentence',
      error: '`inputs.source_sentence` must not be empty.',
    });
  });
});

describe('zero-shot classification', () => {
  const parameters = { candidate_labels: ['cat', 'dog'] };

  it('takes a text for a text, and base64 of a picture for a picture', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const labels = [expect.objectContaining({ label: expect.any(String), score: expect.any(Number) })];
    expect(await run('/models/clip', { inputs: 'a text', parameters })).toEqual([...labels, ...labels]);
    expect(host.seen).toContain('text:This example is cat.');
    await run('/models/clip', { inputs: PNG.toBase64(), parameters });
    await run('/models/clip', { inputs: { image: PNG.toBase64() }, parameters });
    await run('/models/clip', { inputs: `data:image/png;base64,${PNG.toBase64()}`, parameters });
    expect(host.seen.filter((seen) => seen.startsWith('image:'))).toEqual([`image:${PNG.toBase64()}`]);
    expect(host.seen).toContain('text:a photo of a cat');
  });

  it('takes the picture itself, with labels in the query string', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const answer = await ask('/models/clip?candidate_labels=cat', {
      body: PNG,
      headers: { 'content-type': 'image/png' },
    });
    expect(await answer.json()).toEqual([{ label: 'cat', score: 1 }]);
  });

  it('uses the template, and scores labels independently', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const options = { ...parameters, hypothesis_template: 'about {}', multi_label: true };
    const scores = (await run('/models/clip', { inputs: 'a text', parameters: options })) as { score: number }[];
    expect(host.seen).toContain('text:about dog');
    expect(scores.reduce((sum, { score }) => sum + score, 0)).not.toBeCloseTo(1);
  });

  it.each([
    ['/models/clip', { inputs: PNG.toBase64() }, 'parameters'],
    ['/models/clip', { inputs: 'a', parameters: { candidate_labels: [] } }, 'parameters.candidate_labels'],
    ['/models/clip', { inputs: 'a', parameters: { candidate_labels: ['x', 'x'] } }, 'parameters.candidate_labels[1]'],
    [
      '/models/clip',
      { inputs: 'a', parameters: { ...parameters, hypothesis_template: 'x' } },
      'parameters.hypothesis_template',
    ],
    ['/models/clip', { inputs: 'a', parameters: { ...parameters, top_k: 1 } }, 'parameters.top_k'],
    ['/models/clip/pipeline/zero-shot-image-classification', { inputs: 'no picture', parameters }, 'inputs'],
  ])('names the field at fault: %s %j', async (path, body, param) => {
    const failure = await fail(path, body);
    expect(failure).toMatchObject({ status: 400, error_type: 'validation', param });
    expect(failure.error).toContain(`\`${param}\``);
  });
});
