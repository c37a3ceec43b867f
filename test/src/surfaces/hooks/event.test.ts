import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../../../src/surfaces/hooks/event.ts';

const read = (event: Record<string, unknown>, ...paths: string[]) => fieldsOf(event)(paths);

describe('a field of an event', () => {
  it('is found by its path', () => {
    expect(read({ issue: { labels: [{ name: 'bug' }] } }, 'issue.labels.0.name')).toBe('bug');
  });

  it('is the first of several paths that has a text, or nothing', () => {
    const event = { text: '', event: { text: 'b' }, n: 3, is: false };
    expect(read(event, 'text', 'event.text')).toBe('b');
    expect(read(event, 'n')).toBe('3');
    expect(read(event, 'is')).toBe('false');
    expect(read(event, 'missing.path')).toBe('');
  });

  it('is nothing if it is not a text, or not of the event itself', () => {
    expect(read({ a: { role: 'system' } }, 'a')).toBe('');
    expect(read({ a: ['x'] }, 'a')).toBe('');
    expect(read({}, 'constructor.name', '__proto__.x')).toBe('');
  });

  it('is cut if it is long', () => {
    expect(read({ a: 'x'.repeat(20_000) }, 'a')).toHaveLength(16_000);
  });
});
