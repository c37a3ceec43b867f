import { describe, expect, it } from 'vitest';
import { checkUrl } from '../../../../src/hosts/upstream/public-url.ts';

describe('the URL guard', () => {
  it.each([
    'https://pictures.example.com/a.png',
    'https://example.org/a?b=c#d',
    'https://bücher.example.com/',
    'HTTPS://EXAMPLE.COM/',
    'https://example.com:443/',
  ])('allows %s', (url) => expect(checkUrl(url)?.protocol).toBe('https:'));

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
    'https://printer.local../',
    'https://intranet/',
    'ftp://example.com/',
    'data:image/png;base64,AA==',
    'not an address',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('rejects %s', (url) => expect(checkUrl(url)).toBeUndefined());
});
