import { isObject } from '../../base/is-object.ts';
import { retryDelaySeconds } from './retry-after.ts';

/** What a host says about an error, in the shapes that hosts use. */
export interface HostError {
  readonly message: string;
  readonly code?: string | undefined;
  /** The host's own name of the kind. */
  readonly type?: string | undefined;
  readonly param?: string | undefined;
  /** The status that the error stands for, if it comes within an answer whose status is 200. */
  readonly status?: number | undefined;
  /** How long the host asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether it is no error of a known shape, but a text in place of the JSON that was asked for. */
  readonly isText?: boolean;
}

/**
 * Thrown by whoever reads an answer with status 200 that is an error. What sends requests turns it into a
 * failure.
 */
export class ErrorAnswer extends Error {
  readonly said: HostError;

  constructor(said: HostError) {
    super('The answer is an error.');
    this.said = said;
  }
}

type Members = Record<string, unknown>;

/** Reads an error of any shape. Without words its message is empty. */
export function hostErrorIn(body: unknown): HostError {
  // Google's API sends a list of one.
  const outer = objectIn(Array.isArray(body) ? body[0] : body);
  const inner = objectIn(outer.error ?? firstOf(outer.errors));
  // FastAPI's list of what is wrong, which Mistral has in its message: each has a text, and the path of its
  // field.
  const detail = outer.detail ?? objectIn(outer.message).detail;
  const wrong = objectIn(firstOf(detail));
  const reason = reasonIn(objectIn(inner.metadata).raw);
  const texts = [inner.message, outer.error, outer.error_message, outer.message, outer.detail, wrong.msg];
  const said = [...texts, firstOf(outer.errors), objectIn(outer.base_resp).status_msg].find(isText) ?? '';
  const status = [inner.code, inner.status, inner.http_status_code, inner.status_code, outer.status, outer.code]
    .map(Number)
    .find((number) => Number.isInteger(number) && number >= 400 && number < 600);
  return {
    message: reason && !said.includes(reason.message) ? [said, reason.message].filter(Boolean).join(': ') : said,
    code: identifierIn(inner.code, /^[a-z][\w-]{0,63}$/i) ?? reason?.code,
    type: [inner.type, outer.error_type, outer.type].find(isText) ?? reason?.type,
    retryAfterSeconds: retryDelaySeconds(inner.details) ?? reason?.retryAfterSeconds,
    param: identifierIn(inner.param ?? outer.param ?? pathIn(wrong), /^[a-z][\w.[\]-]{0,127}$/i) ?? reason?.param,
    // A stream's error may only name its kind.
    status:
      status ??
      (/invalid_request|bad_?request|validation/i.test(`${inner.type} ${outer.error_type} ${outer.type}`)
        ? 400
        : undefined),
  };
}

/** JSON under any type, or a text that is not a page for people. */
export function errorInText(text: string): HostError {
  try {
    return hostErrorIn(JSON.parse(text));
  } catch {
    return { message: /^\s*</.test(text) ? '' : text.trim() };
  }
}

/** What a host says in place of an answer, with status 200. JSON that was cut says nothing. */
export function wordsInstead(text: string): HostError | undefined {
  if (/^\s*[[{"]/.test(text) && !isJson(text)) return undefined;
  // A stream that nobody asked for may have an error as its first event.
  const data = /^(?:event:[^\n]*\n)?data:\s*(\{.*\})\s*$/m.exec(text)?.[1];
  const inEvent = data !== undefined && isJson(data) ? failureIn(JSON.parse(data)) : undefined;
  const said =
    inEvent ?? (/^\s*(data|event)?:/.test(text) ? undefined : { ...errorInText(text), isText: !isJson(text) });
  return said?.message ? said : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The error in what a host sent with status 200: a whole answer, or the data of an event. Some hosts have
 * `code` and `message` beside what they were asked for, so words alone are an error only where nothing else
 * is.
 *
 * @param isNamed whether the event is named `error`: then all of it is one
 */
export function failureIn(body: unknown, isNamed = false): HostError | undefined {
  if (isNamed && isText(body)) return { message: body };
  const answer = Array.isArray(body) ? body[0] : body;
  if (!isObject(answer)) return isNamed ? { message: '' } : undefined;
  if (isNamed || isGiven(answer.error)) return hostErrorIn(answer);
  const choices = Array.isArray(answer.choices) ? answer.choices.filter(isObject) : [];
  for (const choice of choices) {
    if (isGiven(choice.error)) return hostErrorIn(choice);
    if (choice.finish_reason === 'error') return hostErrorIn(answer);
  }
  return choices.length === 0 && saysError(answer) ? hostErrorIn(answer) : undefined;
}

/** Whether something that has no choices says that it is an error. */
function saysError({ object, type, error_type, error_message, detail, errors, base_resp, ...rest }: Members): boolean {
  if (object === 'error' || type === 'error' || isGiven(error_type) || isGiven(error_message)) return true;
  if (isText(rest.text) || (Array.isArray(rest.data) && rest.data.length > 0)) return false;
  // MiniMax: 0 is success.
  if (isGiven(detail) || firstOf(errors) !== undefined || isGiven(objectIn(base_resp).status_code)) return true;
  return isText(rest.message) && hostErrorIn(rest).status !== undefined;
}

/**
 * The reason of the host behind a host: a text, or JSON, which may be in a text. Source: OpenRouter's
 * `metadata.raw`.
 */
function reasonIn(raw: unknown): HostError | undefined {
  if (!isText(raw)) return isObject(raw) ? hostErrorIn(raw) : undefined;
  try {
    const reason = hostErrorIn(JSON.parse(raw));
    if (reason.message !== '') return reason;
  } catch {
    // It is a text.
  }
  return { message: raw };
}

/** A host may send an empty text or 0 where others leave a member out. */
const isGiven = (value: unknown): boolean => Boolean(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);
const objectIn = (value: unknown): Members => (isObject(value) ? value : {});

/**
 * FastAPI's path of a field, such as `["body", "input", "list[str]", 2]`: beside names, it has kinds of a
 * union.
 */
function pathIn({ loc }: Members): unknown {
  if (!Array.isArray(loc)) return undefined;
  const index = loc.slice(2).find(Number.isInteger);
  return index === undefined ? loc[1] : `${loc[1]}[${index}]`;
}

function identifierIn(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}
