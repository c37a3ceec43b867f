import type { Placeholders } from '../base/bytes/placeholders.ts';
import type { ForwardedBody } from './forwarded.ts';
import type { PartName } from './part-names.ts';
import type { Upload } from './upload.ts';

/** What a body may be. */
export interface BodyOptions {
  readonly maxBytes: number;
  /** Set if the body can carry pictures. */
  readonly pictures?: PictureBody | undefined;
  /**
   * Whether the body is passed on as it came: its bytes are kept, and its large strings are not even looked
   * at.
   */
  readonly forwards?: boolean | undefined;
}

/** How a body that is one picture, or a form, maps to the fields of a JSON body. */
export interface PictureBody {
  /**
   * The field that the picture is for. All others come from the query string, or are the other parts of a
   * form.
   */
  readonly field: string;
  /** Fields that are lists, even if they appear once. */
  readonly lists: readonly string[];
  /** Set if JSON has the field within the objects of a list, with another field beside it. */
  readonly nested?: NestedItems;
}

/** `examples` of `{input, label}`: the list, and the field beside each item. */
export interface NestedItems {
  readonly list: string;
  readonly beside: string;
}

/** A body that was read. */
export interface Intake {
  /** The parsed body, before validation. */
  readonly input: unknown;
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** Bytes beside pictures. */
  readonly textBytes: number;
  /** How many pictures the body itself has. */
  readonly pictures: number;
  /** Set if the route passes the body on. */
  readonly forwarded?: ForwardedBody;
  /** The large strings of the body. The input has placeholders for them. */
  readonly large?: Placeholders;
  /** Set if the body has other names for its fields than JSON. */
  readonly partName?: PartName;
  /** The form of a route that reads it itself. */
  readonly upload?: Upload;
}

export const NO_ATTACHMENTS: ReadonlyMap<string, Uint8Array> = new Map();
