import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_KEY } from '../test/support/gateway.ts';
import { startStack } from '../test/support/stack.ts';
import { choicesOf } from './classifier-choices.ts';
import { METHODS, type Measured, plotAccuracy, type Row } from './classifier-plot.ts';
import { choose, knownKinds, newKinds, type Picture, type Task } from './classifier-tasks.ts';

/**
 * Measures what examples add, through the whole program, and writes the tables of docs/classifiers.md and its
 * figure.
 *
 *   npm run figures
 */

const DOCS = join(import.meta.dirname, '../docs');
const DOCUMENT = join(DOCS, 'classifiers.md');
/** Each figure is the mean of this many random choices of examples. */
const ROUNDS = 10;

const stack = await startStack();

async function send(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(stack.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return answer.json();
}

async function embed(input: readonly unknown[]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < input.length; at += 256) {
    const body = { model: 'clip', input: input.slice(at, at + 256) };
    const { data } = (await send('POST', '/v1/embeddings', body)) as { data: { embedding: number[] }[] };
    vectors.push(...data.map(({ embedding }) => Float32Array.from(embedding)));
  }
  return vectors;
}

async function test(tested: readonly Picture[], by: object): Promise<{ accuracy: number; score: number }> {
  const input = tested.map((picture) => picture.input);
  const { data } = (await send('POST', '/v1/classify', { input, ...by })) as {
    data: { prediction: string; score: number }[];
  };
  const right = data.filter(({ prediction }, i) => prediction === tested[i]?.label).length;
  return { accuracy: right / data.length, score: data.reduce((sum, { score }) => sum + score, 0) / data.length };
}

async function measure({ title, labels, pool, tested, counts }: Task): Promise<Measured> {
  const fromNames = (await test(tested, { labels })).accuracy;
  const rows: Row[] = [];
  for (const examples of counts) {
    const rounds = examples >= (pool[0] as Picture[]).length ? 1 : ROUNDS;
    const sums = { prototype: 0, ridge: 0, auto: 0, estimate: 0, score: 0, isRidge: 0 };
    let hasEstimate = true;
    for (let round = 0; round < rounds; round++) {
      const chosen = choose(pool, examples, 1_000 * examples + round);
      for (const method of METHODS) {
        const made = (await send('POST', '/v1/classifiers', { method, examples: chosen })) as {
          id: string;
          trained_method: string;
          leave_one_out: { accuracy: number | null };
        };
        const { accuracy, score } = await test(tested, { classifier_id: made.id });
        sums[method] += accuracy / rounds;
        if (method === 'auto') {
          hasEstimate = made.leave_one_out.accuracy !== null;
          sums.estimate += (made.leave_one_out.accuracy ?? 0) / rounds;
          sums.score += score / rounds;
          sums.isRidge += made.trained_method === 'ridge' ? 1 / rounds : 0;
        }
        await send('DELETE', `/v1/classifiers/${made.id}`);
      }
    }
    const { prototype, ridge, auto, estimate, score, isRidge } = sums;
    const row = { examples, accuracy: { prototype, ridge, auto }, estimate: hasEstimate ? estimate : null, score };
    rows.push({ ...row, ridge: isRidge });
    console.log(title, examples, row.accuracy, estimate);
  }
  return { title, labels: labels.length, fromNames, rows };
}

const percent = (share: number) => `${Math.round(100 * share)}%`;

function tableOf({ title, labels, fromNames, rows }: Measured): string {
  const lines = rows.map(
    ({ examples, accuracy, estimate, score, ridge }) =>
      `| ${examples} | ${percent(accuracy.prototype)} | ${percent(accuracy.ridge)} | ${percent(accuracy.auto)} | ${percent(ridge)} | ${estimate === null ? '' : percent(estimate)} | ${percent(score)} |`,
  );
  return `**${title}**: ${labels} labels; ${percent(fromNames)} are right from the names alone, ${percent(1 / labels)} by chance.

| examples of each label | \`prototype\` | \`ridge\` | \`auto\` | how often \`auto\` is \`ridge\` | its leave-one-out estimate | its mean score |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
}

try {
  const tasks = [await newKinds(), await knownKinds()];
  const measured: Measured[] = [];
  const choices: string[] = [];
  for (const task of tasks) {
    choices.push(await choicesOf(task, embed));
    measured.push(await measure(task));
  }
  const tables = [...measured.map(tableOf), ...choices].join('\n');
  const [before = '', , after = ''] = readFileSync(DOCUMENT, 'utf8').split(/<!-- figures.*? -->\n/);
  writeFileSync(DOCUMENT, `${before}<!-- figures: npm run figures -->\n${tables}<!-- figures end -->\n${after}`);
  writeFileSync(join(DOCS, 'classifiers.svg'), plotAccuracy(measured[0] as Measured));
} finally {
  await stack.stop();
}
