import { ApiFailure } from './api.js';

/**
 * Yields the parsed events of an OpenAI stream until `[DONE]`.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {(id: string) => void} [onId] called with the id of an event, if it has one, before the event is
 * yielded
 * @returns {AsyncGenerator<any>}
 * @throws {ApiFailure} the error of an error event, or `stream_cut` if the stream ends without `[DONE]`
 */
export async function* streamEvents(body, onId) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let id = '';
  for (;;) {
    const { value, done } = await reader.read().catch(asCut);
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('id: ')) id = line.slice(4).trim();
      const data = /^data: ?(.*?)\r?$/.exec(line)?.[1];
      if (data === undefined) continue;
      if (data === '[DONE]') return;
      const event = JSON.parse(data);
      if (event.error) throw new ApiFailure(event.error);
      if (id) onId?.(id);
      yield event;
    }
  }
  throw new ApiFailure({ code: 'stream_cut', message: 'The stream ended without [DONE].' });
}

/**
 * Browsers report a lost connection as a `TypeError`, as they do a bug.
 *
 * @param {unknown} error
 * @returns {never}
 */
function asCut(error) {
  if (error instanceof TypeError) throw new ApiFailure({ code: 'stream_cut', message: 'The connection was lost.' });
  throw error;
}
