import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { snippetsOf } from '../support/snippets.ts';

/** No compiler of Swift can be had from the registries that this project needs: its grammar can. */
const PARSER = ['@ast-grep/napi@0.51.2', '@ast-grep/lang-swift@0.0.8'];
const FOLDER = join(tmpdir(), `cedalion-${PARSER.join('-').replaceAll(/[^\w.-]/g, '-')}`);

interface SyntaxNode {
  findAll(rule: object): SyntaxNode[];
  text(): string;
}
interface Parser {
  registerDynamicLanguage(languages: object): void;
  parse(language: string, code: string): { root(): SyntaxNode };
}

let parser: Parser;
beforeAll(async () => {
  if (!existsSync(FOLDER)) {
    const begun = `${FOLDER}-${process.pid}`;
    await mkdir(begun, { recursive: true });
    await writeFile(join(begun, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PARSER], { cwd: begun });
    await rename(begun, FOLDER);
  }
  const load = createRequire(join(FOLDER, 'package.json'));
  parser = load('@ast-grep/napi') as Parser;
  const swift = load('@ast-grep/lang-swift') as { default?: object };
  parser.registerDynamicLanguage({ swift: swift.default ?? swift });
});

function mistakesIn(code: string): string[] {
  const root = parser.parse('swift', code).root();
  return root.findAll({ rule: { kind: 'ERROR' } }).map((node) => node.text());
}

describe('the Swift of docs/apps.md', () => {
  const snippets = snippetsOf('docs/apps.md', 'swift');

  it('is Swift by its grammar', () => {
    expect(snippets.length).toBeGreaterThan(3);
    for (const code of snippets) expect(mistakesIn(code), code).toEqual([]);
    expect(mistakesIn('func chat( { let }')).not.toEqual([]);
  });

  it('imports what it uses', () => {
    for (const code of snippets) expect(code).toMatch(/^import Foundation$/m);
  });
});
