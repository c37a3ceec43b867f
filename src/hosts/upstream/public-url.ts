import { MAX_URL_CHARACTERS } from '../../base/sizes.ts';

/**
 * The guard of every URL that is not the operator's: a caller's picture, a host's link to its result.
 * Production `fetch` refuses IP addresses itself, and Workers cannot pin DNS: the rest is checked here.
 */

/**
 * Names that are never public. Source: RFC 6761, RFC 6762, RFC 8375, RFC 9476 and ICANN's reserved
 * `.internal`.
 */
const SPECIAL_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'test',
  'invalid',
  'example',
  'onion',
  'alt',
  'home.arpa',
  'arpa',
];

/** @returns the URL if it is https, on the default port, at a public name and without credentials */
export function checkUrl(text: string): URL | undefined {
  if (text.length > MAX_URL_CHARACTERS) return undefined;
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return undefined;
  const name = url.hostname.replace(/\.+$/, '').toLowerCase();
  // The URL parser has already turned 0x7f000001, 2130706433 and 127.1 into 127.0.0.1.
  if (/^[\d.]+$/.test(name) || name.startsWith('[') || !name.includes('.')) return undefined;
  if (SPECIAL_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) return undefined;
  return url;
}
