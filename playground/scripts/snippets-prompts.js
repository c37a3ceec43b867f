import { baseUrl } from './api.js';
import { indented, keyIn, origin, pretty, shellQuoted, typescriptLiteral } from './snippets.js';
import { requestSnippets } from './snippets-request.js';

/**
 * Runs a prompt.
 *
 * @param {string} id
 * @param {{ variables: object, stream?: boolean }} body
 * @returns {import('./snippet-view.js').Snippets}
 */
export function promptSnippets(id, body) {
  const key = keyIn();
  const client = `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: ${key.typescript} });
`;
  const path = `/v1/prompts/${id}`;
  const others = requestSnippets({ path, body }).filter(([language]) => language === 'Swift' || language === 'Kotlin');
  const request = indented(typescriptLiteral(body), 2);
  return [
    [
      'curl',
      `curl ${body.stream ? '-N ' : ''}${origin}/v1/prompts/${id} \\
  -H "Authorization: Bearer ${key.shell}" \\
  -H "Content-Type: application/json" \\
  -d ${shellQuoted(indented(pretty(body), 2))}`,
    ],
    [
      'TypeScript',
      body.stream
        ? `${client}
const stream = await client.post('/prompts/${id}', {
  body: ${request},
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}`
        : `${client}
const answer = await client.post('/prompts/${id}', {
  body: ${request},
});
console.log(answer.output ?? answer.choices[0].message.content);`,
    ],
    // Of a stream they print the events.
    ...others,
  ];
}
