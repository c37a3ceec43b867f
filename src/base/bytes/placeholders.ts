import { concat } from './concat.ts';

const utf8 = new TextEncoder();

/** A multiple of three, so that slices join without padding. */
const SLICE_BYTES = 48 * 1024;
const BUFFER_BYTES = 64 * 1024;
/** The platform copies what is written. Smaller writes cost CPU. */
const WRITE_BYTES = 1024 * 1024;

interface Content {
  readonly bytes: Uint8Array;
  /** Whether the base64 of the bytes is meant, or they themselves. */
  readonly isBase64: boolean;
}

/**
 * Large contents of a JSON text that stay outside of it. Written into the text, a picture would be copied as
 * a string three times on its way to a request, and an isolate has 128 MB. So the text has a placeholder for
 * it, and the content is written when the request is sent.
 */
export class Placeholders {
  readonly #prefix = crypto.randomUUID();
  readonly #contents: Content[] = [];

  /** @returns a placeholder for the base64 of bytes: a JSON string, or a part of one */
  base64(bytes: Uint8Array): string {
    return this.#add(bytes, true);
  }

  /** @param bytes what is between the quotes of a JSON string, in UTF-8 and escaped */
  raw(bytes: Uint8Array): string {
    return this.#add(bytes, false);
  }

  get size(): number {
    return this.#contents.length;
  }

  /** @returns the raw content that a text is the placeholder of */
  contentOf(text: string): Uint8Array | undefined {
    if (!text.startsWith(this.#prefix)) return undefined;
    return this.#contents[Number(text.slice(this.#prefix.length + 1, -1))]?.bytes;
  }

  /** @param json text in which placeholders appear */
  into(json: string): string | LargeBody {
    if (this.#contents.length === 0) return json;
    const pieces = json.split(new RegExp(`${this.#prefix}:(\\d+);`));
    const parts = pieces.map((piece, i): Content => {
      const content = i % 2 === 0 ? undefined : this.#contents[Number(piece)];
      return content ?? { bytes: utf8.encode(piece), isBase64: false };
    });
    return new LargeBody(parts.filter(({ bytes }) => bytes.length > 0));
  }

  #add(bytes: Uint8Array, isBase64: boolean): string {
    this.#contents.push({ bytes, isBase64 });
    return `${this.#prefix}:${this.#contents.length - 1};`;
  }
}

/** The body of a request, written part by part while it is sent: it is never in memory as a whole. */
export class LargeBody {
  readonly length: number;
  readonly #parts: readonly Content[];

  constructor(parts: readonly Content[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  }

  /** A new stream of all of it, for each try of a request. */
  stream(): ReadableStream<Uint8Array> {
    const { readable, writable } = new FixedLengthStream(this.length);
    // Whoever reads the stream learns of a failure; nobody else has to.
    this.#write(writable.getWriter()).catch(() => {});
    return readable;
  }

  async #write(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    // Small parts are written together: each write costs more memory than a text of some kilobytes.
    const buffer = new Uint8Array(BUFFER_BYTES);
    let used = 0;
    const flush = async () => {
      // A write resolves when its bytes have been read, so the buffer can be filled again.
      if (used > 0) await writer.write(buffer.subarray(0, used));
      used = 0;
    };
    for (const { bytes, isBase64 } of this.#parts) {
      if (!isBase64 && used + bytes.length <= buffer.length) {
        buffer.set(bytes, used);
        used += bytes.length;
        continue;
      }
      await flush();
      if (isBase64) for (const slice of base64Slices(bytes)) await writer.write(utf8.encode(slice));
      else for (const slice of slices(bytes, WRITE_BYTES)) await writer.write(slice);
    }
    await flush();
    await writer.close();
  }
}

function lengthOf({ bytes, isBase64 }: Content): number {
  return isBase64 ? 4 * Math.ceil(bytes.length / 3) : bytes.length;
}

/** The base64 of all parts together, in slices of at most 64 KiB that join. */
export function* base64Slices(...parts: readonly Uint8Array[]): Generator<string> {
  // Three bytes are four characters: what is left of a part waits for the next.
  let left: Uint8Array = new Uint8Array();
  for (const part of parts) {
    const taken = left.length === 0 ? 0 : Math.min(3 - left.length, part.length);
    left = concat([left, part.subarray(0, taken)]);
    if (left.length === 3) {
      yield left.toBase64();
      left = new Uint8Array();
    }
    if (left.length > 0) continue;
    const end = part.length - ((part.length - taken) % 3);
    for (const slice of slices(part.subarray(taken, end), SLICE_BYTES)) yield slice.toBase64();
    left = part.slice(end);
  }
  if (left.length > 0) yield left.toBase64();
}

function* slices(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
