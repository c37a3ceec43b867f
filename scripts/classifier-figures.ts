import { readFileSync, writeFileSync } from 'node:fs';
import { drawAsFile } from '../inference/evaluation/pictures.ts';
import { LOCAL_KEY } from '../test/support/gateway.ts';
import { drawNewKind, NEW_KINDS } from '../test/support/new-kinds.ts';
import { randomFrom } from '../test/support/random.ts';
import { startStack } from '../test/support/stack.ts';
import { plotAccuracy } from './classifier-plot.ts';

/**
 * Measures what examples add, through the whole program, and writes the tables of docs/classifiers.md and its figure.
 *
 *   node scripts/classifier-figures.ts
 */

const ROOT = new URL('../', import.meta.url);
const DOCUMENT = new URL('docs/classifiers.md', ROOT);
const METHODS = ['prototype', 'ridge', 'auto'] as const;
/** Each figure is the mean of this many random choices of examples. */
const ROUNDS = 10;

interface Picture {
  readonly input: { image: string };
  readonly label: string;
}
/** Pictures of each label: those that examples are chosen from, and those that are tested. */
interface Task {
  readonly title: string;
  readonly labels: readonly string[];
  readonly pool: readonly (readonly Picture[])[];
  readonly tested: readonly Picture[];
  readonly counts: readonly number[];
}

async function newKinds(): Promise<Task> {
  const drawn = await Promise.all(
    NEW_KINDS.map(async (label, i) => {
      const random = randomFrom(100 + i);
      const pictures: Picture[] = [];
      while (pictures.length < 200) pictures.push(asPicture(await drawNewKind(label, random), label));
      return pictures;
    }),
  );
  const pool = drawn.map((pictures) => pictures.slice(0, 120));
  const tested = drawn.flatMap((pictures) => pictures.slice(120));
  return {
    title: 'Kinds that the model does not know',
    labels: NEW_KINDS,
    pool,
    tested,
    counts: [1, 2, 4, 8, 16, 32, 64],
  };
}

/** The drawings of inference/evaluation: few of each. */
async function knownKinds(): Promise<Task> {
  const file = new URL('inference/evaluation/data/clip/drawings.json', ROOT);
  const { drawings, labels, questions } = JSON.parse(readFileSync(file, 'utf8'));
  const names = (labels.objects as string[]).map((text) => text.replace(/^a photo of an? /, ''));
  const pictures: Picture[][] = names.map(() => []);
  for (const { task, picture, answer } of questions) {
    if (task !== 'objects') continue;
    const label = names[answer] as string;
    pictures[answer]?.push(asPicture(Buffer.from(await drawAsFile(drawings[picture], 128)), label));
  }
  const pool = pictures.map((all) => all.slice(0, 4));
  const tested = pictures.flatMap((all) => all.slice(4));
  return { title: 'Kinds that the model knows', labels: names, pool, tested, counts: [1, 2, 4] };
}

const asPicture = (bytes: Buffer, label: string): Picture => ({ input: { image: bytes.toString('base64') }, label });

export interface Row {
  readonly examples: number;
  readonly accuracy: Readonly<Record<(typeof METHODS)[number], number>>;
  /** Of `auto`. */
  readonly estimate: number | null;
  readonly score: number;
  readonly ridge: number;
}
export interface Measured {
  readonly title: string;
  readonly labels: number;
  readonly fromNames: number;
  readonly rows: readonly Row[];
}

const stack = await startStack();

async function send(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(stack.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return answer.json();
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
      const random = randomFrom(1_000 * examples + round);
      const chosen = pool.flatMap((pictures) => shuffled(pictures, random).slice(0, examples));
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

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
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
  const measured = [await measure(await newKinds()), await measure(await knownKinds())];
  const tables = measured.map(tableOf).join('\n');
  const [before = '', , after = ''] = readFileSync(DOCUMENT, 'utf8').split(/<!-- figures.*? -->\n/);
  writeFileSync(
    DOCUMENT,
    `${before}<!-- figures: node scripts/classifier-figures.ts -->\n${tables}<!-- figures end -->\n${after}`,
  );
  writeFileSync(new URL('docs/classifiers.svg', ROOT), plotAccuracy(measured[0] as Measured));
} finally {
  await stack.stop();
}
