/** A change of a file: bytes that are replaced by others. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly added: Uint8Array;
}

/** The parts of a file with its changes, in order: views of it, so that nothing is copied. */
export function spliced(file: Uint8Array, splices: readonly Splice[]): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { at, removed, added } of splices) {
    parts.push(file.subarray(from, at), added);
    from = at + removed;
  }
  parts.push(file.subarray(from));
  return parts.filter(({ length }) => length > 0);
}
