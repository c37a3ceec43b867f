import { describe, expect, it } from 'vitest';
import { compileHook as compile } from '../../scripts/hook-file.ts';
import { compilePrompt } from '../../scripts/prompt-file.ts';

const { prompt } = compilePrompt(
  'greet',
  '---\ndescription: x\nmodel: text\ninput: { name: { type: string }, from: { type: string, default: us } }\n---\n{{name}}{{from}}',
);
const compileHook = (file: string, source: string) => compile(file, source, [prompt]);

const chat = (head: string, text = 'Hello {{name}}') =>
  compileHook('a', `---\nsender: github\nroute: /v1/chat/completions\nto: webhooks\n${head}\n---\n${text}\n`);

describe('a hook file', () => {
  it('is a chat of one message, with places for fields', () => {
    const { body } = chat('body: { model: text, stop: ["{{end}}"] }', 'Hello {{ user.name | name }}!');
    expect(body).toEqual({
      model: 'text',
      stop: [{ $fill: [['end']] }],
      messages: [{ role: 'user', content: { $fill: ['Hello ', ['user.name', 'name'], '!'] } }],
    });
  });

  it('has messages with the roles that it names', () => {
    const { body } = chat('body: { model: text }', '# system\nBe brief.\n\n# user\n{{a}}\n## user\nx');
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: { $fill: ['Be brief.'] } },
        { role: 'user', content: { $fill: [['a'], '\n## user\nx'] } },
      ],
    });
  });

  it('names a prompt, and puts the event in its variables', () => {
    const source = '---\nsender: github\nprompt: greet\nvariables: { name: "{{user.name}}" }\nto: webhooks\n---\n';
    expect(compileHook('a', source)).toMatchObject({
      route: '/v1/chat/completions',
      body: { prompt: { id: 'greet', variables: { name: { $fill: [['user.name']] } } } },
    });
  });

  it('can have the line ends of Windows', () => {
    const source = '---\nsender: github\nto: webhooks\nbody: { model: text }\n---\n# user\nHi\n';
    expect(compileHook('a', source.replaceAll('\n', '\r\n'))).toEqual(compileHook('a', source));
  });

  it('describes how another sender signs', () => {
    const head = 'sender: hmac\nhmac: { header: x-signature, encoding: hex, prefix: "sha256=", id_header: x-id }';
    const source = `---\n${head}\nroute: /v1/completions\nbody: { model: text }\nto: sender\n---\nHi`;
    const hook = compileHook('my-shop', source);
    expect(hook).toMatchObject({
      name: 'my-shop',
      hmac: { header: 'x-signature', encoding: 'hex', prefix: 'sha256=', idHeader: 'x-id' },
      body: { model: 'text', prompt: { $fill: ['Hi'] } },
    });
  });

  it.each([
    ['sender: nobody', 'sender'],
    ['to: nowhere', 'to'],
    ['unknown: 1', 'unknown'],
    ['body: { model: "{{model}}" }', '`model` cannot have a placeholder'],
    ['body: { model: txet }', '`body.model`: there is no such model'],
    ['body: { messages: [] }', '`messages` comes from the text'],
    ['about: "{{a b}}"', '{{a b}}'],
    ['hmac: { header: x, encoding: hex }', 'sender: hmac'],
    ['variables: { name: x }', '`variables` belong to `prompt`'],
    ['body: { stop: "{{#a}}x" }', '{{#a}} has no end'],
    ['body: { stop: "{{#a}}x{{/b}}" }', '{{/b}} ends no section'],
    ['limits: { requests_per_dy: 1 }', 'requests_per_dy'],
  ])('with %s is refused, and the message says why', (head, why) => {
    const lines = ['sender: github', 'route: /v1/chat/completions', 'to: webhooks'];
    const others = lines.filter((line) => line.split(':')[0] !== head.split(':')[0]);
    const source = `---\n${[...others, head].join('\n')}\n---\nx`;
    expect(() => compileHook('a', source)).toThrow('hooks/a.md');
    expect(() => compileHook('a', source)).toThrow(why);
  });

  it.each([
    ['no front matter', 'front matter'],
    ['---\nsender: github\nroute: /v1/chat/completions\nto: webhooks\n---\n', 'is the prompt, and is empty'],
    ['---\nsender: github\nroute: /v1/classify\nto: webhooks\n---\ntext', 'takes no prompt'],
    ['---\nsender: github\nto: webhooks\n---\nHi', '/v1/chat/completions requires a model'],
    ['---\nsender: github\nroute: /v1/embeddings\nto: webhooks\n---\n', '/v1/embeddings requires a model'],
    ['---\nsender: github\nprompt: nothing\nto: webhooks\n---\n', 'there is no file prompts/nothing.md'],
    ['---\nsender: github\nprompt: greet\nto: webhooks\n---\n', 'the prompt greet requires `name`'],
    ['---\nsender: github\nprompt: greet\nvariables: { name: x, age: 1 }\nto: webhooks\n---\n', 'no variable `age`'],
    ['---\nsender: github\nprompt: greet\nvariables: { name: x }\nto: webhooks\n---\nHi', 'can be no text'],
    ['---\nsender: github\nprompt: greet\nroute: /v1/classify\nto: webhooks\n---\n', 'not for /v1/classify'],
  ])('%j is refused', (source, why) => {
    expect(() => compileHook('a', source)).toThrow(why);
    expect(() => compileHook('A b', `---\nsender: github\nroute: /v1/classify\nto: webhooks\n---\n`)).toThrow(
      'hooks/A b.md',
    );
  });
});
