const utf8 = new TextEncoder();

/** A multiple of three, so that slices join without padding. */
const SLICE_BYTES = 48 * 1024;

/**
 * Pictures in a JSON body, as base64. `JSON.stringify` would copy each picture as a string three times on its way to a
 * request, and an isolate has 128 MB: so the JSON is written with placeholders, and the base64 goes straight into its bytes.
 */
export class Base64Inserts {
  readonly #prefix = crypto.randomUUID();
  readonly #inserts: Uint8Array[] = [];

  /** @returns a placeholder for a JSON string, or a part of one */
  add(bytes: Uint8Array): string {
    this.#inserts.push(bytes);
    return `${this.#prefix}:${this.#inserts.length - 1};`;
  }

  /** @param json text in which each placeholder appears exactly once */
  into(json: string): string | Uint8Array {
    if (this.#inserts.length === 0) return json;
    const pieces = json.split(new RegExp(`${this.#prefix}:(\\d+);`));
    const sizes = pieces.map((piece, i) => (i % 2 === 0 ? 3 * piece.length : base64Length(this.#insert(piece))));
    const body = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
    let offset = 0;
    const write = (text: string) => {
      offset += utf8.encodeInto(text, body.subarray(offset)).written;
    };
    for (const [i, piece] of pieces.entries()) {
      if (i % 2 === 0) write(piece);
      else for (const slice of base64Slices(this.#insert(piece))) write(slice);
    }
    return body.subarray(0, offset);
  }

  #insert(index: string): Uint8Array {
    return this.#inserts[Number(index)] as Uint8Array;
  }
}

/** Base64 in slices of 64 KiB that join. */
export function* base64Slices(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES).toBase64();
}

function base64Length({ length }: Uint8Array): number {
  return 4 * Math.ceil(length / 3);
}
