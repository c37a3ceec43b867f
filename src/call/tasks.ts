import type { OtherFormat } from '../base/bytes/file-kind.ts';
import type { ForwardedBody } from '../intake/forwarded.ts';
import type { LargeText } from '../intake/items.ts';
import type { Upload } from '../intake/upload.ts';
import type { Call } from './call.ts';
import type { Host } from './hosts.ts';
import type { Judged, Verdict } from './moderation.ts';
import type { GeneratedFormat, Made, PictureEdit, PictureRequest } from './pictures.ts';

/** A JSON object of which only the fields that are looked at are known. */
export type JsonObject = Record<string, unknown>;

/**
 * One model at one host. A host that cannot do a task has no target for it, so a wrong pairing does not
 * compile.
 */
export interface Target {
  readonly host: Host;
  /** The model's id at that host. */
  readonly upstreamModel: string;
}

/** A validated request for text. */
export interface TextRequest {
  readonly body: JsonObject;
  /** The body as it came, if that can be passed on. */
  readonly forwarded?: ForwardedBody | undefined;
}

/**
 * Text generation in OpenAI's shape, with the host's own id as the model. Answers are the host's own bytes,
 * checked but not rewritten.
 */
export interface ChatTarget extends Target {
  chat(request: TextRequest, call: Call): Promise<Response>;
  /** The legacy completions route, if the host has one. */
  complete?(request: TextRequest, call: Call): Promise<Response>;
  /** The tokens of a request in another shape. Undefined if the host does not count them. */
  count?(route: CountRoute, request: TextRequest, call: Call): Promise<number | undefined>;
  /** The same model at one provider, if the host is a router that chooses among several. */
  at?(provider: string): ChatTarget;
}

/** Where hosts count the tokens of requests of a shape: OpenAI's responses, Anthropic's messages. */
export type CountRoute = 'responses/input_tokens' | 'messages/count_tokens';

/** A target that takes pictures. */
export interface PictureTarget extends Target {
  /** What it decodes beside PNG, JPEG, WebP and GIF; or how to ask its host. Nothing by default. */
  readonly formats?: readonly OtherFormat[] | ((call: Call) => Promise<readonly OtherFormat[]>);
}

/**
 * An input to embed. A picture is its encoded file, in a format that the target decodes, and its media type.
 */
export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string }
  | LargeText
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mediaType: string };

export interface Embedded {
  /** One vector per input, in order, as the host returned them. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that the host says it read; 0 if it does not say. */
  readonly promptTokens: number;
}

export interface EmbeddingTarget extends PictureTarget {
  /**
   * Max inputs per request. A modality without a number cannot be embedded; `mixed` takes both in one
   * request.
   */
  readonly batch: { readonly text: number; readonly image?: number; readonly mixed?: boolean };
  /** Of a server that names the revision of its preprocessing. */
  readonly revision?: Revision;
  embed(inputs: readonly EmbeddingInput[], call: Call): Promise<Embedded>;
}

/** Pictures that a target makes. */
interface PictureMaker extends Target {
  /** Whether one request can ask for several pictures, by `n`. A host that ignores it makes fewer. */
  readonly makesSeveral?: boolean;
}

export interface ImageTarget extends PictureMaker {
  /** Formats that the caller can choose from; empty if the host chooses. */
  readonly formats: readonly GeneratedFormat[];
  /** `all` if only the host knows which other parameters it takes. */
  readonly takes?: 'all';
  generate(request: PictureRequest, call: Call): Promise<Made>;
}

export interface EditTarget extends PictureMaker, PictureTarget {
  /** Max pictures in one request. */
  readonly pictures: number;
  /** Names of the parameters that it takes, `mask` and `seed` included; `all` if only the host knows. */
  readonly takes: 'all' | readonly string[];
  edit(request: PictureEdit, call: Call): Promise<Made>;
}

export interface RankingRequest {
  readonly query: EmbeddingInput;
  readonly documents: readonly EmbeddingInput[];
  readonly topN: number;
}

export interface Ranked {
  /** By their scores, the highest first. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
  /** Tokens that the host says it read; 0 if it does not say. */
  readonly promptTokens: number;
}

/** Documents by their relevance to a query. Each host has its own scale of scores. */
export interface RankingTarget extends Target {
  rank(request: RankingRequest, call: Call): Promise<Ranked>;
}

/** What texts and pictures fall into, by the categories of OpenAI's moderation. */
export interface ModerationTarget extends Target {
  readonly takesPictures: boolean;
  /** @returns one verdict per input, in order */
  moderate(inputs: readonly Judged[], call: Call): Promise<readonly Verdict[]>;
}

/** Speech to text. Answers are the host's own, in the format that the form asks for. */
export interface TranscriptionTarget extends Target {
  /** @param into the language of the sound, or English */
  transcribe(form: Upload, into: 'transcriptions' | 'translations', call: Call): Promise<Response>;
}

/** Text to speech in OpenAI's shape. Answers are sound, or events with sound, passed on while they arrive. */
export interface SpeechTarget extends Target {
  speak(request: TextRequest, call: Call): Promise<Response>;
}

/** Classification of a picture by a host that returns relative scores only: no vectors, so no cosines. */
export interface ZeroShotTarget extends PictureTarget {
  /** @returns one score per label, in the order of the labels; they sum to 1 */
  classify(
    picture: { bytes: Uint8Array; mediaType: string },
    labels: readonly string[],
    template: string,
    call: Call,
  ): Promise<readonly number[]>;
}

/**
 * Vectors of one space can be compared. The space is part of every cache key: another model, revision or
 * preprocessing is another space. `logitScale` turns a cosine into a logit.
 */
export interface Space {
  readonly id: string;
  /**
   * The URL of the endpoint, if only the endpoint itself determines the vectors: another server of the same
   * model may use another quantization or preprocessing. Part of the cache key, and never shown to a caller.
   */
  readonly endpoint?: string | undefined;
  /**
   * How to ask the server for the revision of its preprocessing. A server that is updated behind the same URL
   * may make other vectors of the same inputs. Part of the cache key.
   */
  readonly revision?: Revision | undefined;
  /** Undefined if only the host knows. */
  readonly dimensions?: number;
  /**
   * Whether the host was asked for this number of dimensions: its vectors need not be cuts of the full ones.
   */
  readonly isResized?: boolean;
  /** The minimum to which a vector can be cut (Matryoshka); undefined if it cannot be cut. */
  readonly minDimensions?: number;
  readonly logitScale?: number;
}

/** @returns undefined if the server names no revision, or cannot be asked and never was */
export type Revision = (call: Call) => Promise<string | undefined>;

interface Listed {
  readonly id: string;
  /** One line for people: family, size, what to know. */
  readonly note: string;
  /** The day on which its host switches it off, if that is known: `2027-01-06`. */
  readonly shutdownDate?: string;
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
  /**
   * The same model with vectors of another length, if the host makes them: they are not cuts of the full
   * ones.
   */
  readonly resized?: (dimensions: number) => EmbeddingModel;
}
export interface RankingModel extends Listed {
  readonly task: 'text-ranking';
  readonly targets: readonly RankingTarget[];
}
export interface ModerationModel extends Listed {
  readonly task: 'moderation';
  readonly targets: readonly ModerationTarget[];
}
export interface ImageModel extends Listed {
  readonly task: 'text-to-image';
  /** Undefined if only the host knows. */
  readonly sizes?: {
    readonly min: number;
    readonly max: number;
    readonly multipleOf: number;
    readonly default: number;
  };
  readonly targets: readonly ImageTarget[];
}
export interface ZeroShotModel extends Listed {
  readonly task: 'zero-shot-image-classification';
  readonly targets: readonly ZeroShotTarget[];
}
export interface EditModel extends Listed {
  readonly task: 'image-to-image';
  readonly targets: readonly EditTarget[];
}
export interface TranscriptionModel extends Listed {
  readonly task: 'automatic-speech-recognition';
  readonly targets: readonly TranscriptionTarget[];
}
export interface SpeechModel extends Listed {
  readonly task: 'text-to-speech';
  readonly targets: readonly SpeechTarget[];
}
export type Model =
  | TextModel
  | EmbeddingModel
  | RankingModel
  | ModerationModel
  | ImageModel
  | ZeroShotModel
  | EditModel
  | TranscriptionModel
  | SpeechModel;
export type Task = Model['task'];
export type ModelOf<T extends Task> = Extract<Model, { task: T }>;
