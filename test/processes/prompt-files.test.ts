import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileAll, readPrompts } from '../../scripts/compile.ts';
import type { Mistakes } from '../../scripts/mistakes.ts';
import { compilePrompt } from '../../scripts/prompt-file.ts';

describe('prompts/*.md and hooks/*.md', () => {
  it('are compiled: run npm run compile after a change', () => {
    for (const [path, text] of Object.entries(compileAll())) {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'), path).toBe(text);
    }
  });

  it('have cases in every prompt', () => {
    expect(readPrompts().filter(({ cases }) => cases.length === 0)).toEqual([]);
  });
});

describe('docs/prompts.md', () => {
  it('shows a file that compiles', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/prompts.md'), 'utf8');
    const [, source = ''] = /```md\n([\s\S]*?)```/.exec(text) ?? [];
    expect(compilePrompt('sentiment', source).prompt.messages).toHaveLength(4);
  });
});

const HEAD = { description: 'x', model: 'text', input: { a: { type: 'string' } } };
/** A file with other fields. JSON is YAML. */
const compile = (head: object = {}, text = 'Hello {{a}}', file = 'greet') =>
  compilePrompt(file, `---\n${JSON.stringify({ ...HEAD, ...head })}\n---\n${text}\n`);

describe('a prompt file', () => {
  it('has messages with the roles that it names, and sections', () => {
    const { messages } = compile({}, '# system\nBe brief.\n\n# user\nHi{{#a}} {{a}}{{/a}}\n').prompt;
    expect(messages).toEqual([
      { role: 'system', content: { $fill: ['Be brief.'] } },
      { role: 'user', content: { $fill: ['Hi', { $if: ['a'], parts: [' ', ['a']] }] } },
    ]);
  });

  it('requires variables without a default, and limits each text', () => {
    const list = { type: 'array', items: { type: 'string' }, default: [] };
    const { input } = compile({ input: { ...HEAD.input, b: list } }, '{{a}} {{b}}').prompt;
    expect(input).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string', maxLength: 64_000 },
        b: { type: 'array', items: { type: 'string', maxLength: 64_000 }, maxItems: 100, default: [] },
      },
      required: ['a'],
      additionalProperties: false,
    });
  });

  it('shows its examples after what the system says, without places and tokens', () => {
    const examples = [{ variables: { a: '{{a}} <|end|>' }, answer: { is: 1 } }];
    const { messages } = compile({ examples }, '# system\nBe brief.\n# user\nSay {{a}}').prompt;
    expect(messages.slice(1, 3)).toEqual([
      { role: 'user', content: 'Say {{a}} < |end|>' },
      { role: 'assistant', content: '{"is":1}' },
    ]);
    expect(messages).toHaveLength(4);
  });

  it('has a version that changes with its content, and not with its description and cases', () => {
    const version = (head: object, text?: string) => compile(head, text).prompt.version;
    const same = [{}, { description: 'y' }, { cases: [{ variables: { a: 'x' }, answer: 'y' }] }];
    expect(new Set(same.map((head) => version(head))).size).toBe(1);
    const output = { type: 'string' };
    const input = { a: { type: 'string', maxLength: 5 } };
    const others = [{ model: 'image' }, { parameters: { seed: 1 } }, { output }, { input }].map((head) =>
      version(head),
    );
    expect(new Set([version({}), version({}, 'Bye {{a}}'), ...others]).size).toBe(6);
  });

  const object = { type: 'object', properties: { is: { type: 'boolean' } }, required: ['is'] };
  it.each([
    [{ description: '' }, 'description'],
    [{ model: undefined }, 'model'],
    [{ model: 'txet' }, 'there is no such model'],
    [{ modle: 'x' }, 'modle'],
    [{ parameters: { temperature: 3 } }, 'parameters.temperature'],
    [{ parameters: { stream: true } }, '`parameters.stream` cannot be set'],
    [{ parameters: { messages: [] } }, '`parameters.messages` cannot be set'],
    [{ input: { a: { type: 'text' } } }, 'input.a.type'],
    [{ input: { a: { type: 'string', maxLenght: 5 } } }, 'maxLenght'],
    [{ input: { a: { type: 'string', maxLength: -1 } } }, 'input.a.maxLength'],
    [{ input: { a: { type: 'string', enum: ['x'], default: 'y' } } }, '`default` and `examples` must fit'],
    [{ input: { a: object } }, 'a variable is a string'],
    [{ input: { A: { type: 'string' } } }, 'the name of a variable'],
    [{ input: {} }, '{{a}}, which `input` does not declare'],
    [{ input: { ...HEAD.input, b: { type: 'string' } } }, '`input.b` is not in the text'],
    [{ output: { type: 'object' } }, 'output.properties'],
    [{ response_format: 'json_schema' }, '`response_format` needs an `output`'],
    [{ response_format: 'json_schema', output: object }, '`output`: with `response_format`, an object needs'],
    [{ examples: [{ variables: { a: 1 }, answer: 'x' }] }, '`examples[0].variables.a` must be a string'],
    [{ examples: [{ variables: { a: 'x' }, answer: 'x' }], output: object }, '`examples[0].answer` must be an object'],
    [{ cases: [{ variables: { a: 'x' } }] }, 'a case needs'],
    [{ cases: [{ variables: {}, answer: 'x' }] }, '`cases[0].variables.a` is required'],
  ])('with %j is refused, and the message names the file and the field', (head, why) => {
    expect(() => compile(head)).toThrow(/^prompts\/greet\.md:\d+: /);
    expect(() => compile(head)).toThrow(why);
  });

  it.each([
    ['', 'is the prompt, and is empty'],
    ['{{a', 'is not in the text'],
    ['{{a}} {{a b}}', '{{a b}}'],
    ['{{#a}}x', 'the section {{#a}} has no end'],
    ['{{a}}{{/a}}', '{{/a}} ends no section'],
  ])('with the text %j is refused', (text, why) => {
    expect(() => compile({}, text)).toThrow(why);
  });

  it('has a name that fits into a path, and front matter', () => {
    expect(() => compile({}, 'Hello {{a}}', 'Greet me')).toThrow('lower case words with hyphens');
    expect(() => compilePrompt('greet', 'Hello')).toThrow('front matter');
    expect(() => compilePrompt('greet', '---\na: [\n---\n')).toThrow('prompts/greet.md');
  });
});

describe('a mistake in a prompt file', () => {
  const head = 'description: X\nmodel: text\n';
  it.each([
    ['a type that is none', `${head}input:\n  a: { type: strin }`, '{{a}}', 5, 'input.a.type: must be string, number,'],
    ['a field that is none', `descripton: X\n${head}`, 'Hi', 2, 'no field `descripton` here. Allowed are description,'],
    ['a field inside', `${head}input:\n  a:\n    type: string\n    maxlength: 3`, '{{a}}', 7, 'Allowed are type,'],
    ['a field that is missing', 'model: text', 'Hi', 2, 'description: is missing: string is required'],
    ['an entry of a list', `${head}cases:\n  - answer: x\n  - { answer: y, foo: 1 }`, 'Hi', 6, 'no field `foo` here'],
    ['a model that is none', 'description: X\nmodel: txt', 'Hi', 3, 'there is no such model'],
    ['a variable that is not declared', head.trim(), 'Hi\nyou {{name}}', 6, 'the text has {{name}}'],
    ['a variable that is not used', `${head}input:\n  a: { type: string }`, 'Hi', 5, '`input.a` is not in the text'],
    ['YAML that is none', 'description: X\nmodel: [text', 'Hi', 3, 'Flow sequence'],
  ])('such as %s is reported with its line, and with what is allowed', (_, yaml, text, line, what) => {
    const source = `---\n${yaml.trim()}\n---\n${text}\n`;
    const list = mistakesIn(() => compilePrompt('greet', source));
    expect(list).toEqual([{ file: 'prompts/greet.md', line, message: expect.stringContaining(what) }]);
  });
});

function mistakesIn(compile: () => unknown): unknown {
  try {
    return compile();
  } catch (error) {
    return (error as Mistakes).list;
  }
}
