import { constant, randomWeights } from './random-weights.ts';

/**
 * A Whisper of random weights in whisper.cpp's own format. Its vocabulary has the length of the English one,
 * since the ids of special tokens depend on it. Source:
 * https://github.com/ggml-org/whisper.cpp/blob/master/models/convert-pt-to-ggml.py
 */

const MAGIC = 0x67676d6c;
const WIDTH = 64;
const HEADS = 2;
const LAYERS = 1;
const MELS = 80;
const FFT = 201;
const AUDIO_CONTEXT = 1500;
const TEXT_CONTEXT = 448;
const VOCABULARY = 51_864;
const WORDS = 50_257;
const F32 = 0;
const F16 = 1;

export function tinyWhisper(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const weights = randomWeights(13);
  const push = (data: ArrayBufferView<ArrayBuffer>) => pieces.push(new Uint8Array(data.buffer));
  const ints = (...values: number[]) => push(Int32Array.from(values));
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    ints(bytes.length);
    push(bytes);
  };
  /** @param shape as GGML counts it: the fastest first */
  const tensor = (name: string, shape: readonly number[], data: Float32Array<ArrayBuffer>, isHalf = false) => {
    const bytes = new TextEncoder().encode(name);
    ints(shape.length, bytes.length, isHalf ? F16 : F32, ...shape);
    push(bytes);
    push(isHalf ? Float16Array.from(data) : data);
  };
  const matrix = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    tensor(name, shape, weights(count, 2 / Math.sqrt(count / (shape.at(-1) ?? 1))), true);
  };
  const norm = (name: string) => {
    tensor(`${name}.weight`, [WIDTH], constant(WIDTH, 1));
    tensor(`${name}.bias`, [WIDTH], constant(WIDTH, 0));
  };
  const linear = (name: string, from: number, to: number, hasBias = true) => {
    matrix(`${name}.weight`, [from, to]);
    if (hasBias) tensor(`${name}.bias`, [to], constant(to, 0));
  };
  const attention = (name: string) => {
    norm(`${name}_ln`);
    linear(`${name}.query`, WIDTH, WIDTH);
    linear(`${name}.key`, WIDTH, WIDTH, false);
    linear(`${name}.value`, WIDTH, WIDTH);
    linear(`${name}.out`, WIDTH, WIDTH);
  };
  const feedForward = (name: string) => {
    norm(`${name}.mlp_ln`);
    linear(`${name}.mlp.0`, WIDTH, 4 * WIDTH);
    linear(`${name}.mlp.2`, 4 * WIDTH, WIDTH);
  };

  ints(MAGIC);
  ints(VOCABULARY, AUDIO_CONTEXT, WIDTH, HEADS, LAYERS, TEXT_CONTEXT, WIDTH, HEADS, LAYERS, MELS, F16);
  ints(MELS, FFT);
  push(weights(MELS * FFT, 0.05).map(Math.abs));
  ints(WORDS);
  // Three tokens that whisper.cpp looks for when it suppresses what is not speech.
  for (const word of [' ', ' -', " '"]) text(word);
  for (let i = 3; i < WORDS; i++) text(` w${i}`);

  tensor('encoder.positional_embedding', [WIDTH, AUDIO_CONTEXT], weights(WIDTH * AUDIO_CONTEXT, 0.1));
  matrix('encoder.conv1.weight', [3, MELS, WIDTH]);
  tensor('encoder.conv1.bias', [1, WIDTH], constant(WIDTH, 0));
  matrix('encoder.conv2.weight', [3, WIDTH, WIDTH]);
  tensor('encoder.conv2.bias', [1, WIDTH], constant(WIDTH, 0));
  norm('encoder.ln_post');
  tensor('decoder.positional_embedding', [WIDTH, TEXT_CONTEXT], weights(WIDTH * TEXT_CONTEXT, 0.1));
  matrix('decoder.token_embedding.weight', [WIDTH, VOCABULARY]);
  norm('decoder.ln');
  for (let i = 0; i < LAYERS; i++) {
    attention(`encoder.blocks.${i}.attn`);
    feedForward(`encoder.blocks.${i}`);
    attention(`decoder.blocks.${i}.attn`);
    attention(`decoder.blocks.${i}.cross_attn`);
    feedForward(`decoder.blocks.${i}`);
  }
  return new Uint8Array(Buffer.concat(pieces));
}
