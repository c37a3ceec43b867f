import { LogitsProcessor, type Tensor } from '@huggingface/transformers';
import { generator } from './random.ts';

export interface SamplerOptions {
  /** Above 0. Greedy decoding needs no sampler. */
  temperature: number;
  /** Nucleus: the smallest set of tokens with this much probability stays. 1 keeps all. */
  topP: number;
  /** By default random. */
  seed?: number | undefined;
}

/**
 * Draws the next token by temperature and top-p from a random generator of its own, and leaves it as the only possible
 * one. transformers.js samples from one global generator and has no top-p, so a seed there would not be the request's.
 */
export class Sampler extends LogitsProcessor {
  readonly #options: SamplerOptions;
  readonly #random: () => number;

  constructor(options: SamplerOptions) {
    super();
    this.#options = options;
    this.#random = generator(options.seed);
  }

  override _call(_inputIds: bigint[][], logits: Tensor): Tensor {
    const scores = logits.data as Float32Array;
    const token = this.#draw(scores);
    scores.fill(-Infinity);
    scores[token] = 0;
    return logits;
  }

  #draw(scores: Float32Array): number {
    const { temperature, topP } = this.#options;
    const top = scores.reduce((a, b) => Math.max(a, b));
    const weights = scores.map((score) => Math.exp((score - top) / temperature));
    const order = topP < 1 ? nucleus(weights, topP) : Uint32Array.from(weights.keys());
    const total = order.reduce((sum, token) => sum + (weights[token] as number), 0);
    let rest = this.#random() * total;
    for (const token of order) {
      rest -= weights[token] as number;
      if (rest < 0) return token;
    }
    return order[0] as number;
  }
}

/** The likeliest tokens that together hold `topP` of the probability; always at least one. */
function nucleus(weights: Float32Array, topP: number): Uint32Array {
  const order = Uint32Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number));
  let rest = topP * weights.reduce((sum, weight) => sum + weight, 0);
  const count = order.findIndex((token) => {
    rest -= weights[token] as number;
    return rest <= 0;
  });
  return order.subarray(0, count < 0 ? order.length : count + 1);
}
