/**
 * `npm start`. Plain JavaScript that any Node can read, so that a Node too old for the rest gets a sentence
 * and not a syntax error.
 */
import { existsSync } from 'node:fs';

const OLDEST = [22, 18];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `This is Node ${process.versions.node}; Cedalion needs ${OLDEST.join('.')} or newer. Install a newer one, or let npm 11.6 or newer bring it: npx npm@11 ci`,
  );
  process.exit(1);
}
if (!existsSync(new URL('../node_modules/wrangler/package.json', import.meta.url))) {
  console.error('The packages are not installed. Run: npm ci');
  process.exit(1);
}
const { start } = await import('./local.ts');
await start();
