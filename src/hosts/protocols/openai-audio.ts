import { isObject } from '../../base/is-object.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import { hostTokens } from '../../call/host-counts.ts';
import type { Host } from '../../call/hosts.ts';
import type { SpeechTarget, TranscriptionTarget } from '../../call/tasks.ts';
import type { Upload } from '../../intake/upload.ts';
import { peekStream } from '../stream/peek.ts';
import { relayStream } from '../stream/relay.ts';
import { noteBreak, relayBytes } from '../stream/relay-bytes.ts';
import { encodeEvent, isEventStream, STREAM_HEADERS } from '../stream/sse.ts';
import { parseAnswer, readAnswer, readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';
import { endpointOf, jsonRequest } from './json-request.ts';
import { withModel } from './openai-text.ts';

/**
 * Speech by OpenAI's API, which hosts of open models have too.
 * Source: https://platform.openai.com/docs/api-reference/audio
 *
 * @param path where the API begins, at a host whose base URL is not the API's
 */
export function transcriptionAt(host: Host, upstreamModel: string, path = ''): TranscriptionTarget {
  return {
    host,
    upstreamModel,
    transcribe(form, into, call) {
      const { url, token } = endpointOf(host, call);
      const cancellation = call.cancellation.part();
      const body = form.body(upstreamModel, (error) => cancellation.cancel(error));
      const headers = {
        'content-type': body.contentType,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      };
      const request = { name: host.name, url: `${url}${path}/audio/${into}`, headers, body, streamed: true };
      const once = { isSpent: !form.isHeld, sent: body.sent };
      return send({ ...request, ...once }, deriveCall(call, { cancellation }), (response) =>
        relayTranscript(response, host.name, form, deriveCall(call, { cancellation })),
      );
    },
  };
}

/** The same for speech. */
export function speechAt(host: Host, upstreamModel: string, path = ''): SpeechTarget {
  return {
    host,
    upstreamModel,
    speak(request, call) {
      const body = withModel(request, upstreamModel, call);
      const upstream = { ...jsonRequest(host, `${path}/audio/speech`, body, call), streamed: true };
      const isEvents = request.body.stream_format === 'sse';
      return send(upstream, call, (response) => relaySpeech(response, host.name, isEvents, call));
    },
  };
}

/** Whether an answer is a stream. One that was not asked for is known by its type. */
async function asked(response: Response, isEvents: boolean): ReturnType<typeof peekStream> {
  if (isEventStream(response)) return { isStream: true, answer: response };
  return isEvents ? peekStream(response) : { isStream: false, answer: response };
}

const typeOf = ({ headers }: Response) => headers.get('content-type') ?? '';

/**
 * Checks a transcript, and passes its own bytes on: JSON, a text in one of the formats of subtitles, or a
 * stream.
 */
async function relayTranscript(sent: Response, name: string, { fields }: Upload, call: Call): Promise<Response> {
  const type = typeOf(sent);
  const { isStream, answer: response } = await asked(sent, fields.stream === 'true');
  if (isStream) return relayStream(response, name, call);
  const bytes = await readAnswer(response, name, { maxBytes: MAX_TEXT_ANSWER_BYTES });
  const text = new TextDecoder().decode(bytes);
  const itsType = transcriptType(type, fields.response_format, text);
  if (itsType === undefined) throw invalidAnswer(name, 'with something that is not a transcript');
  const json = /json/i.test(itsType) ? parseAnswer(text, name) : undefined;
  if (json !== undefined) noteUsage(json, name, call);
  // A host that does not stream: the whole transcript is the one event.
  if (fields.stream === 'true') return new Response(doneEvent(json ?? text), { headers: STREAM_HEADERS });
  return new Response(bytes, { headers: { 'content-type': itsType } });
}

/** Formats of transcripts that are text. */
const TEXT_TYPES: Readonly<Record<string, string>> = {
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
};
/** Types that say nothing. */
const UNTOLD = /^$|^(application|binary)\/octet-stream/i;

/**
 * The type of a transcript: the host's own if it is the one of a transcript, or that of the format that was
 * requested. whisper.cpp calls a text `text/html`, which a browser would run.
 *
 * @returns undefined if it is no transcript
 */
function transcriptType(type: string, format: unknown, text: string): string | undefined {
  if (/json|^text\/(plain|vtt|srt)|^application\/x-subrip/i.test(type)) return type;
  const ofFormat = typeof format === 'string' && Object.hasOwn(TEXT_TYPES, format) ? TEXT_TYPES[format] : undefined;
  if (ofFormat === undefined) return UNTOLD.test(type) ? 'application/json' : undefined;
  const canBe = UNTOLD.test(type) || /^text\//i.test(type);
  return canBe && !/^\s*<(!doctype|html)/i.test(text) ? ofFormat : undefined;
}

/** The last event of OpenAI's stream of a transcript. */
function doneEvent(answer: unknown): Uint8Array {
  const { text, usage } = isObject(answer) ? answer : { text: answer };
  return encodeEvent({ type: 'transcript.text.done', text, ...(isObject(usage) && { usage }) });
}

/** Hosts count the tokens or the seconds of the sound, or neither. */
function noteUsage(answer: unknown, name: string, { outcome }: Call): void {
  // Some hosts send a text as JSON.
  if (typeof answer === 'string') return;
  const { text, usage, duration } = (answer ?? {}) as Record<string, unknown>;
  if (typeof text !== 'string') throw invalidAnswer(name, 'without a text');
  const { input_tokens, output_tokens, seconds = duration } = (usage ?? {}) as Record<string, unknown>;
  const tokens = hostTokens(numberIn(input_tokens), numberIn(output_tokens));
  if (tokens && tokens.prompt > 0) outcome.addTokens(tokens);
  const length = numberIn(seconds);
  // How long the sound can be at most: metering/meter.ts.
  if (length > 0 && Number.isFinite(length)) outcome.addSeconds(length);
}

/** Some hosts write numbers as strings, or leave them out. */
const numberIn = (value: unknown): number => Number(value ?? 0);

async function relaySpeech(sent: Response, name: string, isEvents: boolean, call: Call): Promise<Response> {
  const type = typeOf(sent);
  const { isStream, answer: response } = await asked(sent, isEvents);
  if (isStream) return relayStream(response, name, call);
  if (UNTOLD.test(type) || /^(audio\/|application\/ogg|video\/(mp4|webm|ogg))/i.test(type)) {
    return noteBreak(relayBytes(response, { type: type || 'application/octet-stream', call }), call);
  }
  // What it says instead. A page for people says nothing.
  if (/json|^text\/plain/i.test(type)) await readJson(response, name, MAX_ERROR_ANSWER_BYTES);
  else await response.body?.cancel();
  throw invalidAnswer(name, 'with something that is not sound');
}
