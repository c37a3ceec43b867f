import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGES = 'kotlin libokhttp-java libkotlinx-coroutines-java libkotlinx-atomicfu-java libandroid-json-java';
const JARS = [
  'okhttp',
  'okio',
  'atomicfu',
  'kotlinx-coroutines-core',
  'kotlinx-coroutines-core-common',
  'com.android.json',
];
const LIBRARIES = JARS.map((name) => `/usr/share/java/${name}.jar`);

/**
 * Compiles files of Kotlin, with what Debian's libraries lack and what only Android has.
 *
 * @returns the folder of the classes
 */
export async function compile(snippets: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cedalion-kotlin-'));
  const files = snippets.map((_, i) => join(folder, `snippet-${i}.kt`));
  await Promise.all(files.map((file, i) => writeFile(file, snippets[i] ?? '')));
  const own = globSync('kotlin/**/*.{kt,java}', { cwd: import.meta.dirname });
  const args = ['-no-reflect', '-cp', LIBRARIES.join(':'), '-d', join(folder, 'classes'), ...own, ...files];
  await promisify(execFile)('kotlinc', args, { cwd: import.meta.dirname }).catch((cause) => {
    if (cause.code === 'ENOENT') throw new Error(`apt-get install --no-install-recommends ${PACKAGES}`, { cause });
    throw new Error(cause.stderr, { cause });
  });
  return join(folder, 'classes');
}

/** Runs kotlin/main.kt. @returns the lines that it has written */
export async function runMain(classes: string, input: readonly string[]): Promise<string[]> {
  const path = [classes, '/usr/share/java/kotlin-stdlib.jar', ...LIBRARIES].join(':');
  const running = promisify(execFile)('java', ['-cp', path, 'MainKt']);
  running.child.stdin?.end(input.join('\n'));
  return (await running).stdout.trimEnd().split('\n');
}
