import { describe, expect, it, vi } from 'vitest';
import { newReport, startStage } from '../../src/call.ts';
import { checkUrl } from '../../src/guard.ts';
import { Lru } from '../../src/lru.ts';
import { sniff } from '../../src/picture-format.ts';
import { mean, normalize, softmax, truncate } from '../../src/vector.ts';
import { GIF, PNG, pngOf } from '../support/pictures.ts';

describe('the guard', () => {
  it.each([
    'https://pictures.example.com/a.png',
    'https://example.org/a?b=c#d',
    'https://bücher.example.com/',
    'HTTPS://EXAMPLE.COM/',
    'https://example.com:443/',
  ])('lets %s by', (url) => expect(checkUrl(url)?.protocol).toBe('https:'));

  it.each([
    'http://example.com/',
    'https://example.com:8443/',
    'https://user@example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'https://a.localhost/',
    'https://printer.local/',
    'https://router.home.arpa/',
    'https://metadata.internal./',
    'https://intranet/',
    'ftp://example.com/',
    'data:image/png;base64,AA==',
    'not an address',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('stops %s', (url) => expect(checkUrl(url)).toBeUndefined());
});

describe('the format of a picture', () => {
  it('is read from its first bytes', () => {
    expect(sniff(PNG)).toEqual({ mediaType: 'image/png', width: 1, height: 1 });
    expect(sniff(GIF)).toEqual({ mediaType: 'image/gif', width: 1, height: 1 });
    expect(sniff(pngOf(640, 480))).toMatchObject({ width: 640, height: 480 });
    const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 9, 0, 16, 3];
    expect(sniff(Uint8Array.from(jpeg))).toEqual({ mediaType: 'image/jpeg', width: 16, height: 9 });
    const webp = (chunk: string, rest: number[]) =>
      new Uint8Array([...new TextEncoder().encode(`RIFF\0\0\0\0WEBP${chunk}`), ...rest]);
    expect(sniff(webp('VP8X', [10, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 8, 0, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8L', [9, 0, 0, 0, 0x2f, 15, 0, 2, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8 ', [9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 16, 0, 9, 0]))).toMatchObject({
      width: 16,
      height: 9,
    });
  });

  it('is unknown of anything cut or foreign', () => {
    for (let end = 0; end < 24; end++) expect(sniff(PNG.subarray(0, end))).toBeUndefined();
    for (const text of ['<svg/>', 'BM', '%PDF-1.7', 'RIFF\0\0\0\0WAVEfmt ']) {
      expect(sniff(new TextEncoder().encode(text.padEnd(40)))).toBeUndefined();
    }
    expect(sniff(pngOf(0, 5))).toBeUndefined();
  });
});

describe('the bounded map', () => {
  it('forgets what was used longest ago, and stays within its bytes', () => {
    const lru = new Lru<string>(100, (value) => value.length);
    for (const key of 'abcd') lru.set(key, 'x'.repeat(28));
    expect([...'abcd'].map((key) => lru.get(key) !== undefined)).toEqual([false, true, true, true]);
    lru.get('b');
    lru.set('e', 'x'.repeat(28));
    expect([...'bcde'].map((key) => lru.get(key) !== undefined)).toEqual([true, false, true, true]);
    expect(lru.bytes).toBeLessThanOrEqual(100);
  });

  it('does not keep what is larger than all of it', () => {
    const lru = new Lru<string>(10, (value) => value.length);
    lru.set('a', 'x'.repeat(50));
    expect(lru.get('a')).toBeUndefined();
    expect(lru.bytes).toBe(0);
  });
});

describe('arithmetic', () => {
  it('has no direction for zeros and infinities', () => {
    expect(normalize(new Float32Array([0, 0]))).toBeUndefined();
    expect(normalize(new Float32Array([Number.POSITIVE_INFINITY, 0]))).toBeUndefined();
    expect(mean([new Float32Array([1, 0]), new Float32Array([-1, 0])])).toBeUndefined();
  });

  it('keeps unit length', () => {
    expect(Math.hypot(...(mean([new Float32Array([1, 0]), new Float32Array([0, 1])]) ?? []))).toBeCloseTo(1, 6);
    expect(Math.hypot(...truncate(new Float32Array([0.6, 0.64, 0.48]), 2))).toBeCloseTo(1, 6);
  });

  it('survives logits of any size', () => {
    expect(softmax([1000, 0])).toEqual([1, 0]);
    expect(softmax([-1000, -1000])).toEqual([0.5, 0.5]);
  });
});

describe('the time of a stage', () => {
  it('counts work side by side once, and work in turn twice', () => {
    const now = vi.spyOn(performance, 'now');
    const report = newReport();
    const at = (milliseconds: number) => now.mockReturnValue(milliseconds);
    at(0);
    const first = startStage(report, 'upstream');
    at(10);
    const second = startStage(report, 'upstream');
    at(30);
    first();
    at(40);
    second();
    at(100);
    const third = startStage(report, 'upstream');
    at(105);
    third();
    vi.restoreAllMocks();
    expect(report.timings).toEqual({ upstream: 45 });
  });
});
