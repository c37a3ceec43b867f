import { type Tensor, writeGguf } from './gguf.ts';
import { constant, randomWeights } from './random-weights.ts';

/** An encoder of random weights with a head that ranks, for llama.cpp: for embeddings, and for `/rerank`. */

const WIDTH = 32;
const LAYERS = 1;
const HEADS = 2;
const INNER = 64;
const CONTEXT = 128;

export function tinyBert(): Uint8Array {
  const characters = [...'abcdefghijklmnopqrstuvwxyz0123456789.,!?'];
  // A word begins with U+2581; its other pieces do not.
  const tokens = [
    ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
    ...characters.map((character) => `\u2581${character}`),
    ...characters,
  ];
  const weights = randomWeights(11);
  const matrix = (name: string, shape: readonly [number, number]): Tensor => ({
    name,
    shape,
    data: weights(shape[0] * shape[1], 2 / Math.sqrt(shape[0])),
  });
  const vector = (name: string, length: number, value: number): Tensor => ({
    name,
    shape: [length],
    data: constant(length, value),
  });
  const norm = (name: string) => [vector(`${name}.weight`, WIDTH, 1), vector(`${name}.bias`, WIDTH, 0)];
  const linear = (name: string, from: number, to: number) => [
    matrix(`${name}.weight`, [from, to]),
    vector(`${name}.bias`, to, 0),
  ];
  const layers = Array.from({ length: LAYERS }, (_, i) => [
    ...linear(`blk.${i}.attn_q`, WIDTH, WIDTH),
    ...linear(`blk.${i}.attn_k`, WIDTH, WIDTH),
    ...linear(`blk.${i}.attn_v`, WIDTH, WIDTH),
    ...linear(`blk.${i}.attn_output`, WIDTH, WIDTH),
    ...norm(`blk.${i}.attn_output_norm`),
    ...linear(`blk.${i}.ffn_up`, WIDTH, INNER),
    ...linear(`blk.${i}.ffn_down`, INNER, WIDTH),
    ...norm(`blk.${i}.layer_output_norm`),
  ]);
  return writeGguf(
    {
      'general.architecture': 'bert',
      'general.name': 'tiny-bert',
      'bert.context_length': CONTEXT,
      'bert.embedding_length': WIDTH,
      'bert.block_count': LAYERS,
      'bert.feed_forward_length': INNER,
      'bert.attention.head_count': HEADS,
      'bert.attention.layer_norm_epsilon': { float: 1e-12 },
      'bert.attention.causal': false,
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.pre': 'jina-v2-en',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': tokens.map((_, i) => (i < 5 ? 3 : 1)),
      'tokenizer.ggml.token_type_count': 2,
      'tokenizer.ggml.padding_token_id': 0,
      'tokenizer.ggml.unknown_token_id': 1,
      'tokenizer.ggml.bos_token_id': 2,
      'tokenizer.ggml.cls_token_id': 2,
      'tokenizer.ggml.eos_token_id': 3,
      'tokenizer.ggml.seperator_token_id': 3,
      'tokenizer.ggml.mask_token_id': 4,
    },
    [
      matrix('token_embd.weight', [WIDTH, tokens.length]),
      matrix('position_embd.weight', [WIDTH, CONTEXT]),
      matrix('token_types.weight', [WIDTH, 2]),
      ...norm('token_embd_norm'),
      ...layers.flat(),
      ...linear('cls', WIDTH, WIDTH),
      ...linear('cls.output', WIDTH, 1),
    ],
  );
}
