import { withTimeout } from '../base/with-timeout.ts';
import type { Call } from '../call/call.ts';
import { kvWritesLeft, noteKvWrite } from '../call/kv-writes.ts';
import { type Entry, factsOf, readFacts, type Store } from './entry.ts';

/** Later than this a cache no longer saves time. */
const READ_LIMIT_MS = 1_000;
/** Source: https://developers.cloudflare.com/kv/api/write-key-value-pairs/#expiring-keys */
const MIN_TTL_SECONDS = 60;

const keyOf = (name: string) => `answer:v1:${name}`;

/**
 * KV, if the operator turns it on: answers for all data centers. Writes cost money: they are counted and
 * limited with those of vectors.
 */
export const kvAnswers: Store = {
  isOn: ({ settings, env }) => settings.answers.usesKv && env.EMBEDDINGS !== undefined,

  async find(name: string, { deadlines, env }: Call): Promise<Entry | undefined> {
    const reading = env.EMBEDDINGS.getWithMetadata(keyOf(name), { type: 'arrayBuffer' });
    const late = () => {
      throw new Error('KV took too long.');
    };
    const { value, metadata } = await withTimeout(reading, { ms: READ_LIMIT_MS, late, timers: deadlines });
    const facts = value && readFacts(metadata);
    return facts ? { ...facts, bytes: new Uint8Array(value) } : undefined;
  },

  async store(name: string, entry: Entry, call: Call): Promise<void> {
    const { seconds, bytes } = entry;
    if (seconds < MIN_TTL_SECONDS) return;
    if (kvWritesLeft(call.settings) < 1) {
      call.report.unstored = (call.report.unstored ?? 0) + 1;
      return;
    }
    noteKvWrite();
    await call.env.EMBEDDINGS.put(keyOf(name), bytes, { expirationTtl: seconds, metadata: factsOf(entry) });
  },
};
