import type { Filled } from '../../base/templates/template.ts';
import type { JsonSchema } from '../../intake/json-schema.ts';

/** Of variables or parameters, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** A file of prompts/, as scripts/compile.ts compiles it. Plain data. */
export interface Prompt {
  /** Of the file, and in the path of the route. */
  readonly name: string;
  /** The first 12 hex digits of the SHA-256 of everything below the description. */
  readonly version: string;
  readonly description: string;
  readonly model: string;
  /** Parameters for the host, such as `temperature`. */
  readonly parameters: Values;
  readonly messages: readonly MessageTemplate[];
  /** Of the variables: an object without other fields. */
  readonly input: JsonSchema;
  /** Of the answer. A schema of type `string` takes the text itself, every other one takes JSON. */
  readonly output?: JsonSchema;
  /** For how many seconds its answers are cached, if a request does not say. */
  readonly cache?: number;
  /** Set if all tokens of a key share cached answers. */
  readonly cacheScope?: 'key';
}

/** A message of the prompt. Those of examples have no places. */
type MessageTemplate = { readonly role: string; readonly content: Filled | string };

/** A message of a chat. */
export interface Message {
  readonly role: string;
  readonly content: string;
}
