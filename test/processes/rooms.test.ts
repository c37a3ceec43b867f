import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Checks the picture in CONTRIBUTING.md: the rooms, and the directions of imports between them. */

const ROOT = join(import.meta.dirname, '../..');
const tracked = (...paths: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...paths], { cwd: ROOT })
    .toString()
    .split('\n')
    .filter((file) => /\.(ts|js)$/.test(file) && !/^(inference\/models|playground\/vendor)\//.test(file));
const FILES = tracked('src', 'routes');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The paths that CONTRIBUTING.md names. One without a folder is beside the one before it. */
function namedPaths(): string[] {
  let folder = '';
  return [...read('CONTRIBUTING.md').matchAll(/`((?:[\w.-]+\/)*[\w-]+\.(?:ts|md)|(?:[\w-]+\/)+)`/g)].map(
    ([, path = '']) => {
      const found = path.includes('/') ? path : join(folder, path);
      folder = dirname(found);
      return found;
    },
  );
}

/** The floors of the picture from the top, each with its rooms. */
interface Picture {
  readonly top: Map<string, number>;
  /** The floors within a room. */
  readonly inside: Map<string, Map<string, number>>;
}

function readPicture(): Picture {
  const picture = /^```\n(worker [\s\S]*?)```$/m.exec(read('CONTRIBUTING.md'))?.[1] ?? '';
  const top = new Map<string, number>();
  const inside = new Map<string, Map<string, number>>();
  /** The rooms of the line above, one of which the indented lines are inside of. */
  let above: string[] = [];
  for (const [floor, line] of picture.trimEnd().split('\n').entries()) {
    const rooms = (line.trim().split(/ {3,}/)[0] ?? '').split(' · ').map((room) => room.trim());
    if (!line.startsWith(' ')) {
      for (const room of rooms) top.set(room, floor);
      above = rooms;
      continue;
    }
    const outer = above.find((room) => FILES.some((file) => file.startsWith(`src/${room}/${rooms[0]}/`))) ?? '';
    const floors = inside.get(outer) ?? new Map();
    for (const room of rooms) floors.set(room, floor);
    inside.set(outer, floors);
  }
  return { top, inside };
}

/** `routes`, a folder of `src`, or a file directly in it. */
function roomOf(file: string): string {
  const [top, next = ''] = file.split('/');
  return top === 'src' ? next.replace(/\.ts$/, '') : (top as string);
}

/** The folder within a room. */
const innerRoomOf = (file: string) => file.split('/').slice(2, -1)[0] ?? '';

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Types count, too, also in comments of JavaScript. */
function importsOf(from: string): Import[] {
  return [...read(from).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path = '']) => ({
    from,
    to: path.startsWith('.') ? join(dirname(from), path) : path,
  }));
}

const imports = FILES.flatMap(importsOf);
const own = imports.filter(({ to }) => /^(src|routes)\//.test(to));

/** The first circle of imports, as a list of files. Empty if there is none. */
function findCircle(files: readonly string[]): string[] {
  const graph = new Map(files.map((file) => [file, importsOf(file).map(({ to }) => to)]));
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of files) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('the rooms of the source', () => {
  const { top, inside } = readPicture();

  test('are those of the picture in CONTRIBUTING.md', () => {
    expect([...top.keys()].sort()).toEqual([...new Set(FILES.map(roomOf))].sort());
    for (const [outer, floors] of inside) {
      const rooms = FILES.filter((file) => file.startsWith(`src/${outer}/`)).map(innerRoomOf);
      expect([...floors.keys()].sort()).toEqual([...new Set(rooms)].filter(Boolean).sort());
    }
    expect([...inside.keys()]).toEqual(['surfaces', 'vectors', 'hosts']);
  });

  test('have a path for each thing that CONTRIBUTING.md says where to find', () => {
    expect(namedPaths().length).toBeGreaterThan(25);
    expect(namedPaths().filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('import downward only', () => {
    expect(own.length).toBeGreaterThan(200);
    const upward = own.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && (top.get(a) ?? 0) >= (top.get(b) ?? 0);
    });
    expect(upward).toEqual([]);
  });

  test('import downward only within a room', () => {
    const upward = own.filter(({ from, to }) => {
      const floors = roomOf(from) === roomOf(to) ? inside.get(roomOf(from)) : undefined;
      const [a, b] = [innerRoomOf(from), innerRoomOf(to)];
      return floors && a !== b && (floors.get(a) ?? 0) >= (floors.get(b) ?? 0);
    });
    expect(upward).toEqual([]);
  });

  test('have no files that import each other in a circle, in all of the project', () => {
    expect(findCircle(tracked())).toEqual([]);
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
