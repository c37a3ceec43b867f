import { describe, expect, it } from 'vitest';
import { EventReader } from '../../../../src/hosts/stream/event-reader.ts';

const utf8 = new TextEncoder();

/** What is read of a text that comes in pieces of this many bytes. */
function read(text: string, size = text.length): unknown[] {
  const reader = new EventReader();
  const bytes = utf8.encode(text);
  const items = [];
  for (let at = 0; at < bytes.length; at += size) items.push(...reader.read(bytes.subarray(at, at + size)));
  return [...items, ...reader.end()].map((item) => {
    if (item.kind === 'event') return item.json;
    if (item.kind === 'failed') return { failed: item.error.message };
    return item.kind === 'comment' ? item.text : item.kind;
  });
}

describe('a reader of events', () => {
  it.each([
    ['\n', 1],
    ['\r\n', 1],
    ['\r\n', 3],
    ['\r', 1],
    ['\n', 1000],
  ])('joins data lines that end with %j, in pieces of %i bytes', (end, size) => {
    const text = ['data: {"a":', 'data: "ü🌊"}', '', ': hi', 'data:{"b":1}', '', 'data: [DONE]', '', ''].join(end);
    expect(read(text, size)).toEqual([{ a: 'ü🌊' }, ': hi', { b: 1 }, 'done']);
  });

  it('takes each line as an event where no empty line separates them, as it comes', () => {
    const reader = new EventReader();
    expect(reader.read(utf8.encode('data: {"a":1}\n'))).toMatchObject([{ kind: 'event', json: { a: 1 } }]);
    expect(reader.read(utf8.encode('data: {"a":2}\ndata: [DONE]\n'))).toMatchObject([
      { kind: 'event' },
      { kind: 'done' },
    ]);
  });

  it('takes lines for events that are JSON each, if what they are together is not', () => {
    expect(read('data: 1x\ndata: {"a":1}\n\n')).toEqual(['unreadable']);
    expect(read('data:\ndata: {"a":1}\ndata: {"b":1}\n\n')).toEqual([{ a: 1 }, { b: 1 }]);
  });

  it('lets nothing vanish that it cannot read', () => {
    expect(read('data: {"a"\n\ndata: {"b":1}\n\n')).toEqual(['unreadable', { b: 1 }]);
    expect(read('data: {"b":1}\n\ndata: {"a"')).toEqual([{ b: 1 }, 'unreadable']);
    expect(read('data: "text"\n\n')).toEqual(['unreadable']);
  });

  it('takes the error that follows an event that was cut for all of it', () => {
    expect(read('data: {"a"\n\ndata: {"error":{"message":"cut"}}\n\n')).toEqual([{ failed: 'cut' }]);
  });

  it('skips what only keeps a connection alive', () => {
    expect(read('event: ping\ndata: still here\n\ndata: null\n\nretry: 3\n\ndata:\n\ndata: {"a":1}\n\n')).toEqual([
      { a: 1 },
    ]);
  });

  it('gives up a line, and an event, that does not end', () => {
    const reader = new EventReader();
    const long = utf8.encode('x'.repeat(9 * 1024 * 1024));
    expect(reader.read(long)).toEqual([{ kind: 'unreadable' }]);
    const lines = new EventReader();
    lines.read(utf8.encode('data: {\n'));
    expect(lines.read(utf8.encode(`data: ${'x'.repeat(9 * 1024 * 1024)}\n`))).toContainEqual({ kind: 'unreadable' });
  });
});
