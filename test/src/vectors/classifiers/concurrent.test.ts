import { runInDurableObject } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import { bytesOf, floatStream } from '../../../../src/base/bytes/floats.ts';
import type { Env } from '../../../../src/settings/settings.ts';
import type { Classifier, Trained } from '../../../../src/vectors/classifiers/classifier.ts';
import type { Classifiers } from '../../../../src/vectors/classifiers/classifiers.ts';
import { forgetTrained, trainedOf } from '../../../../src/vectors/classifiers/trained-memory.ts';
import { callFor } from '../../../support/call.ts';
import { bindings } from '../../../support/worker.ts';

/** Work of several requests at the same time. */

it('does not keep an answer that is older than a change by the same isolate', async () => {
  const start = Date.now();
  const now = vi.spyOn(Date, 'now').mockReturnValue(start);
  const version = (number: number) => {
    return { classifier: { version: number }, weights: new Float32Array(1), bias: new Float32Array(1) } as Trained;
  };
  const answers: (Trained | Promise<'same'>)[] = [];
  const env = { CLASSIFIERS: { getByName: () => ({ trained: async () => answers.shift() }) } } as unknown as Env;
  const checks: Promise<unknown>[] = [];
  const call = callFor('embedding', {}, { env, waitUntil: (work) => checks.push(work) });
  const versionOf = async () => (await trainedOf('cls_1', call)).classifier.version;

  answers.push(version(1));
  expect(await versionOf()).toBe(1);
  const { promise: late, resolve: answer } = Promise.withResolvers<'same'>();
  answers.push(late);
  now.mockReturnValue(start + 1_000);
  expect(await versionOf()).toBe(1);
  forgetTrained('cls_1', call);
  answers.push(version(2));
  expect(await versionOf()).toBe(2);
  answer('same');
  await Promise.all(checks);
  expect(await versionOf()).toBe(2);
});

it('keeps what is arriving while another classifier fails to arrive', async () => {
  const [dimensions, count] = [128, 2_500];
  const labels = new Array<string>(count).fill('a');
  const batch = { model: 'm', space: 's', dimensions, labels, texts: [], sources: [] };
  const runs = bindings.CLASSIFIERS as DurableObjectNamespace<Classifiers>;
  await runInDurableObject(runs.getByName('concurrent'), async (instance) => {
    const { readable, writable } = new IdentityTransformStream();
    const created = instance.create('', 'prototype', { ...batch, vectors: readable });
    const writer = writable.getWriter();
    const bytes = bytesOf(new Float32Array(count * dimensions).fill(0.1));
    // The first of two rows has arrived.
    await writer.write(bytes.subarray(0, bytes.length - 4));
    await expect(instance.create('', 'prototype', { ...batch, vectors: floatStream([]) })).rejects.toThrow('too early');
    await writer.write(bytes.subarray(-4));
    await writer.close();
    const { labels: learned } = (await created) as Classifier;
    expect(learned).toEqual([{ label: 'a', examples: count }]);
    expect(instance.trained(instance.list()[0]?.id ?? '')).toMatchObject({ classifier: { version: 1 } });
  });
});
