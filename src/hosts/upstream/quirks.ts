import type { QuirkName } from '../../base/quirk-names.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { UpstreamFailure } from './failure.ts';
import { withoutToolPictures } from './tool-pictures.ts';

/** One way in which hosts differ from OpenAI's API: how a rejection shows it, and what is sent instead. */
interface Quirk {
  /** What a rejection calls the field: as its `param`, or in its words. */
  readonly field: RegExp;
  /** @returns a changed copy of the fields of a request; undefined if there is nothing to change */
  readonly change: (fields: JsonObject) => JsonObject | undefined;
  /** Any rejection that names the field is one of the field itself, whatever it says of its value. */
  readonly anyValue?: true;
  /** The quirk that does the reverse. A host has one of them at most. */
  readonly opposite?: QuirkName;
}

/**
 * Each is a line here, and its name a line in base/quirk-names.ts. A field is only left out if the answer
 * means the same without it.
 */
const QUIRKS: Readonly<Record<QuirkName, Quirk>> = {
  /** Mistral counts without. Source: https://github.com/openai/openai-agents-python/issues/442 */
  no_stream_options: { field: /stream_options|include_usage/, change: without('stream_options'), anyValue: true },
  /** OpenAI's reasoning models, whatever a deployment of them is called. */
  max_completion_tokens: {
    field: /max_tokens/,
    change: renamed('max_tokens', 'max_completion_tokens'),
    opposite: 'max_tokens',
  },
  /** Hosts that only know the older name, such as Mistral's API. */
  max_tokens: {
    field: /max_completion_tokens/,
    change: renamed('max_completion_tokens', 'max_tokens'),
    opposite: 'max_completion_tokens',
  },
  /** In role `tool`, OpenAI's chat takes text only. */
  no_tool_pictures: { field: /messages|content|image/i, change: withoutToolPictures, anyValue: true },
  /** Floats are what every host answers with by default. */
  no_encoding_format: { field: /encoding_format|base64/, change: without('encoding_format'), anyValue: true },
  /** GPT Image models always answer in base64, and reject the field that asks for it. */
  no_response_format: { field: /response_format/, change: without('response_format'), anyValue: true },
  /** Models that make one picture at a time: `dall-e-3`. */
  no_n: { field: /^n$|[`'"]n[`'"]|\bn ?= ?1\b/, change: without('n'), anyValue: true },
  /** Only of seeds that the caller has not chosen. */
  no_seed: { field: /^seed$|[`'"]seed[`'"]/, change: without('seed'), anyValue: true },
};

/** @returns the fields as a host with the quirk takes them; undefined if they are that already */
export function changeFor(name: QuirkName, fields: JsonObject): JsonObject | undefined {
  return QUIRKS[name].change(fields);
}

export function oppositeOf(name: QuirkName): QuirkName | undefined {
  return QUIRKS[name].opposite;
}

/** Said of a field that a host does not know. */
const UNKNOWN =
  /(un|not |n't )support|unrecogni[sz]ed|unknown|unexpected|(not|n't) (permitted|allowed|accept)|\bextra\b|\binstead\b|\b(not|n't) (know|have)/i;
/** Said of a value that is at fault: with the other field, a host that ignores it would accept any value. */
const OF_A_VALUE =
  /must be|should be|at (most|least)|too (large|high|small|low|many|big)|greater|less than|exceed|maxim|minim|range|between|limit|context/i;

/** Whether a failure says that the host has the quirk. */
export function shows(name: QuirkName, failure: UpstreamFailure): boolean {
  const { field, anyValue } = QUIRKS[name];
  if (failure.suspect !== undefined) return field.test(failure.suspect);
  if (failure.reason !== 'rejected' || (failure.status !== 400 && failure.status !== 422)) return false;
  if (!field.test(failure.param ?? '') && !field.test(failure.message)) return false;
  return anyValue === true || UNKNOWN.test(failure.message) || !OF_A_VALUE.test(failure.message);
}

function without(name: string): Quirk['change'] {
  return ({ [name]: value, ...rest }) => (value === undefined ? undefined : rest);
}

function renamed(from: string, to: string): Quirk['change'] {
  return ({ [from]: value, ...rest }) => (value == null ? undefined : { ...rest, [to]: rest[to] ?? value });
}
