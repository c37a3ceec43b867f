import { baseUrl } from './api.js';
import { shownKey } from './key.js';

/** Helpers for the code snippets. Each snippet sends the same request as its page. */

/** The API's base URL without `/v1`. */
export const origin = baseUrl.slice(0, -'/v1'.length);

/** The key as an expression of each language. */
export function keyIn() {
  const { literal, variable } = shownKey();
  return {
    shell: literal ?? `$${variable}`,
    typescript: literal ? `'${literal}'` : `process.env.${variable}`,
    typescriptHeader: literal ? `'Bearer ${literal}'` : `\`Bearer \${process.env.${variable}}\``,
    swift: literal ? `"Bearer ${literal}"` : `"Bearer \\(ProcessInfo.processInfo.environment["${variable}"]!)"`,
    kotlin: literal ? `"Bearer ${literal}"` : `"Bearer \${System.getenv("${variable}")}"`,
  };
}

/** Quotes text with single quotes for a shell. @param {string} text */
export function shellQuoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Escapes dollar signs in JSON, because they start a template in a Kotlin string. @param {string} json */
export function kotlinText(json) {
  return json.replaceAll('$', `\${'$'}`);
}

/**
 * @param {string} text
 * @param {number} spaces
 */
export function indented(text, spaces) {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}

/** Multi-line JSON. @param {unknown} value */
export function pretty(value) {
  return JSON.stringify(value, null, 2);
}

/**
 * JSON as a TypeScript literal: names without quotes, strings in single quotes.
 *
 * @param {unknown} value
 */
export function typescriptLiteral(value) {
  return pretty(value)
    .replace(/^(\s*)"([A-Za-z_]\w*)":/gm, '$1$2:')
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner) => `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`);
}
