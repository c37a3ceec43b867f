import { skipString, skipWhitespace } from '../intake/members.ts';

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
/** What ends a number, `true`, `false` or `null`. */
const END = /[\s,\]}]/g;

/**
 * The same JSON with the members of each object sorted, and without spaces. Numbers and strings stay as they
 * are written: a host may read 1.0, or 9007199254740993, in another way than JSON.parse. Of members with one
 * name, all stay, in their order.
 *
 * @param text valid JSON: it is not checked again
 */
export function canonicalJson(text: string): string {
  let at = 0;

  const value = (): string => {
    at = skipWhitespace(text, at);
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT) return object();
    if (code === OPEN_LIST) return list();
    const start = at;
    if (code === QUOTE) at = skipString(text, at);
    else {
      END.lastIndex = at;
      at = END.exec(text)?.index ?? text.length;
    }
    return text.slice(start, at);
  };

  const object = (): string => {
    const members: (readonly [name: string, value: string])[] = [];
    for (at = skipWhitespace(text, at + 1); text.charCodeAt(at) === QUOTE; at = afterComma()) {
      const start = at;
      at = skipString(text, at);
      const name = text.slice(start, at);
      at = skipWhitespace(text, at) + 1;
      members.push([name, value()]);
    }
    at++;
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([name, its]) => `${name}:${its}`).join(',')}}`;
  };

  const list = (): string => {
    const items: string[] = [];
    at = skipWhitespace(text, at + 1);
    while (text[at] !== ']') {
      items.push(value());
      at = afterComma();
    }
    at++;
    return `[${items.join(',')}]`;
  };

  /** The next member or item, or the bracket that closes. */
  const afterComma = (): number => {
    const next = skipWhitespace(text, at);
    return text[next] === ',' ? skipWhitespace(text, next + 1) : next;
  };

  return value();
}
