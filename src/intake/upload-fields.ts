import { MAX_SMALL_BODY_BYTES } from '../base/sizes.ts';
import { type FormPiece, invalidField, tooLargeForm } from './form-pieces.ts';

const utf8 = new TextDecoder();

/** The fields of a form with one file, as they arrive. */
export class UploadFields {
  /** As text. Those whose name ends with `[]` are lists. */
  readonly values: Record<string, string | string[]> = Object.create(null);
  /** Bytes of all fields. */
  bytes = 0;
  /** Bytes of the model's name. */
  modelBytes = 0;
  hasFile = false;

  /** @throws ApiError if a part may not be there */
  accept(piece: FormPiece): void {
    if (piece.kind === 'file') {
      if (piece.name !== 'file' || this.hasFile) throw invalidField(piece.name, 'is an unexpected file');
      this.hasFile = true;
    }
    if (piece.kind !== 'field') return;
    const { name, value } = piece;
    if (name === 'model') this.modelBytes = value.length;
    this.bytes += name.length + value.length;
    if (this.bytes > MAX_SMALL_BODY_BYTES) throw tooLargeForm(MAX_SMALL_BODY_BYTES);
    const text = utf8.decode(value);
    const earlier = this.values[name];
    if (name.endsWith('[]')) this.values[name] = [...(earlier ?? []), text];
    else if (earlier !== undefined || name === 'file') throw invalidField(name, 'must appear once, as its own kind');
    else this.values[name] = text;
  }
}
