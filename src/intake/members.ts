/**
 * The place of a member's value in the text of a JSON object, so that it can be replaced without writing the
 * whole object again. The text must be valid JSON: it is not checked again.
 *
 * @returns undefined if the text is not an object, or has the member not exactly once
 */
export function valueSpan(text: string, member: string): readonly [start: number, end: number] | undefined {
  let at = skipWhitespace(text, 0);
  if (text[at] !== '{') return undefined;
  let span: readonly [number, number] | undefined;
  at = skipWhitespace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = skipString(text, at);
    const start = skipWhitespace(text, skipWhitespace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    if (keyOf(text.slice(at, keyEnd)) === member) {
      if (span) return undefined;
      span = [start, end];
      if (!appears(text, member, end)) return span;
    }
    at = skipWhitespace(text, end);
    if (text[at] !== ',') break;
    at = skipWhitespace(text, at + 1);
  }
  return span;
}

/**
 * Whether a member can appear after a place: as itself, or with an escaped letter. Finds out without reading
 * the rest.
 */
function appears(text: string, member: string, from: number): boolean {
  return text.indexOf(`"${member}"`, from) !== -1 || text.indexOf('\\u00', from) !== -1;
}

/** JSON.parse reads escapes: "\u006dodel" is the same member. */
function keyOf(quoted: string): string {
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
}

export function skipWhitespace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); ) code = text.charCodeAt(++at);
  return at;
}

/** @param from at the opening quote @returns the place after the closing one */
export function skipString(text: string, from: number): number {
  let close = text.indexOf('"', from + 1);
  while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = skipString(text, at) - 1;
        if (depth === 0) return at + 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
        break;
      case 0x2c: // ,
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}
