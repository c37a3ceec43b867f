import { concat } from '../base/bytes/concat.ts';
import { encode } from '../hosts/stream/sse.ts';

const LF = 10;
const CR = 13;
const COLON = 58;
/** What an end of an event can have before the last byte of a chunk: `\n\r` of `\n\r\n`. */
const OVERLAP = 2;
/** `data: [DONE]`, its line ends, and some spaces. */
const MAX_DONE_BYTES = 24;
const ENDS_RESPONSE = /^event: response\.(completed|incomplete|failed)\n/;
const MAX_NAME_BYTES = 32;
const E = 101;

const latin1 = new TextDecoder('latin1');

/**
 * Cuts a stream into its events, and puts an `id` before each. Bytes stay bytes. Comments are left out: they
 * keep a connection alive, and are no part of the answer.
 */
export class SseFramer {
  readonly #run: string;
  #count = 0;
  /** Of an event that is not complete: most of its bytes, and the last ones. */
  #begun: Uint8Array[] = [];
  #rest: Uint8Array = new Uint8Array();
  #done: Uint8Array | undefined;

  constructor(run: string) {
    this.#run = run;
  }

  /**
   * @returns the events that are complete now, each with its id. The last one is held back until `end`:
   * whoever has seen it must find the complete stream in the record
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = concat([this.#rest, chunk]);
    const events: Uint8Array[] = [];
    let start = 0;
    for (let end = endOfEvent(bytes, 0); end > 0; end = endOfEvent(bytes, start)) {
      this.#take(concat([...this.#begun, bytes.subarray(start, end)]), events);
      this.#begun = [];
      start = end;
    }
    const keep = Math.max(start, bytes.byteLength - OVERLAP);
    if (keep > start) this.#begun.push(bytes.slice(start, keep));
    // A copy: the memory of the chunk is used again.
    this.#rest = bytes.slice(keep);
    return events;
  }

  /** @returns what was held back, and an event whose empty line never came */
  end(): Uint8Array[] {
    const events: Uint8Array[] = [];
    const rest = concat([...this.#begun, this.#rest]);
    this.#take(concat([rest, encode('\n\n')]), events);
    if (this.#done) events.push(this.#done);
    return events;
  }

  #take(whole: Uint8Array, events: Uint8Array[]): void {
    let start = 0;
    while (whole[start] === LF || whole[start] === CR) start++;
    const event = whole.subarray(start);
    if (event.byteLength === 0 || isComment(event)) return;
    if (this.#done) events.push(this.#done);
    const numbered = concat([encode(`id: ${this.#run}:${++this.#count}\n`), event]);
    this.#done = isDone(event) ? numbered : undefined;
    if (!this.#done) events.push(numbered);
  }
}

function isComment(event: Uint8Array): boolean {
  return event[0] === COLON && !/^[^:\r\n]/m.test(latin1.decode(event));
}

/** Whether it is the last event of a chat, or of a response. */
function isDone(event: Uint8Array): boolean {
  if (event[0] === E) return ENDS_RESPONSE.test(latin1.decode(event.subarray(0, MAX_NAME_BYTES)));
  return event.byteLength <= MAX_DONE_BYTES && /^data: *\[DONE\]\s*$/.test(latin1.decode(event));
}

/**
 * @returns where the event that begins at `from` has its end, or -1. An event that begins with line ends is
 * not empty yet.
 */
function endOfEvent(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}
