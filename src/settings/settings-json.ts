import { isObject } from '../base/is-object.ts';
import { isLimits, type Limits } from '../base/limits.ts';
import { QUIRK_NAMES, type QuirkName } from '../base/quirk-names.ts';
import { SCOPES, type Scope } from '../base/scopes.ts';
import { NO_CONTROLS } from '../base/text.ts';

/**
 * Settings whose value is JSON. They are few and small: a schema would cost each new isolate milliseconds.
 */

/** USD: per million tokens, per picture, per minute of sound, per request. */
export interface Price {
  readonly input?: number;
  /** What a host reads from a cache of its own; as `input` unless given. */
  readonly cached_input?: number;
  readonly output?: number;
  readonly picture?: number;
  readonly minute?: number;
  readonly request?: number;
}

export interface AppCheck {
  readonly project_number: string;
  /** App ids of Firebase, such as `1:1234:ios:abcd`. */
  readonly apps: readonly string[];
  readonly scopes: readonly Scope[];
  readonly models?: readonly string[];
  /** Of each app, all its users together. */
  readonly limits?: Limits;
  /** Where the public keys are; Firebase's own by default. */
  readonly jwks_url?: string;
}

/** @returns undefined if the value is not set, or unusable */
export function readAppCheck(text: string | undefined): AppCheck | undefined {
  const value = parse(text) as AppCheck | undefined;
  const isUsable =
    value !== undefined &&
    /^\d+$/.test(value.project_number) &&
    isTexts(value.apps) &&
    isTexts(value.scopes) &&
    value.scopes.every((scope) => SCOPES.includes(scope)) &&
    (value.models === undefined || isTexts(value.models)) &&
    (value.limits === undefined || isLimits(value.limits)) &&
    (value.jwks_url === undefined || URL.canParse(value.jwks_url));
  return isUsable ? value : undefined;
}

const PARTS = ['input', 'cached_input', 'output', 'picture', 'minute', 'request'];

/** @returns undefined if the value is not set, or unusable */
export function readPrices(text: string | undefined): Readonly<Record<string, Price>> | undefined {
  const value = parse(text) as Record<string, Price> | undefined;
  if (value === undefined) return undefined;
  const isUsable = Object.values(value).every(
    (price) =>
      isObject(price) &&
      Object.entries(price).every(
        ([part, usd]) => PARTS.includes(part) && Number.isFinite(usd) && (usd as number) >= 0,
      ),
  );
  return isUsable ? value : undefined;
}

/** What is known of a host, or of a model at a host. */
export interface HostOptions {
  /** What it does not take of OpenAI's API, so that no isolate has to find out by a rejection. */
  readonly quirks?: readonly QuirkName[];
  /** Whether it has a `/rerank` of its own. */
  readonly rerank?: boolean;
  /** Whether it is a Llama Guard, which judges as a chat. */
  readonly guard?: boolean;
  /** Whether whole chat answers are requested as streams, so that the host stops when the client leaves. */
  readonly collect?: boolean;
  /** The most texts to embed in one request. */
  readonly texts?: number;
}

const OPTIONS: Readonly<Record<keyof HostOptions, (value: unknown) => boolean>> = {
  quirks: (value) => Array.isArray(value) && value.every((name) => QUIRK_NAMES.includes(name)),
  rerank: (value) => typeof value === 'boolean',
  guard: (value) => typeof value === 'boolean',
  collect: (value) => typeof value === 'boolean',
  texts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2048,
};

/**
 * By `<host>` or `<host>/<model>`, as `x-cedalion-target` shows them.
 *
 * @returns undefined if the value is not set, or unusable
 */
export function readHostOptions(text: string | undefined): Readonly<Record<string, HostOptions>> | undefined {
  const value = parse(text) as Record<string, HostOptions> | undefined;
  const isUsable = Object.values(value ?? {}).every(
    (options) =>
      isObject(options) &&
      Object.entries(options).every(([name, option]) => Object.hasOwn(OPTIONS, name) && isOption(name, option)),
  );
  return isUsable ? value : undefined;
}

/**
 * Names of models that callers send, and the models that they stand for. A `*` at the end stands for any
 * rest.
 *
 * @returns undefined if the value is not set, or unusable
 */
export function readModelNames(text: string | undefined): Readonly<Record<string, string>> | undefined {
  const value = parse(text) as Record<string, unknown> | undefined;
  if (value === undefined) return undefined;
  const isUsable = Object.entries(value).every(
    ([name, model]) => /^[^*]*\*?$/.test(name) && isModelName(name) && isModelName(model),
  );
  return isUsable ? (value as Record<string, string>) : undefined;
}

const isModelName = (value: unknown) =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 && NO_CONTROLS.test(value);

const isOption = (name: string, value: unknown) => OPTIONS[name as keyof HostOptions](value);

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'string');
