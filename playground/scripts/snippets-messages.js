import { indented, keyIn, origin, pretty, shellQuoted } from './snippets.js';

/**
 * The same chat as a streamed request in Anthropic's shape, which has no raw prompts.
 *
 * @param {{ model?: unknown, max_tokens?: unknown, temperature?: number, messages?: object[] }} body
 * @param {Record<string, string>} headers
 */
export function messagesSnippet({ model, max_tokens, temperature = 1, messages }, headers) {
  if (!messages) return '# Messages have no raw prompt. Choose the chat.';
  // Anthropic's temperatures end at 1.
  const json = pretty({ model, max_tokens, temperature: Math.min(temperature, 1), stream: true, messages });
  const lines = Object.entries(headers).map(([name, value]) => `  -H "${name}: ${value}" \\\n`);
  return `curl -N ${origin}/v1/messages \\
  -H "x-api-key: ${keyIn().shell}" \\
  -H "anthropic-version: 2023-06-01" \\
  -H "Content-Type: application/json" \\
${lines.join('')}  -d ${shellQuoted(indented(json, 2))}`;
}
