import { describe, expect, it } from 'vitest';
import { SseFramer } from '../../../src/runs/sse-framer.ts';

const utf8 = new TextEncoder();

/** What comes out of a stream that arrives in chunks of a size. */
function cut(text: string, size: number): string {
  const framer = new SseFramer('r');
  const bytes = utf8.encode(text);
  const events: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...framer.push(bytes.slice(at, at + size)));
  return [...events, ...framer.end()].map((event) => new TextDecoder().decode(event)).join('');
}

describe('events of a stream', () => {
  it.each([
    ['with line feeds', 'data: a\n\ndata: ü\n\n', 'id: r:1\ndata: a\n\nid: r:2\ndata: ü\n\n'],
    ['with CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', 'id: r:1\ndata: a\r\n\r\nid: r:2\ndata: b\r\n\r\n'],
    ['of several lines', 'event: x\ndata: a\ndata: b\n\n', 'id: r:1\nevent: x\ndata: a\ndata: b\n\n'],
    ['after comments', ': keepalive\n\n: one\n: two\n\ndata: a\n\n', 'id: r:1\ndata: a\n\n'],
    ['with a comment of their own', ': note\ndata: a\n\n', 'id: r:1\n: note\ndata: a\n\n'],
    ['after empty lines', '\n\n\ndata: a\n\n\n\ndata: b\n\n', 'id: r:1\ndata: a\n\nid: r:2\ndata: b\n\n'],
    ['that end with the stream', 'data: a\n\ndata: b', 'id: r:1\ndata: a\n\nid: r:2\ndata: b\n\n'],
    ['up to [DONE]', 'data: a\n\ndata: [DONE]\n\n', 'id: r:1\ndata: a\n\nid: r:2\ndata: [DONE]\n\n'],
    ['after [DONE]', 'data: [DONE]\n\ndata: b\n\n', 'id: r:1\ndata: [DONE]\n\nid: r:2\ndata: b\n\n'],
    ['that are none', '', ''],
  ])('%s have numbers, wherever the stream is cut', (_, text, expected) => {
    for (let size = 1; size <= text.length + 1; size++) expect(cut(text, size), `chunks of ${size}`).toBe(expected);
  });

  it('hold back [DONE] until the end of the stream is known', () => {
    const framer = new SseFramer('r');
    expect(framer.push(utf8.encode('data: [DONE]\n\n'))).toEqual([]);
    expect(framer.end()).toHaveLength(1);
  });

  it.each(['completed', 'incomplete', 'failed'])('hold back response.%s in the same way', (status) => {
    const framer = new SseFramer('r');
    const text = `event: response.created\ndata: {}\n\nevent: response.${status}\ndata: {}\n\n`;
    expect(framer.push(utf8.encode(text))).toHaveLength(1);
    expect(framer.end()).toHaveLength(1);
  });
});
