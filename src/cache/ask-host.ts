import { contentOf } from '../base/bytes/content.ts';
import { MAX_CACHED_ANSWER_BYTES } from '../base/sizes.ts';
import type { Call } from '../call/call.ts';
import type { Model } from '../call/tasks.ts';
import { reportMiss } from './cache-status.ts';
import { copyStream } from './copy-stream.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './flights.ts';
import { type Unstored, whyNotStored } from './storable.ts';
import { store } from './stores.ts';
import type { Wish } from './wish.ts';

/** A request whose answer is not in the cache. */
interface Missed {
  readonly name: string;
  readonly wish: Wish;
  readonly model: Model;
  /** Tells those that follow what became of it. */
  end(outcome: Outcome): void;
}

/** The age of an answer counts from when the host was asked: a stream is stored later. */
type Asked = Missed & { readonly askedAt: number };

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/**
 * Asks the host, and stores its answer if it is complete. That goes on when the client leaves: the host is
 * paid, and the next request for the same finds the answer.
 */
export async function askHost(missed: Missed, call: Call, run: () => Response | Promise<Response>): Promise<Response> {
  const { report, outcome } = call;
  outcome.addCacheUse({ hits: 0, misses: 1, refreshed: missed.wish.mode === 'refresh' });
  const askedAt = Date.now();
  const answering = Promise.resolve(run()).then((answer) =>
    isSentLater(missed, call) && answer.body
      ? copied(answer, { ...missed, askedAt }, call)
      : whole(answer, { ...missed, askedAt }, call),
  );
  call.waitUntil(answering.catch(() => {}));
  reportMiss(report, missed.wish);
  try {
    return await answering;
  } catch (error) {
    missed.end('failed');
    throw error;
  }
}

/** Pictures in base64 are too large to be read before they are sent. */
function isSentLater({ model: { task } }: Missed, { outcome }: Call): boolean {
  return outcome.bodyDone !== undefined || task === 'text-to-image' || task === 'image-to-image';
}

async function whole(answer: Response, missed: Asked, call: Call): Promise<Response> {
  const known = contentOf(answer);
  const content = known ?? (await answer.bytes());
  const stored = settle(content, { answer, isStream: false, missed }, call);
  reportMiss(call.report, missed.wish, stored ?? true);
  return known === undefined ? new Response(content as BodyInit, answer) : answer;
}

/** Passes an answer on while it is copied. */
function copied(answer: Response, missed: Asked, call: Call): Response {
  const { outcome } = call;
  const [toClient, branch] = (answer.body as ReadableStream<Uint8Array>).tee();
  const ended = outcome.bodyDone ?? Promise.resolve();
  const copying = async () => {
    const bytes = await copyStream(branch, ended, call);
    // What went wrong is known a moment after the last byte.
    await ended.catch(() => {});
    if (bytes && outcome.error === undefined) settle(bytes, { answer, isStream: true, missed }, call);
    else missed.end(outcome.error === undefined ? 'not-stored' : 'failed');
  };
  call.waitUntil(copying());
  return new Response(toClient, answer);
}

/** @returns why the answer is not stored */
function settle(
  content: Uint8Array | string,
  { answer, isStream, missed }: { answer: Response; isStream: boolean; missed: Asked },
  call: Call,
): Unstored | undefined {
  const { name, wish, model, end, askedAt } = missed;
  const bytes = typeof content === 'string' ? utf8.encoder.encode(content) : content;
  const text = () => (typeof content === 'string' ? content : utf8.decoder.decode(content));
  const why = answer.status !== 200 ? 'incomplete' : whyNot({ bytes, text, isStream }, model, wish);
  if (why) {
    end('not-stored');
    return why;
  }
  const entry: Entry = { bytes, headers: [...answer.headers], storedAt: askedAt, seconds: wish.seconds };
  end(entry);
  store(name, entry, call);
  return undefined;
}

interface Answered {
  readonly bytes: Uint8Array;
  readonly text: () => string;
  readonly isStream: boolean;
}

function whyNot({ bytes, text, isStream }: Answered, { task }: Model, wish: Wish): Unstored | undefined {
  if (bytes.length > MAX_CACHED_ANSWER_BYTES) return 'size';
  return task === 'text-generation' ? whyNotStored(text(), wish, isStream) : undefined;
}
