/** As JSON has it: some writers escape the slash of `image/png`. */
const START = '"data:image';

/**
 * Counts the pictures in a JSON text that are data URLs, and their characters: they are not text, and a host
 * does not count them by their length.
 */
export function dataUrlsIn(json: string): { readonly count: number; readonly characters: number } {
  let count = 0;
  let characters = 0;
  for (let start = json.indexOf(START); start !== -1; ) {
    // Base64 and media types have no quotes.
    const end = json.indexOf('"', start + START.length);
    if (end === -1) break;
    count++;
    characters += end - start;
    start = json.indexOf(START, end);
  }
  return { count, characters };
}
