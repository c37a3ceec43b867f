import type { HostName } from './hosts.ts';

/** One request, that is sent to a host directly and through the Worker. */
export interface Case {
  readonly name: string;
  readonly host: HostName;
  /** After `/v1`. */
  readonly path: string;
  /** Without `model`; or a form. */
  readonly body: object | Form;
  /** How answers are compared, if not field by field. */
  readonly as?: 'vectors' | 'pictures' | 'ranking';
  /** Answers of two requests need not be the same: only their shapes are compared. */
  readonly isRandom?: true;
}

export interface Form {
  readonly form: Readonly<Record<string, string | Blob>>;
}

export const isForm = (body: object): body is Form => 'form' in body;
