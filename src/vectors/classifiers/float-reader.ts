/** Reads numbers from a stream of float32. */
export class FloatReader {
  readonly #reader: ReadableStreamBYOBReader;
  #room = new ArrayBuffer(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader({ mode: 'byob' });
  }

  /**
   * @returns as many numbers as are asked for, until the next read: its memory is used again
   * @throws if the stream ends before
   */
  async read(length: number): Promise<Float32Array<ArrayBuffer>> {
    const bytes = 4 * length;
    if (bytes === 0) return new Float32Array();
    if (this.#room.byteLength < bytes) this.#room = new ArrayBuffer(bytes);
    const { value } = await this.#reader.readAtLeast(bytes, new Uint8Array(this.#room, 0, bytes));
    if (value?.byteLength !== bytes) throw new Error('The stream ended too early.');
    this.#room = value.buffer;
    return new Float32Array(value.buffer, 0, length);
  }
}
