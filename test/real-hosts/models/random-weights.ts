/**
 * Random numbers that are the same on every machine (mulberry32): what a model of them answers can be
 * compared.
 */
export function randomWeights(seed: number): (count: number, scale: number) => Float32Array<ArrayBuffer> {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return (count, scale) => Float32Array.from({ length: count }, () => (2 * next() - 1) * scale);
}

export function constant(count: number, value: number): Float32Array<ArrayBuffer> {
  return new Float32Array(count).fill(value);
}
