/**
 * The guard before every address that is not the operator's: a caller's picture, a host's link to its result.
 * Production `fetch` refuses IP addresses of its own, and Workers cannot pin DNS: this is what can be checked here.
 */

/** Names that are never public. Source: RFC 6761, RFC 6762, RFC 8375, RFC 9476 and ICANN's reserved `.internal`. */
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

const MOST_CHARACTERS = 2048;

/** @returns the address where it is https, on the usual port, at a public name and without credentials. */
export function checkUrl(text: string): URL | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return undefined;
  const name = url.hostname.replace(/\.$/, '').toLowerCase();
  // The URL parser has already turned 0x7f000001, 2130706433 and 127.1 into 127.0.0.1.
  if (/^[\d.]+$/.test(name) || name.startsWith('[') || !name.includes('.')) return undefined;
  if (SPECIAL_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) return undefined;
  return url;
}
