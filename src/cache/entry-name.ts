import { concat } from '../base/bytes/concat.ts';
import { MAX_CANONICAL_CHARACTERS } from '../base/sizes.ts';
import type { Call, Received } from '../call/call.ts';
import type { Model, Target } from '../call/tasks.ts';
import type { Settings } from '../settings/settings.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Wish } from './wish.ts';

const utf8 = new TextEncoder();

/** What is asked, and by which route. */
export interface Named {
  readonly model: Model;
  readonly route: string;
  readonly body: unknown;
  readonly received: Received;
  readonly wish: Wish;
  readonly generation: number;
}

/**
 * The name of an answer: an HMAC over all that decides it. Nothing of the body is left out, so that an
 * unknown field is another answer; and the caller is a part of it: nobody gets what another one asked.
 */
export function nameOf(named: Named, call: Call): string | Promise<string> {
  const first = JSON.stringify(facts(named, call));
  // A body that was seen before, as it came, needs no canonical JSON.
  const asSent = textSent(named, call);
  const parts = asSent === undefined ? partsOf(first, named, call) : [first, asSent];
  // JSON has no line ends outside of its strings, and none within them; a body as it came is the last part.
  const text = parts.every((part) => typeof part === 'string') ? parts.join('\n') : '';
  const canonical = () => (asSent === undefined ? parts : partsOf(first, named, call));
  if (text === '' || text.length > MAX_KNOWN_CHARACTERS) return authenticate(canonical(), call.settings);
  const known = namesOf(call.settings);
  return known.byText.get(text) ?? authenticate(canonical(), call.settings).then((name) => remember(text, name, known));
}

function partsOf(first: string, { received, route, body }: Named, call: Call): (string | Uint8Array)[] {
  const parts: (string | Uint8Array)[] = [first, bodyText(received)];
  // Another route asks in its own words: one request of a surface can ask several times.
  if (route !== received.route) parts.push(canonicalJson(JSON.stringify(body)));
  for (const [name, bytes] of call.attachments) parts.push(name, bytes);
  if (call.upload) parts.push(...call.upload.contents());
  return parts;
}

/**
 * The body as it came, if that is all of the request: one JSON value, so that it is the text of no other
 * request, which has one value as well, or two.
 */
function textSent({ route, received }: Named, { attachments, upload }: Call): string | undefined {
  if (route !== received.route || attachments.size > 0 || upload) return undefined;
  const text = received.forwarded?.source.text;
  return text !== undefined && text.length <= MAX_KNOWN_CHARACTERS ? text : undefined;
}

/** Names of requests that this isolate has seen: a look-up costs a tenth of an HMAC. */
interface Names {
  readonly byText: Map<string, string>;
  characters: number;
}

const names = new WeakMap<Settings, Names>();
const MAX_KNOWN_CHARACTERS = 8_192;
const MAX_ALL_CHARACTERS = 2_000_000;

function namesOf(settings: Settings): Names {
  let known = names.get(settings);
  if (!known) {
    known = { byText: new Map(), characters: 0 };
    names.set(settings, known);
  }
  return known;
}

function remember(text: string, name: string, known: Names): string {
  if (known.characters + text.length > MAX_ALL_CHARACTERS) {
    known.byText.clear();
    known.characters = 0;
  }
  known.characters += text.length;
  known.byText.set(text, name);
  return name;
}

function facts({ model, route, received, wish, generation }: Named, call: Call): unknown[] {
  const { caller, promptCache, params, report, settings } = call;
  const targets = (model.targets as readonly Target[]).map(({ host, upstreamModel }) => [
    host.endpoint(settings)?.url,
    upstreamModel,
  ]);
  return [
    promptCache?.isShared ? ['account', caller.account] : ['caller', caller.id],
    generation,
    [received.route, params, searchOf(call.url())],
    received.headers.get('accept'),
    [route, model.id, targets],
    report.prompt,
    [wish.storesTools, wish.storesIncomplete],
  ];
}

const searchOf = (url: string) => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

/** In large bodies the order of members counts: sorting them would cost more than it saves. */
function bodyText({ forwarded, input }: Received): string | Uint8Array {
  if (!forwarded) return canonicalJson(JSON.stringify(input));
  const { text, bytes } = forwarded.source;
  return text === undefined || text.length > MAX_CANONICAL_CHARACTERS ? bytes : canonicalJson(text);
}

const keys = new WeakMap<Settings, CryptoKey>();

async function keyOf(settings: Settings): Promise<CryptoKey> {
  let key = keys.get(settings);
  if (!key) {
    const secret = utf8.encode(settings.answers.secret);
    key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    keys.set(settings, key);
  }
  return key;
}

/** From here on a copy of a part costs more than a digest of it. */
const DIGESTED_BYTES = 64 * 1024;

/** Each part comes after its length: no two lists of parts are the same bytes. */
async function authenticate(parts: readonly (string | Uint8Array)[], settings: Settings): Promise<string> {
  const bytes = parts.map((part) => (typeof part === 'string' ? utf8.encode(part) : part));
  const lengths = utf8.encode(`${bytes.map(({ length }) => length).join(' ')}\n`);
  const isLarge = ({ length }: Uint8Array) => length >= DIGESTED_BYTES;
  const short = bytes.some(isLarge)
    ? await Promise.all(bytes.map((part) => (isLarge(part) ? digestOf(part) : part)))
    : bytes;
  const message = concat([lengths, ...short]) as Uint8Array<ArrayBuffer>;
  const signature = await crypto.subtle.sign('HMAC', await keyOf(settings), message);
  return new Uint8Array(signature).toBase64({ alphabet: 'base64url', omitPadding: true });
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
