/**
 * The text that completes a JSON object that was cut anywhere, and adds one more member to it.
 *
 * A stream that is cut in the middle of an event has already sent half an object to the client. It cannot be
 * taken back, but it can be completed: for `{"a":["b` and the member `"error":1` the completion is
 * `"],"error":1}`.
 *
 * @param cut the part of the object that was sent, from its `{` on
 * @param member a member to add to the object, as JSON text without braces
 * @returns the text to send, or undefined if `cut` is not the beginning of an object
 */
export function closeJson(cut: string, member: string): string | undefined {
  const closers: string[] = [];
  /** The last token outside of strings: it decides what may follow. */
  let last = '';
  let string: { start: number; isKey: boolean } | undefined;
  for (let i = 0; i < cut.length; i++) {
    const character = cut.charAt(i);
    if (string) {
      if (character === '\\') {
        const sequence = cut.slice(i, i + (cut.charAt(i + 1) === 'u' ? 6 : 2));
        if (i + sequence.length >= cut.length && !isWholeEscape(sequence)) {
          return finish(completeEscape(sequence), '"');
        }
        i += sequence.length - 1;
      } else if (character === '"') {
        last = string.isKey ? 'key' : 'value';
        string = undefined;
      }
      continue;
    }
    if (/\s/.test(character)) continue;
    if (character === '"') string = { start: i, isKey: closers.at(-1) === '}' && last !== ':' };
    else if (character === '{' || character === '[') closers.push(character === '{' ? '}' : ']');
    else if (character === '}' || character === ']') closers.pop();
    if (i === 0 && character !== '{') return undefined;
    if (closers.length === 0) return undefined;
    if (!string) last = /[{}[\],:]/.test(character) ? character : 'literal';
  }
  return string ? finish('"') : finish('');

  function finish(...pieces: string[]): string | undefined {
    if (closers.length === 0) return undefined;
    let text = pieces.join('');
    if (string) last = string.isKey ? 'key' : 'value';
    if (last === 'literal') text += completeLiteral(cut);
    if (last === 'key') text += ':null';
    else if (last === ':') text += 'null';
    else if (last === ',' && closers.at(-1) === ']') text += 'null';
    else if (last === ',' && closers.length > 1) text += '"":null';
    const inner = closers.slice(1).reverse().join('');
    // Directly after the outer object's own `{` or `,` the member needs no comma before it.
    const separator = closers.length === 1 && (last === '{' || last === ',') ? '' : ',';
    return `${text}${inner}${separator}${member}}`;
  }
}

function isWholeEscape(sequence: string): boolean {
  return /^\\(u[0-9a-fA-F]{4}|[^u])$/.test(sequence);
}

function completeEscape(sequence: string): string {
  if (sequence === '\\') return '\\';
  return '0'.repeat(6 - sequence.length);
}

function completeLiteral(cut: string): string {
  const begun = /[^\s{}[\],:"]+$/.exec(cut)?.[0] ?? '';
  if (begun === '') return '';
  for (const word of ['true', 'false', 'null']) {
    if (word.startsWith(begun)) return word.slice(begun.length);
  }
  return /[\d]$/.test(begun) ? '' : '0';
}
