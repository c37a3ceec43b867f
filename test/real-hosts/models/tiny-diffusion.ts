import { constant, randomWeights } from './random-weights.ts';
import type { StoredTensor } from './safetensors.ts';

/**
 * Stable Diffusion 1 of random weights, for stable-diffusion.cpp: its U-Net with 32 channels in place of 320,
 * a text encoder of zeros, since its size is fixed, and a tiny autoencoder. Pictures are noise that depends
 * on the seed. Source: https://github.com/leejet/stable-diffusion.cpp, src/model/diffusion/unet.hpp and
 * src/model/vae/tae.hpp
 */

type Tensors = Record<string, StoredTensor>;

const CHANNELS = 32;
const MULTIPLIERS = [1, 2, 4, 4];
const RES_BLOCKS = 2;
/** Only the last level has no attention. */
const ATTENTIVE_LEVELS = 3;
const TIME = 4 * CHANNELS;
const CONTEXT = 768;
const LATENT = 4;

class Writer {
  readonly tensors: Tensors = {};
  readonly #weights: ReturnType<typeof randomWeights>;

  constructor(seed: number) {
    this.#weights = randomWeights(seed);
  }

  random(name: string, shape: readonly number[]): void {
    const count = shape.reduce((product, size) => product * size, 1);
    const inputs = count / (shape[0] ?? 1);
    this.tensors[name] = { shape, data: this.#weights(count, 1 / Math.sqrt(inputs)) };
  }

  linear(name: string, from: number, to: number, hasBias = true): void {
    this.random(`${name}.weight`, [to, from]);
    if (hasBias) this.#vector(`${name}.bias`, to, 0);
  }

  conv(name: string, from: number, to: number, { size = 3, hasBias = true } = {}): void {
    this.random(`${name}.weight`, [to, from, size, size]);
    if (hasBias) this.#vector(`${name}.bias`, to, 0);
  }

  norm(name: string, width: number): void {
    this.#vector(`${name}.weight`, width, 1);
    this.#vector(`${name}.bias`, width, 0);
  }

  #vector(name: string, length: number, value: number): void {
    this.tensors[name] = { shape: [length], data: constant(length, value) };
  }
}

export function tinyDiffusion(): Tensors {
  const writer = new Writer(17);
  const unet = (name: string) => `model.diffusion_model.${name}`;
  writer.linear(unet('time_embed.0'), CHANNELS, TIME);
  writer.linear(unet('time_embed.2'), TIME, TIME);
  writer.conv(unet('input_blocks.0.0'), LATENT, CHANNELS);
  const skipped = [CHANNELS];
  let width = CHANNELS;
  let block = 0;
  for (const [level, multiplier] of MULTIPLIERS.entries()) {
    for (let i = 0; i < RES_BLOCKS; i++) {
      block++;
      resBlock(writer, unet(`input_blocks.${block}.0`), width, multiplier * CHANNELS);
      width = multiplier * CHANNELS;
      if (level < ATTENTIVE_LEVELS) attention(writer, unet(`input_blocks.${block}.1`), width);
      skipped.push(width);
    }
    if (level === MULTIPLIERS.length - 1) continue;
    block++;
    writer.conv(unet(`input_blocks.${block}.0.op`), width, width);
    skipped.push(width);
  }
  resBlock(writer, unet('middle_block.0'), width, width);
  attention(writer, unet('middle_block.1'), width);
  resBlock(writer, unet('middle_block.2'), width, width);
  block = 0;
  for (const [level, multiplier] of [...MULTIPLIERS.entries()].reverse()) {
    for (let i = 0; i <= RES_BLOCKS; i++) {
      resBlock(writer, unet(`output_blocks.${block}.0`), width + (skipped.pop() ?? 0), multiplier * CHANNELS);
      width = multiplier * CHANNELS;
      let part = 1;
      if (level < ATTENTIVE_LEVELS) attention(writer, unet(`output_blocks.${block}.${part++}`), width);
      if (level > 0 && i === RES_BLOCKS) writer.conv(unet(`output_blocks.${block}.${part}.conv`), width, width);
      block++;
    }
  }
  writer.norm(unet('out.0'), width);
  writer.conv(unet('out.2'), CHANNELS, LATENT);
  return { ...writer.tensors, ...textEncoder() };
}

function resBlock(writer: Writer, name: string, from: number, to: number): void {
  writer.norm(`${name}.in_layers.0`, from);
  writer.conv(`${name}.in_layers.2`, from, to);
  writer.linear(`${name}.emb_layers.1`, TIME, to);
  writer.norm(`${name}.out_layers.0`, to);
  writer.conv(`${name}.out_layers.3`, to, to);
  if (from !== to) writer.conv(`${name}.skip_connection`, from, to, { size: 1 });
}

function attention(writer: Writer, name: string, width: number): void {
  const block = `${name}.transformer_blocks.0`;
  writer.norm(`${name}.norm`, width);
  writer.conv(`${name}.proj_in`, width, width, { size: 1 });
  for (const [part, source] of [
    ['attn1', width],
    ['attn2', CONTEXT],
  ] as const) {
    writer.linear(`${block}.${part}.to_q`, width, width, false);
    writer.linear(`${block}.${part}.to_k`, source, width, false);
    writer.linear(`${block}.${part}.to_v`, source, width, false);
    writer.linear(`${block}.${part}.to_out.0`, width, width);
  }
  writer.linear(`${block}.ff.net.0.proj`, width, 8 * width);
  writer.linear(`${block}.ff.net.2`, 4 * width, width);
  for (const i of [1, 2, 3]) writer.norm(`${block}.norm${i}`, width);
  writer.conv(`${name}.proj_out`, width, width, { size: 1 });
}

/** CLIP ViT-L/14's, of zeros. */
function textEncoder(): Tensors {
  const model = 'cond_stage_model.transformer.text_model';
  const zeros = (...shape: number[]): StoredTensor => ({ shape });
  const tensors: Tensors = {
    [`${model}.embeddings.token_embedding.weight`]: zeros(49_408, CONTEXT),
    [`${model}.embeddings.position_embedding.weight`]: zeros(77, CONTEXT),
    [`${model}.final_layer_norm.weight`]: zeros(CONTEXT),
    [`${model}.final_layer_norm.bias`]: zeros(CONTEXT),
  };
  for (let i = 0; i < 12; i++) {
    const layer = `${model}.encoder.layers.${i}`;
    for (const part of ['layer_norm1', 'layer_norm2']) {
      tensors[`${layer}.${part}.weight`] = zeros(CONTEXT);
      tensors[`${layer}.${part}.bias`] = zeros(CONTEXT);
    }
    const sizes = { fc1: [4 * CONTEXT, CONTEXT], fc2: [CONTEXT, 4 * CONTEXT] } as const;
    for (const [part, [to, from]] of Object.entries(sizes)) {
      tensors[`${layer}.mlp.${part}.weight`] = zeros(to, from);
      tensors[`${layer}.mlp.${part}.bias`] = zeros(to);
    }
    for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      tensors[`${layer}.self_attn.${part}.weight`] = zeros(CONTEXT, CONTEXT);
      tensors[`${layer}.self_attn.${part}.bias`] = zeros(CONTEXT);
    }
  }
  return tensors;
}

/** TAESD: from pictures to latents and back. */
export function tinyAutoencoder(): Tensors {
  const writer = new Writer(19);
  const width = 64;
  const block = (name: string) => {
    for (const i of [0, 2, 4]) writer.conv(`${name}.conv.${i}`, width, width);
  };
  let at = 0;
  const encoder = () => `encoder.layers.${at++}`;
  writer.conv(encoder(), 3, width);
  block(encoder());
  for (let level = 0; level < 3; level++) {
    writer.conv(encoder(), width, width, { hasBias: false });
    for (let i = 0; i < 3; i++) block(encoder());
  }
  writer.conv(encoder(), width, LATENT);
  at = 0;
  const decoder = () => `decoder.layers.${at++}`;
  writer.conv(decoder(), LATENT, width);
  // An activation, and below each enlargement, have no weights.
  at++;
  for (let level = 0; level < 3; level++) {
    for (let i = 0; i < 3; i++) block(decoder());
    at++;
    writer.conv(decoder(), width, width, { hasBias: false });
  }
  block(decoder());
  writer.conv(decoder(), width, 3);
  return writer.tensors;
}
