import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, VENV } from './venv.ts';

const requirements = (name: string) => join(import.meta.dirname, name);

/** Makes the virtual environment once. pip finds packages where it is configured to. */
export default async function setup(): Promise<void> {
  if (existsSync(VENV)) return;
  // Half an environment has another name. It can be moved: its Python is called by its path.
  const begun = `${VENV}-${process.pid}`;
  console.info(`Making ${VENV}`);
  try {
    await execute('python3', ['-m', 'venv', begun]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--requirement'];
    await execute(join(begun, 'bin/python'), [...pip, requirements('requirements.txt')]);
    // Not every index has all that it requires: its test says so and is skipped.
    await execute(join(begun, 'bin/python'), [...pip, requirements('requirements-langchain.txt')]).catch(
      (error: Error) => console.warn(`LangChain cannot be installed: ${error.message.slice(-500)}`),
    );
    await rename(begun, VENV);
  } finally {
    await rm(begun, { recursive: true, force: true });
  }
}
