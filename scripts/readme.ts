import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Updates the answers in README.md: runs each curl command against `npm start`, which must be running, and
 * writes the answer into the block after it. Long values are cut at `...`.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = `${ROOT}README.md`;
const LONGEST_TEXT = 60;
const MOST_NUMBERS = 3;

const text = readFileSync(README, 'utf8').replaceAll(
  /```sh\n(curl [^`]*)```\n```json\n[\s\S]*?```/g,
  (_, command: string) => {
    const answer = execFileSync('sh', ['-c', command.replace('curl ', 'curl -sS --fail-with-body ')], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return `\`\`\`sh\n${command}\`\`\`\n\`\`\`json\n${shorten(answer)}\n\`\`\``;
  },
);
writeFileSync(README, text);

/** JSON with long strings and lists of numbers cut. The rest is unchanged. */
function shorten(answer: string): string {
  const marked = JSON.stringify(JSON.parse(answer), (_, value: unknown) => {
    if (typeof value === 'string' && value.length > LONGEST_TEXT) return `${value.slice(0, LONGEST_TEXT / 2)}...`;
    if (Array.isArray(value) && value.length > MOST_NUMBERS && value.every((entry) => typeof entry === 'number')) {
      return [...value.slice(0, MOST_NUMBERS), '...'];
    }
    return value;
  });
  return marked.replaceAll('"..."', '...').replaceAll('},{', '},\n {');
}
