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

const utf8 = new TextDecoder();

/**
 * Asks the host, and stores its answer if it is complete. That goes on when the client leaves: the host is
 * paid, and the next request for the same finds the answer.
 */
export async function askHost(missed: Missed, call: Call, run: () => Response | Promise<Response>): Promise<Response> {
  const { report } = call;
  const answering = Promise.resolve(run()).then((answer) =>
    isSentLater(missed, call) && answer.body ? copied(answer, missed, call) : whole(answer, missed, call),
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
function isSentLater({ model: { task } }: Missed, { report }: Call): boolean {
  return report.streamed !== undefined || task === 'text-to-image' || task === 'image-to-image';
}

async function whole(answer: Response, missed: Missed, call: Call): Promise<Response> {
  const bytes = await answer.bytes();
  const stored = settle(bytes, { answer, isStream: false, missed }, call);
  reportMiss(call.report, missed.wish, stored ?? true);
  return new Response(bytes, answer);
}

/** Passes an answer on while it is copied. */
function copied(answer: Response, missed: Missed, call: Call): Response {
  const { report } = call;
  const [toClient, branch] = (answer.body as ReadableStream<Uint8Array>).tee();
  const ended = report.streamed ?? Promise.resolve();
  const copying = async () => {
    const bytes = await copyStream(branch, ended, call);
    // What went wrong is known a moment after the last byte.
    await ended.catch(() => {});
    if (bytes && report.error === undefined) settle(bytes, { answer, isStream: true, missed }, call);
    else missed.end(report.error === undefined ? 'not-stored' : 'failed');
  };
  call.waitUntil(copying());
  return new Response(toClient, answer);
}

/** @returns why the answer is not stored */
function settle(
  bytes: Uint8Array,
  { answer, isStream, missed }: { answer: Response; isStream: boolean; missed: Missed },
  call: Call,
): Unstored | undefined {
  const { name, wish, model, end } = missed;
  const why = answer.status !== 200 ? 'incomplete' : whyNot(bytes, isStream, model, wish);
  if (why) {
    end('not-stored');
    return why;
  }
  const entry: Entry = { bytes, headers: [...answer.headers], storedAt: Date.now(), seconds: wish.seconds };
  end(entry);
  store(name, entry, call);
  return undefined;
}

function whyNot(bytes: Uint8Array, isStream: boolean, { task }: Model, wish: Wish): Unstored | undefined {
  if (bytes.length > MAX_CACHED_ANSWER_BYTES) return 'size';
  return task === 'text-generation' ? whyNotStored(utf8.decode(bytes), wish, isStream) : undefined;
}
