import {
  LogitsProcessorList,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  StoppingCriteria,
  type Tensor,
  TextStreamer,
} from '@huggingface/transformers';
import type { Sampler } from './sampler.ts';

export interface TokenizedPrompt {
  input_ids: Tensor;
  attention_mask: Tensor;
}

interface TokenStreamOptions {
  maxTokens: number;
  /** Undefined for greedy decoding. */
  sampler: Sampler | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Streams the token ids that `model` generates, up to its end token or `maxTokens`. Cancelling the stream or
 * aborting the signal stops the model before its next token.
 */
export function tokenStream(
  model: PreTrainedModel,
  tokenizer: PreTrainedTokenizer,
  prompt: TokenizedPrompt,
  { maxTokens, sampler, signal }: TokenStreamOptions,
): ReadableStream<bigint> {
  const stopping = new Stopping(signal);
  const processors = new LogitsProcessorList();
  if (sampler) processors.push(sampler);
  return new ReadableStream<bigint>({
    async start(controller) {
      try {
        signal?.throwIfAborted();
        await model.generate({
          ...prompt,
          max_new_tokens: maxTokens,
          // The library then picks the most likely token. The sampler leaves only the token that it drew.
          do_sample: false,
          logits_processor: processors,
          stopping_criteria: [stopping],
          streamer: new TokenStreamer(tokenizer, (token) => stopping.stopped || controller.enqueue(token)),
        });
        if (!stopping.cancelled) controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
    cancel() {
      stopping.cancelled = true;
    },
  });
}

/** Ends the generation when the stream is cancelled or the request is aborted. */
class Stopping extends StoppingCriteria {
  readonly #signal: AbortSignal | undefined;
  cancelled = false;

  constructor(signal: AbortSignal | undefined) {
    super();
    this.#signal = signal;
  }

  get stopped(): boolean {
    return this.cancelled || this.#signal?.aborted === true;
  }

  override _call(inputIds: number[][]): boolean[] {
    return inputIds.map(() => this.stopped);
  }
}

/** Passes on each generated token. The library's first call contains the whole prompt. */
class TokenStreamer extends TextStreamer {
  readonly #onToken: (token: bigint) => void;
  #promptSeen = false;

  constructor(tokenizer: PreTrainedTokenizer, onToken: (token: bigint) => void) {
    super(tokenizer);
    this.#onToken = onToken;
  }

  override put([tokens]: bigint[][]): void {
    if (this.#promptSeen) tokens?.forEach(this.#onToken);
    this.#promptSeen = true;
  }

  override end(): void {}
}
