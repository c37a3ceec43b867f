import { ApiFailure } from './api.js';

/**
 * Yields the parsed events of an OpenAI stream until `[DONE]`.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<any>}
 * @throws {ApiFailure} the error of an error event, or `stream_cut` if the stream ends without `[DONE]`
 */
export async function* streamEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const data = /^data: ?(.*?)\r?$/.exec(line)?.[1];
      if (data === undefined) continue;
      if (data === '[DONE]') return;
      const event = JSON.parse(data);
      if (event.error) throw new ApiFailure(event.error);
      yield event;
    }
  }
  throw new ApiFailure({ code: 'stream_cut', message: 'The stream ended without [DONE].' });
}
