import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileHooks } from '../../scripts/compile-hooks.ts';
import { compileHook } from '../../scripts/hook-file.ts';

const COMPILED = join(import.meta.dirname, '../../src/hooks/compiled.ts');

describe('hooks/*.md', () => {
  it('are compiled: run npm run hooks after a change', () => {
    expect(readFileSync(COMPILED, 'utf8')).toBe(compileHooks());
  });
});

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
    ['body: { messages: [] }', '`messages` comes from the text'],
    ['about: "{{a b}}"', '{{a b}}'],
    ['hmac: { header: x, encoding: hex }', 'sender: hmac'],
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
  ])('%j is refused', (source, why) => {
    expect(() => compileHook('a', source)).toThrow(why);
    expect(() => compileHook('A b', `---\nsender: github\nroute: /v1/classify\nto: webhooks\n---\n`)).toThrow(
      'hooks/A b.md',
    );
  });
});
