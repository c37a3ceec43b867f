/**
 * Writes models in GGUF, the format of llama.cpp: metadata, the shapes of tensors, then their numbers as
 * float32. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */

const ALIGNMENT = 32;
const TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const F32 = 0;

/** A value of the metadata. Numbers are whole; a fraction is `{ float }`. */
export type Value = string | number | boolean | { readonly float: number } | readonly (string | number)[];

export interface Tensor {
  readonly name: string;
  /** As GGML counts them: the fastest first. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function writeGguf(metadata: Readonly<Record<string, Value>>, tensors: readonly Tensor[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const push = (bytes: Uint8Array) => {
    pieces.push(bytes);
    length += bytes.length;
  };
  const u32 = (value: number) => push(new Uint8Array(new Uint32Array([value]).buffer));
  const u64 = (value: number) => push(new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
  const f32 = (value: number) => push(new Uint8Array(new Float32Array([value]).buffer));
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    push(bytes);
  };
  const align = () => push(new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT));
  const write = (value: Value) => {
    if (typeof value === 'string') {
      u32(TYPES.string);
      text(value);
    } else if (typeof value === 'number') {
      u32(TYPES.uint32);
      u32(value);
    } else if (typeof value === 'boolean') {
      u32(TYPES.bool);
      push(new Uint8Array([Number(value)]));
    } else if (Array.isArray(value)) {
      const areTexts = typeof value[0] === 'string';
      u32(TYPES.array);
      u32(areTexts ? TYPES.string : TYPES.int32);
      u64(value.length);
      for (const entry of value) areTexts ? text(String(entry)) : u32(Number(entry));
    } else {
      u32(TYPES.float32);
      f32((value as { float: number }).float);
    }
  };

  push(new TextEncoder().encode('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    text(key);
    write(value);
  }
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    text(name);
    u32(shape.length);
    for (const size of shape) u64(size);
    u32(F32);
    u64(offset);
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  for (const { data } of tensors) {
    align();
    push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  align();
  const file = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}
