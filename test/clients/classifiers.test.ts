import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { drawNewKind, NEW_KINDS } from '../support/new-kinds.ts';
import { randomFrom } from '../support/random.ts';
import { isSoak } from '../support/soak.ts';
import { startStack } from '../support/stack.ts';

/**
 * What a few examples add, through the whole program: drawings of kinds that the tiny CLIP has never seen.
 */

const EXAMPLES = 8;
const TESTED = 20;

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

async function send(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(stack.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  expect(answer.status).toBe(200);
  return answer.json() as Promise<Record<string, never>>;
}

async function draw(count: number, seed: number): Promise<{ input: { image: string }; label: string }[]> {
  const drawn = NEW_KINDS.map(async (label, i) => {
    const random = randomFrom(seed + i);
    const examples = [];
    for (let n = 0; n < count; n++) {
      examples.push({ input: { image: (await drawNewKind(label, random)).toString('base64') }, label });
    }
    return examples;
  });
  return (await Promise.all(drawn)).flat();
}

it.runIf(isSoak)('recognizes kinds from eight examples that it cannot recognize from their names', async () => {
  const [examples, tested] = await Promise.all([draw(EXAMPLES, 1_000), draw(TESTED, 2_000)]);
  const accuracyOf = async (by: object) => {
    const input = tested.map((example) => example.input);
    const { data } = (await send('POST', '/v1/classify', { input, ...by })) as unknown as {
      data: { prediction: string }[];
    };
    return data.filter(({ prediction }, i) => prediction === tested[i]?.label).length / tested.length;
  };
  const fromNames = await accuracyOf({ labels: NEW_KINDS });
  const { id, leave_one_out: estimate } = (await send('POST', '/v1/classifiers', { examples })) as unknown as {
    id: string;
    leave_one_out: { accuracy: number };
  };
  const fromExamples = await accuracyOf({ classifier_id: id });
  console.log(
    `accuracy from names ${fromNames}, from ${EXAMPLES} examples ${fromExamples}, estimated ${estimate.accuracy}`,
  );
  // One of eight kinds by chance.
  expect(fromNames).toBeLessThan(0.3);
  expect(fromExamples).toBeGreaterThan(0.65);
  expect(Math.abs(estimate.accuracy - fromExamples)).toBeLessThan(0.2);
});
