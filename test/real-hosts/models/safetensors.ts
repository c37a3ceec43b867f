import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Source: https://github.com/huggingface/safetensors#format */
export interface StoredTensor {
  /** As PyTorch counts it: the fastest last. */
  readonly shape: readonly number[];
  /** Undefined for zeros, which take no space on the disk. */
  readonly data?: Float32Array<ArrayBuffer>;
}

const HALF_BYTES = 2;

/** Writes tensors as float16: those with numbers first, and a hole for the zeros. */
export function writeSafetensors(path: string, tensors: Readonly<Record<string, StoredTensor>>): void {
  const sorted = Object.entries(tensors).sort(
    ([, a], [, b]) => Number(a.data === undefined) - Number(b.data === undefined),
  );
  const header: Record<string, object> = {};
  let offset = 0;
  for (const [name, { shape }] of sorted) {
    const end = offset + HALF_BYTES * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F16', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(path, 'w');
  try {
    writeSync(file, length);
    writeSync(file, text);
    for (const [, { data }] of sorted) if (data) writeSync(file, new Uint8Array(Float16Array.from(data).buffer));
    ftruncateSync(file, length.length + text.length + offset);
  } finally {
    closeSync(file);
  }
}
