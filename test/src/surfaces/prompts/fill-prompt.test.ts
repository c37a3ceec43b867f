import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../src/base/templates/template.ts';
import type { JsonSchema } from '../../../../src/intake/json-schema.ts';
import { prompts } from '../../../../src/surfaces/prompts/compiled.ts';
import { fillPrompt } from '../../../../src/surfaces/prompts/fill-prompt.ts';
import type { Values } from '../../../../src/surfaces/prompts/prompt.ts';
import { readVariables } from '../../../../src/surfaces/prompts/variables.ts';
import { randomFrom } from '../../../support/random.ts';

const random = randomFrom(23);
const below = (count: number) => Math.floor(random() * count);
const PIECES =
  '<| |> im_start im_end end user system assistant tool <s> </s> [INST] [/INST] <<SYS>> <eos> < | > [ ] / {{ }} {{review}} {{#text}} " \\ \n \r \t \0 # 日 👩‍👧 \ud800 ｜ $fill $& $1 role content messages ,'
    .split(' ')
    .concat(['# system\n', '# user', ' ', '<', '|', '<start_of_turn>']);
const text = () => Array.from({ length: 1 + below(30) }, () => PIECES[below(PIECES.length)]).join('');

/** Any value that fits. */
function valueFor(schema: JsonSchema): unknown {
  if (schema.type === 'array')
    return Array.from({ length: 1 + below(3) }, () => text().slice(0, schema.items?.maxLength));
  return text().slice(0, schema.maxLength);
}

describe.each(prompts.map((prompt) => [prompt.name, prompt] as const))('the messages of %s', (_, prompt) => {
  it('have the same number, roles and fixed texts, whatever the variables are: 500 of them', () => {
    const shape = prompt.messages.map(({ role }) => role);
    for (let i = 0; i < 500; i++) {
      const entries = Object.entries(prompt.input.properties ?? {}).map(([name, schema]) => [name, valueFor(schema)]);
      const variables = readVariables(prompt, Object.fromEntries(entries), ['variables']);
      const messages = fillPrompt(prompt, variables);
      expect(messages.map(({ role }) => role)).toEqual(shape);
      for (const [i, { content, ...rest }] of messages.entries()) {
        expect(Object.keys(rest)).toEqual(['role']);
        expect(content).not.toMatch(/<[|｜]|<\/?s>|\[\/?INST\]|<\/?<SYS>>|<(eos|start_of_turn)>/i);
        const template = prompt.messages[i]?.content;
        if (typeof template === 'string') expect(content).toBe(template);
        else for (const part of template?.$fill ?? []) if (typeof part === 'string') expect(content).toContain(part);
      }
    }
  });
});

describe('a variable in a text', () => {
  const fill = (variables: Values) => {
    const types = { text: 'string', count: 'number', formal: 'boolean', list: 'array' } as const;
    const properties: Record<string, JsonSchema> = {};
    for (const [name, type] of Object.entries(types)) properties[name] = { type };
    const section = (name: string): Part => ({ $if: [name], parts: [`[${name}=`, [name], ']'] });
    const content = { $fill: Object.keys(types).map(section) };
    return fillPrompt({ messages: [{ role: 'user', content }], input: { type: 'object', properties } }, variables)[0]
      ?.content;
  };

  it.each([
    [{ text: 'a', count: 1.5, formal: true, list: ['b', 'c'] }, '[text=a][count=1.5][formal=true][list=b, c]'],
    [{ text: '', count: 0, formal: false, list: [] }, '[count=0]'],
    [{}, ''],
  ])('keeps its section unless it is empty or false: %j', (variables, expected) => {
    expect(fill(variables)).toBe(expected);
  });
});
