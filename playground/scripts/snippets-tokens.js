import { keyIn, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';

/**
 * Creates a client token: code of a server, which has the key.
 *
 * @param {object} body
 * @returns {import('./snippet-view.js').Snippets}
 */
export function tokenSnippets(body) {
  const key = keyIn();
  const url = `${origin}/v1/client_secrets`;
  return [
    [
      'curl',
      `curl ${url} \\
  -H "Authorization: Bearer ${key.shell}" \\
  -H "Content-Type: application/json" \\
  -d ${shellQuoted(pretty(body))}`,
    ],
    [
      'TypeScript',
      `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { Authorization: ${key.typescriptHeader}, 'Content-Type': 'application/json' },
  body: JSON.stringify(${typescriptLiteral(body).replaceAll('\n', '\n  ')}),
});
// Send it to the app, which uses it as its API key until it expires.
const { value, expires_at } = await answer.json();`,
    ],
  ];
}
