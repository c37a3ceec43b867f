import { AutoConfig, AutoModelForCausalLM, AutoTokenizer, type PretrainedConfig } from '@huggingface/transformers';
import { ApiError } from './errors.ts';
import { Sampler } from './sampler.ts';
import { type LoadOptions, longestToken, pretrainedOptions, resolveSource, weightOptions } from './source.ts';
import { StopScanner } from './stop-scanner.ts';
import { TokenDecoder } from './token-decoder.ts';
import { type TokenizedPrompt, tokenStream } from './token-stream.ts';

export interface Message {
  role: string;
  content: string;
}

/** Raw text to continue, or a conversation that is formatted with the model's chat template. */
export type TextInput = { prompt: string } | { messages: Message[] };

export type TextRequest = TextInput & {
  /** Max tokens to generate, limited by the context. Default: the model's `max_new_tokens`. */
  maxTokens?: number | undefined;
  /**
   * 0 is greedy. Default: set by the model's `generation_config.json`. `do_sample: false` there means greedy.
   */
  temperature?: number | undefined;
  topP?: number | undefined;
  /** Makes sampling reproducible. Default: random. */
  seed?: number | undefined;
  stop?: string[] | undefined;
  /** Stops the generation before its next token. */
  signal?: AbortSignal | undefined;
};

export interface TextResult {
  /** `stop`: the end token or a stop string. `length`: `maxTokens` or the context limit was reached. */
  finishReason: 'stop' | 'length';
  promptTokens: number;
  /** Generated tokens, including the end token and the tokens of a stop string. */
  completionTokens: number;
}

export interface TextModel {
  readonly id: string;
  /** Max tokens of prompt and completion together. */
  readonly contextLength: number;
  /**
   * Yields text as tokens arrive and returns the result. The call itself validates and tokenizes the request.
   * The model runs when the generator is read.
   * @throws ApiError `context_length_exceeded` or `invalid_value`, synchronously.
   */
  generate(request: TextRequest): AsyncGenerator<string, TextResult>;
}

/**
 * Loads any text-generation model that transformers.js supports.
 *
 * @throws Error if the model cannot be loaded.
 */
export async function loadText(from: string, options: LoadOptions = {}): Promise<TextModel> {
  const source = resolveSource(from, options);
  const pretrained = pretrainedOptions(source, options);
  const config = await AutoConfig.from_pretrained(source.path, pretrained);
  const weights = { ...pretrained, ...weightOptions(source, 'model', config, options) };
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(source.path, pretrained),
    AutoModelForCausalLM.from_pretrained(source.path, weights),
  ]);
  const defaults = model.generation_config;
  const ends = new Set([defaults?.eos_token_id ?? Reflect.get(config, 'eos_token_id') ?? []].flat().map(BigInt));
  const contextLength = contextLengthOf(config, tokenizer.model_max_length);
  const maxCharacters = contextLength * longestToken(tokenizer);

  function tokenize(input: TextInput): TokenizedPrompt {
    if ('prompt' in input) return tokenizer(input.prompt);
    if (!tokenizer.chat_template) {
      throw new ApiError('unsupported_task', `The model "${source.id}" has no chat template. Use /v1/completions.`, {
        param: 'model',
      });
    }
    try {
      return tokenizer.apply_chat_template(input.messages, { add_generation_prompt: true, return_dict: true });
    } catch (cause) {
      // Templates reject what their model was not trained on, such as two user messages in a row.
      const message = `The model's chat template rejects these messages: ${cause instanceof Error ? cause.message : cause}`;
      throw new ApiError('invalid_value', message, { param: 'messages', cause });
    }
  }

  function generate(request: TextRequest): AsyncGenerator<string, TextResult> {
    const param = 'prompt' in request ? 'prompt' : 'messages';
    const tooLong = () => {
      const message = `"${param}" is too long. The model's context is ${contextLength} tokens, including the completion.`;
      return new ApiError('context_length_exceeded', message, { param });
    };
    // Tokenizing megabytes only to reject them would block all other requests.
    if (characters(request) > maxCharacters) throw tooLong();
    const prompt = tokenize(request);
    const promptTokens = tokenCount(prompt);
    if (promptTokens === 0) throw new ApiError('invalid_value', `"${param}" must not be empty.`, { param });
    const room = contextLength - promptTokens;
    if (room < 1) throw tooLong();
    const maxTokens = Math.min(request.maxTokens ?? defaults?.max_new_tokens ?? room, room);
    return read(request, prompt, maxTokens);
  }

  async function* read(
    request: TextRequest,
    prompt: TokenizedPrompt,
    maxTokens: number,
  ): AsyncGenerator<string, TextResult> {
    const decoder = new TokenDecoder(tokenizer);
    const scanner = new StopScanner(request.stop ?? []);
    let completionTokens = 0;
    let ended = false;
    const options = { maxTokens, sampler: samplerOf(request), signal: request.signal };
    for await (const token of tokenStream(model, tokenizer, prompt, options)) {
      completionTokens++;
      ended = ends.has(token);
      const text = scanner.push(ended ? decoder.flush() : decoder.push(token));
      if (text !== '') yield text;
      if (ended || scanner.found) break;
    }
    request.signal?.throwIfAborted();
    const rest = scanner.push(decoder.flush()) + scanner.flush();
    if (rest !== '') yield rest;
    const finishReason = ended || scanner.found ? 'stop' : 'length';
    return { finishReason, promptTokens: tokenCount(prompt), completionTokens };
  }

  /** Undefined for greedy decoding. */
  function samplerOf({ temperature, topP, seed }: TextRequest): Sampler | undefined {
    const heat = temperature ?? (defaults?.do_sample ? (defaults.temperature ?? 1) : 0);
    if (heat === 0) return undefined;
    return new Sampler({ temperature: heat, topP: topP ?? defaults?.top_p ?? 1, seed });
  }

  return { id: source.id, contextLength, generate };
}

function tokenCount({ input_ids }: TokenizedPrompt): number {
  return input_ids.dims.at(-1) ?? 0;
}

/** A lower bound of the characters that the tokenizer reads: a message also has its role. */
function characters(input: TextInput): number {
  if ('prompt' in input) return input.prompt.length;
  return input.messages.reduce((sum, { content }) => sum + content.length + 1, 0);
}

/** Reads the context length. Architectures use different names for it. */
function contextLengthOf(config: PretrainedConfig, tokenizerLimit: number): number {
  const text = Reflect.get(config, 'text_config') ?? config;
  const names = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len'];
  const stated = names.map((name) => Reflect.get(text, name)).find((value) => typeof value === 'number');
  return stated ?? Math.min(tokenizerLimit, 4096);
}
