import { LogitsProcessor, type Tensor } from '@huggingface/transformers';
import { generator } from './random.ts';

export interface SamplerOptions {
  /** Greater than 0. Greedy decoding needs no sampler. */
  temperature: number;
  /** Nucleus sampling: keeps the smallest set of tokens with this total probability. 1 keeps all. */
  topP: number;
  /** Default: random. */
  seed?: number | undefined;
}

/**
 * Samples the next token by temperature and top-p with its own random generator, and masks all other tokens.
 * transformers.js has no top-p and samples from one global generator, so a seed there would affect all
 * requests.
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

/** The most likely tokens whose total probability reaches `topP`. At least one token. */
function nucleus(weights: Float32Array, topP: number): Uint32Array {
  const order = Uint32Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number));
  let rest = topP * weights.reduce((sum, weight) => sum + weight, 0);
  const count = order.findIndex((token) => {
    rest -= weights[token] as number;
    return rest <= 0;
  });
  return order.subarray(0, count < 0 ? order.length : count + 1);
}
