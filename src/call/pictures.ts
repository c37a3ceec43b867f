import type { CommonFormat } from '../base/bytes/file-kind.ts';

/** Requests for pictures, and what comes of them. */

/** What requests for pictures share. */
interface SeveralPictures {
  /** Undefined if the host chooses. */
  readonly seed?: number | undefined;
  /** Whether the caller chose the seed. */
  readonly isSeeded?: boolean;
  /** How many pictures, if the target makes several in one request. */
  readonly n?: number | undefined;
  /** Called with the number of bytes of a picture that arrive, as soon as it is known. Can throw. */
  onBytes?(bytes: number): void;
}

/** The file of a picture, or several files. */
export type Made = Uint8Array | readonly Uint8Array[];

export interface PictureRequest extends SeveralPictures {
  readonly prompt: string;
  /** In pixels; undefined if the host chooses. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly format?: GeneratedFormat | undefined;
  /**
   * `negative_prompt`, `guidance_scale`, `num_inference_steps` for hosts that know them; all others if the
   * target takes them.
   */
  readonly extra: Record<string, unknown>;
}

/** What a caller can choose for a generated picture. */
export type GeneratedFormat = Exclude<CommonFormat, 'gif'>;

export interface PictureEdit extends SeveralPictures {
  readonly prompt: string;
  readonly pictures: readonly EncodedPicture[];
  /** Where the first picture is transparent here, it may change. */
  readonly mask?: EncodedPicture | undefined;
  /** Other parameters of the request, under the names that they have there. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/** A picture as its file, in a format that the target decodes. */
export interface EncodedPicture {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}
