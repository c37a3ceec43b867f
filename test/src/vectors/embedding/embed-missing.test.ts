import { describe, expect, it } from 'vitest';
import { origin } from '../../../../src/call/hosts.ts';
import type { EmbeddingInput, EmbeddingModel, EmbeddingTarget } from '../../../../src/call/tasks.ts';
import { invalidAnswer } from '../../../../src/hosts/upstream/failure.ts';
import { embedItems } from '../../../../src/vectors/embedding/embed-items.ts';
import { embedMissing } from '../../../../src/vectors/embedding/embed-missing.ts';
import { callFor } from '../../../support/call.ts';
import { bindings } from '../../../support/worker.ts';

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ input: { kind: 'text', text: `${i}` } as const }));
const textsOf = (inputs: readonly EmbeddingInput[]) => inputs.map((input) => ('text' in input ? input.text : ''));

/** A target with one text per request. @returns it, and the texts of all its requests */
function targetOf(upstreamModel: string, vectorFor: (text: string) => Float32Array) {
  const seen: string[] = [];
  const target: EmbeddingTarget = {
    host: origin,
    upstreamModel,
    batch: { text: 1 },
    async embed(inputs) {
      const texts = textsOf(inputs);
      seen.push(...texts);
      await scheduler.wait(1);
      return { vectors: texts.map(vectorFor), promptTokens: 1 };
    },
  };
  return { target, seen };
}

const modelOf = (...targets: EmbeddingTarget[]): EmbeddingModel => {
  return { id: 'test', task: 'embedding', note: '', space: { id: crypto.randomUUID() }, targets };
};
const unit = (length: number) => Float32Array.from({ length }, (_, i) => (i === 0 ? 1 : 0));

describe('batches of a request', () => {
  it('are not begun after one has failed, and the next host embeds the others', async () => {
    const failing = targetOf('failing', (text) => {
      if (text === '1') throw invalidAnswer('failing', 'with nothing');
      return unit(4);
    });
    const other = targetOf('other', () => unit(4));
    const vectors = new Map<string, number>();
    const call = callFor('embedding');
    const tokens = await embedMissing(modelOf(failing.target, other.target), items(20), call, {
      placeOf: () => 'input',
      check() {},
      onVector({ input }) {
        vectors.set(input.text, (vectors.get(input.text) ?? 0) + 1);
      },
    });
    // Four at a time: the first four were running when the second of them failed.
    expect(failing.seen.length).toBeLessThan(10);
    expect([...vectors.values()]).toEqual(Array.from({ length: 20 }, () => 1));
    expect(tokens).toBe(20);
    // Each that the first host has embedded is paid for once.
    const paid = failing.seen.filter((text) => text !== '1');
    expect(other.seen.toSorted()).toEqual(
      items(20)
        .map(({ input }) => input.text)
        .filter((text) => !paid.includes(text))
        .toSorted(),
    );
  });
});

describe('a picture that not every host decodes', () => {
  const picture = (mediaType: string) => ({ input: { kind: 'image', bytes: Uint8Array.of(1), mediaType } as const });

  it('goes only to those that do, and all other items to the first that answers', async () => {
    const seen: string[] = [];
    const targetOf = (upstreamModel: string, formats: EmbeddingTarget['formats']): EmbeddingTarget => ({
      host: origin,
      upstreamModel,
      batch: { text: 8, image: 8 },
      ...(formats && { formats }),
      async embed(inputs) {
        for (const input of inputs) seen.push(`${upstreamModel} ${'mediaType' in input ? input.mediaType : 'text'}`);
        return { vectors: inputs.map(() => unit(4)), promptTokens: 0 };
      },
    });
    const model = modelOf(
      targetOf('first', undefined),
      targetOf('second', ['avif']),
      targetOf('third', async () => ['tiff', 'avif']),
    );
    const options = { placeOf: () => 'input[3]', onVector: () => {}, check: () => {} };
    const call = callFor('embedding');
    const inputs = ['image/avif', 'image/png', 'image/tiff'].map(picture);
    await embedMissing(model, [...inputs, ...items(1)], call, options);
    expect(seen.toSorted()).toEqual(['first image/png', 'first text', 'second image/avif', 'third image/tiff']);
    seen.length = 0;
    const refused = embedMissing(model, [...items(1), picture('image/heic')], call, options);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_picture', param: 'input[3]' });
    expect(seen).toEqual([]);
  });
});

describe('vectors of a request', () => {
  const env = { EMBEDDINGS: bindings.EMBEDDINGS };
  const textItems = (...texts: string[]) => ({
    items: texts.map((text) => ({ kind: 'text', text }) as const),
    placeOf: () => 'input',
  });

  it('are written to the cache after the answer', async () => {
    const after: Promise<unknown>[] = [];
    const call = callFor('embedding', {}, { env, waitUntil: (work) => after.push(work) });
    await embedItems(modelOf(targetOf('kept', () => unit(4)).target), [textItems('a')], call);
    expect(after).toEqual([call.report.stored]);
    await Promise.all(after);
  });
});
