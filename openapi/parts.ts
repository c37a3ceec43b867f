export type Json = Record<string, unknown>;

/** Recorded answers to the example of an operation: the complete answer, and the text of the stream. */
export interface Recorded {
  readonly answer: unknown;
  readonly stream?: string;
}
