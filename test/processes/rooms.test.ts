import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Checks the picture in CONTRIBUTING.md: the rooms, and the directions of imports between them. */

const ROOT = join(import.meta.dirname, '../..');
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'routes'], {
  cwd: ROOT,
})
  .toString()
  .split('\n')
  .filter((file) => file.endsWith('.ts'));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The floor of each room, from the top. */
function readFloors(): Map<string, number> {
  const picture = /^```\n(worker [\s\S]*?)```$/m.exec(read('CONTRIBUTING.md'))?.[1] ?? '';
  const floors = new Map<string, number>();
  for (const [floor, line] of picture.trimEnd().split('\n').entries()) {
    for (const room of (line.split(/ {3,}/)[0] ?? '').split(' · ')) floors.set(room.trim(), floor);
  }
  return floors;
}

/** `routes`, a folder of `src`, or a file directly in it. */
function roomOf(file: string): string {
  const [top, next = ''] = file.split('/');
  return top === 'src' ? next.replace(/\.ts$/, '') : (top as string);
}

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: Import[] = FILES.flatMap((from) =>
  [...read(from).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path = '']) => ({
    from,
    to: path.startsWith('.') ? join(dirname(from), path) : path,
  })),
);
const own = imports.filter(({ to }) => /^(src|routes)\//.test(to));

describe('the rooms of the source', () => {
  const floors = readFloors();

  test('are those of the picture in CONTRIBUTING.md', () => {
    expect([...floors.keys()].sort()).toEqual([...new Set(FILES.map(roomOf))].sort());
  });

  test('import downward only', () => {
    expect(own.length).toBeGreaterThan(200);
    const upward = own.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && (floors.get(a) ?? 0) >= (floors.get(b) ?? 0);
    });
    expect(upward).toEqual([]);
  });

  test('have providers that do not import each other', () => {
    const isProvider = (file: string) => file.startsWith('src/hosts/providers/');
    expect(own.filter(({ from, to }) => isProvider(from) && isProvider(to))).toEqual([]);
  });

  test('have Hono in the app only, and `fetch` in transport only', () => {
    // Of Hono, tokens only use its JSON Web Tokens.
    const hono = imports.filter(({ to }) => to.startsWith('hono') && to !== 'hono/utils/jwt/jwt');
    expect([...new Set(hono.map(({ from }) => from))]).toEqual(['src/app.ts', 'src/base/path-router.ts']);
    const callers = FILES.filter((file) =>
      // A Durable Object is called by a method of this name.
      /(?<![.\w]|async )fetch\(/.test(read(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
    );
    expect(callers).toEqual([
      // App Check's public keys come from one fixed address, before there is a call.
      'src/access/app-check.ts',
      'src/hosts/upstream/public-fetch.ts',
      // Webhooks go out when a call has ended.
      'src/hosts/upstream/public-post.ts',
      'src/hosts/upstream/transport.ts',
    ]);
  });
});
