import type { Call } from './call/call.ts';
import type { Host } from './hosts.ts';

/** A JSON object of which we know only what we look at. */
export type JsonObject = Record<string, unknown>;

/** One model at one host. A host that cannot do a task has no target for it, so a wrong pairing does not compile. */
export interface Target {
  readonly host: Host;
  /** The model's id at that host. */
  readonly upstreamModel: string;
}

/**
 * Text generation in OpenAI's shape. Answers are the host's own bytes, checked but not rewritten.
 * `chat` and `complete` take a body that the route has validated, with `model` already the host's own id.
 */
export interface ChatTarget extends Target {
  chat(body: JsonObject, call: Call): Promise<Response>;
  /** The legacy completions route, where the host has one. */
  complete?(body: JsonObject, call: Call): Promise<Response>;
}

export type Modality = 'text' | 'image';

/** What is to be embedded. A picture is its encoded file (PNG, JPEG, WebP or GIF) and its media type. */
export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mediaType: string };

export interface Embedded {
  /** One vector per input, in order, as the host gave them. */
  readonly vectors: readonly Float32Array[];
  /** Tokens the host says it read; 0 where it does not say. */
  readonly promptTokens: number;
}

export interface EmbeddingTarget extends Target {
  /** Most inputs per request. A modality that is not here cannot be embedded; `mixed` takes both in one request. */
  readonly batch: { readonly text: number; readonly image?: number; readonly mixed?: boolean };
  embed(inputs: readonly EmbeddingInput[], call: Call): Promise<Embedded>;
}

export interface PictureRequest {
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly format?: PictureFormat | undefined;
  /** `negative_prompt`, `guidance_scale`, `num_inference_steps`: for hosts that know them. */
  readonly extra: JsonObject;
}

export type PictureFormat = 'png' | 'jpeg' | 'webp';

export interface ImageTarget extends Target {
  /** Formats the caller may choose from; empty where the host chooses. */
  readonly formats: readonly PictureFormat[];
  /** @returns the encoded picture; its body may be streamed on as it is. */
  generate(request: PictureRequest, call: Call): Promise<Response>;
}

/** Classification of a picture by a host that gives relative scores only: no vectors, so no cosines. */
export interface ZeroShotTarget extends Target {
  /** @returns one score per label, in the labels' order; they sum to 1. */
  classify(
    picture: { bytes: Uint8Array; mediaType: string },
    labels: readonly string[],
    template: string,
    call: Call,
  ): Promise<readonly number[]>;
}

/**
 * Where vectors can be compared. The id goes into every cache key: another model, revision or preprocessing is another
 * space. `logitScale` turns a cosine into a logit; `logitBias` is there for SigLIP's per-label sigmoid.
 */
export interface Space {
  readonly id: string;
  /** Undefined where only the host knows. */
  readonly dimensions?: number;
  /** The fewest dimensions a vector may be cut to (Matryoshka); undefined where it cannot be cut. */
  readonly minDimensions?: number;
  readonly logitScale?: number;
  readonly logitBias?: number;
}

interface Listed {
  readonly id: string;
  /** One line for people: family, size, what to know. */
  readonly note: string;
  /** Start the second target when the first is slower than usual: see hedge.ts. */
  readonly hedge?: boolean;
  /** US dollars per million tokens or per picture, where the host publishes one price. */
  readonly price?: {
    readonly promptPerMillion?: number;
    readonly completionPerMillion?: number;
    readonly perPicture?: number;
  };
}

export interface TextModel extends Listed {
  readonly task: 'text-generation';
  readonly contextLength?: number;
  readonly targets: readonly ChatTarget[];
}
export interface EmbeddingModel extends Listed {
  readonly task: 'embedding';
  readonly space: Space;
  readonly targets: readonly EmbeddingTarget[];
}
export interface ImageModel extends Listed {
  readonly task: 'text-to-image';
  readonly sizes: { readonly min: number; readonly max: number; readonly multipleOf: number; readonly default: number };
  readonly targets: readonly ImageTarget[];
}
export interface ZeroShotModel extends Listed {
  readonly task: 'zero-shot-image-classification';
  readonly targets: readonly ZeroShotTarget[];
}
export type Model = TextModel | EmbeddingModel | ImageModel | ZeroShotModel;
export type Task = Model['task'];
