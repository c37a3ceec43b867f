import type { Answer } from './ask.ts';
import type { Case } from './case.ts';

/**
 * What is different between an answer of a host, and the same one through the Worker: each as `what: direct
 * -> through`.
 */
export function differences(direct: Answer, through: Answer, one: Case): string[] {
  const again = through.attempts > 1 ? [`attempts: ${through.attempts}`] : [];
  return [...again, ...ofAnswers(direct, through, one)];
}

function ofAnswers(direct: Answer, through: Answer, one: Case): string[] {
  if (direct.status >= 400 || through.status >= 400) return ofErrors(direct, through);
  switch (one.as) {
    case 'vectors':
      return ofVectors(direct.json, through.json);
    case 'pictures':
      return ofPictures(direct.json, through.json);
    case 'ranking':
      return ofRankings(direct.json, through.json);
    default:
      return [...ofValues('type', direct.type, through.type), ...ofBodies(direct, through, one.isRandom === true)];
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, of which only what is compared is read
type Json = any;

function ofErrors(direct: Answer, through: Answer): string[] {
  const found = ofValues('status', direct.status, through.status);
  const { error }: Json = through.json ?? {};
  if (through.status >= 400) found.push(`code: ${error?.code}`);
  if (direct.status < 400) return [...found, `message: ${error?.message}`];
  const said: Json = direct.json;
  const words = [said?.error?.message, said?.error, said?.message, direct.text].find(
    (text) => typeof text === 'string',
  );
  if (through.status >= 400 && !String(error?.message).includes(String(words).trim().slice(0, 200))) {
    found.push(`words: ${words} -> ${error?.message}`);
  }
  return found;
}

function ofBodies(direct: Answer, through: Answer, isRandom: boolean): string[] {
  const read = (text: string): unknown => {
    try {
      return steady(JSON.parse(text), isRandom);
    } catch {
      return text;
    }
  };
  if (direct.events && through.events && !isRandom) {
    return ofValues('events', direct.events.map(read), through.events.map(read));
  }
  if (direct.events || through.events) {
    const shapes = ({ events, text }: Answer) =>
      [...new Set((events ?? [text]).map((event) => JSON.stringify(read(event))))].sort();
    return ofValues('kinds of events', shapes(direct), shapes(through));
  }
  return ofValues('body', read(direct.text), read(through.text));
}

/** What is another one in each answer. */
const CHANGES = new Set(['id', 'created', 'model', 'timings', 'cached_tokens']);

function steady(value: unknown, isRandom: boolean, key = ''): unknown {
  if (CHANGES.has(key)) return `<${key}>`;
  if (Array.isArray(value)) return value.map((entry) => steady(entry, isRandom));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, steady(entry, isRandom, name)]));
  }
  return isRandom && value !== null ? `<${typeof value}>` : value;
}

/** Values that differ, each with its place. */
function ofValues(place: string, direct: unknown, through: unknown): string[] {
  if (JSON.stringify(direct) === JSON.stringify(through)) return [];
  const isBranch = (value: unknown) => typeof value === 'object' && value !== null;
  if (isBranch(direct) && isBranch(through)) {
    const [left, right] = [direct as Record<string, unknown>, through as Record<string, unknown>];
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const inner = keys.flatMap((key) => ofValues(`${place}.${key}`, left[key], right[key]));
    return inner.length > 0 ? inner : [`${place}: another order of keys`];
  }
  return [`${place}: ${JSON.stringify(direct)} -> ${JSON.stringify(through)}`];
}

function ofVectors(direct: Json, through: Json): string[] {
  const [left, right] = [direct, through].map((json) => json.data.map(({ embedding }: Json) => unit(embedding)));
  const found = ofValues('vectors', left.length, right.length);
  for (const [i, vector] of left.entries()) {
    const other = right[i] ?? [];
    const cosine = vector.reduce((sum: number, number: number, at: number) => sum + number * (other[at] ?? 0), 0);
    if (vector.length !== other.length || Math.abs(cosine - 1) > 1e-5) found.push(`vector ${i}: cosine ${cosine}`);
  }
  return [...found, ...ofValues('prompt_tokens', direct.usage?.prompt_tokens, through.usage?.prompt_tokens)];
}

function unit(embedding: string | readonly number[]): number[] {
  const numbers =
    typeof embedding === 'string'
      ? [...new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer)]
      : [...embedding];
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}

function ofPictures(direct: Json, through: Json): string[] {
  const [left, right] = [direct, through].map((json) => json.data.map(({ b64_json }: Json) => b64_json as string));
  const found = ofValues('pictures', left.length, right.length);
  if (new Set(right).size !== right.length) found.push('pictures: the same one twice');
  if (found.length === 0 && JSON.stringify(left) !== JSON.stringify(right)) found.push('pictures: other ones');
  return found;
}

function ofRankings(direct: Json, through: Json): string[] {
  const sorted = ({ results }: Json) =>
    results
      .map(({ index, relevance_score }: Json) => [index, relevance_score])
      .sort((a: number[], b: number[]) => (b[1] ?? 0) - (a[1] ?? 0));
  return ofValues('results', sorted(direct), sorted(through));
}
