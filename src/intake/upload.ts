import { declaredLength } from '../base/bytes/bounded-body.ts';
import { ApiError } from '../base/errors.ts';
import { MAX_HELD_UPLOAD_BYTES, MAX_UNNAMED_UPLOAD_BYTES } from '../base/sizes.ts';
import { settlesWithin } from '../base/with-timeout.ts';
import { clientLeft } from './client-left.ts';
import { drain } from './drain.ts';
import { type FormPiece, formPieces, invalidField, tooLargeForm } from './form-pieces.ts';
import { UploadFields } from './upload-fields.ts';

/** A form as the body of a request to a host. */
export interface UploadBody {
  readonly contentType: string;
  /** Settles when all of it is sent, or cannot be. */
  readonly sent: Promise<void>;
  stream(): ReadableStream<Uint8Array>;
}

/** How long what is being read may take to stop. */
const STOP_MS = 500;

const utf8Bytes = new TextEncoder();
const utf8 = new TextDecoder();

export class Upload {
  /** Called when a field comes after the file. It can throw: then the host never gets the whole form. */
  onField: (fields: Upload['fields']) => void = () => {};
  readonly #fields = new UploadFields();
  readonly #boundary: string;
  readonly #maxBytes: number;
  readonly #declared: number | undefined;
  readonly #body: ReadableStream<Uint8Array>;
  readonly #pieces: AsyncGenerator<FormPiece, void>;
  /** What is read and not sent yet. */
  #held: FormPiece[] = [];
  #isWhole = false;
  /** Whether all of it has arrived. */
  #isRead = false;
  readonly #arrival = Promise.withResolvers<void>();
  #stop = () => {};
  #read = 0;
  /** Bytes that the host does not get. */
  #dropped = 0;
  /** Whether boundaries are padded: how much of the rest will be dropped is not known. */
  #isPadded = false;
  /** Whether the host was told the length. */
  #isLengthSent = false;

  constructor(source: Request | Response, boundary: string, maxBytes: number) {
    this.#boundary = boundary;
    this.#maxBytes = maxBytes;
    this.#declared = declaredLength(source);
    this.#body = source.body ?? new Blob([]).stream();
    this.#pieces = formPieces(this.#body, boundary, (bytes) => {
      this.#read += bytes;
      if (this.#read > maxBytes) throw tooLargeForm(maxBytes);
    });
  }

  /** The fields read so far. */
  get fields(): UploadFields['values'] {
    return this.#fields.values;
  }

  /** Bytes of all of them. */
  get fieldBytes(): number {
    return this.#fields.bytes;
  }

  /** Whether it can be sent again. */
  get isHeld(): boolean {
    return this.#isWhole;
  }

  /** Settles when all of it has arrived. */
  get arrived(): Promise<void> {
    return this.#arrival.promise;
  }

  /** Of the whole form; what it can have at most, while that is not known. */
  get bytes(): number {
    return this.#declared ?? (this.#isRead ? this.#read : this.#maxBytes);
  }

  /**
   * The contents of a form that is held: heads and values of its fields, and its files, without the boundary,
   * which clients make anew for each request.
   */
  contents(): Uint8Array[] {
    const withoutBoundary = (head: Uint8Array) => utf8Bytes.encode(utf8.decode(head).replaceAll(this.#boundary, ''));
    return this.#held.flatMap((piece) => {
      if (piece.kind === 'field') return [withoutBoundary(piece.head), piece.value];
      if (piece.kind === 'file') return [withoutBoundary(piece.bytes)];
      return piece.kind === 'data' ? [piece.bytes] : [];
    });
  }

  /** Reads what is needed before the form can be sent. */
  async readHead(): Promise<void> {
    if ((this.#declared ?? 0) > this.#maxBytes) throw tooLargeForm(this.#maxBytes);
    let fileBytes = 0;
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) {
      const piece = next.value;
      this.#accept(piece);
      if (piece.kind === 'dropped') continue;
      this.#held.push(piece.kind === 'data' ? { kind: 'data', bytes: piece.bytes.slice() } : piece);
      if (piece.kind !== 'data') continue;
      fileBytes += piece.bytes.length;
      if ((this.#declared ?? this.#read) <= MAX_HELD_UPLOAD_BYTES) continue;
      if (this.fields.model !== undefined) return;
      if (this.#read > MAX_UNNAMED_UPLOAD_BYTES) {
        throw new ApiError(
          'invalid_parameter',
          `Send the field \`model\` before the file: without it, a body has at most ${MAX_UNNAMED_UPLOAD_BYTES} bytes.`,
          { param: 'model' },
        );
      }
    }
    this.#isWhole = true;
    this.#noteEnd();
    if (fileBytes > 0) return;
    throw invalidField('file', this.#fields.hasFile ? 'must not be empty' : 'is required');
  }

  /**
   * Runs what needs the form. If it fails, the client can finish sending, and gets the error as an answer.
   */
  async guard<T>(run: () => T | Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!this.#isWhole) {
        this.#stop();
        // It waits for the read of a client that may have stopped sending.
        if (await settlesWithin(this.#pieces.return(), STOP_MS)) await drain(this.#body);
      }
      throw error;
    }
  }

  /**
   * The form with the host's own id as its model. If it is not held, it can be sent once.
   *
   * @param giveUp called if the caller does not send a complete form. The request to the host must be aborted
   * then: a stream that is only aborted itself reaches a host as one that is complete
   */
  body(model: string, giveUp: (error: ApiError) => void): UploadBody {
    const id = utf8Bytes.encode(model);
    const { promise: sent, resolve: settle } = Promise.withResolvers<void>();
    return {
      contentType: `multipart/form-data; boundary="${this.#boundary}"`,
      sent,
      stream: () => {
        const total = this.#isWhole ? this.#read : this.#isPadded ? undefined : this.#declared;
        this.#isLengthSent = total !== undefined;
        const { readable, writable } =
          total === undefined
            ? new IdentityTransformStream()
            : new FixedLengthStream(total - this.#dropped - this.#fields.modelBytes + id.length);
        const writer = writable.getWriter();
        this.#stop = () => {
          writer.abort().catch(() => {});
        };
        // A host that is gone says so by its answer, or by its failure.
        void this.#write(writer, id, giveUp)
          .catch(() => {})
          .then(settle);
        return readable;
      },
    };
  }

  async #write(
    writer: WritableStreamDefaultWriter<Uint8Array>,
    model: Uint8Array,
    giveUp: (error: ApiError) => void,
  ): Promise<void> {
    const write = async (piece: FormPiece) => {
      if (piece.kind === 'dropped') return;
      if (piece.kind !== 'field') return writer.write(piece.bytes);
      await writer.write(piece.head);
      return writer.write(piece.name === 'model' ? model : piece.value);
    };
    for (const piece of this.#held) await write(piece);
    if (!this.#isWhole) {
      this.#held = [];
      for (let next = await this.#next(giveUp); next; next = await this.#next(giveUp)) await write(next);
    }
    await writer.close();
  }

  async #next(giveUp: (error: ApiError) => void): Promise<FormPiece | undefined> {
    try {
      const { value } = await this.#pieces.next();
      if (!value) {
        this.#noteEnd();
        return undefined;
      }
      this.#accept(value);
      if (value.kind === 'field') this.onField(this.fields);
      return value;
    } catch (error) {
      giveUp(clientLeft(error));
      throw error;
    }
  }

  #noteEnd(): void {
    this.#isRead = true;
    this.#arrival.resolve();
  }

  /** @throws ApiError if a part may not be there */
  #accept(piece: FormPiece): void {
    this.#fields.accept(piece);
    if (piece.kind !== 'dropped') return;
    // A client pads all boundaries or none.
    if (this.#isLengthSent) throw new ApiError('invalid_parameter', 'Only some boundaries of the form are padded.');
    this.#dropped += piece.length;
    this.#isPadded ||= piece.isPadding;
  }
}
