import { type KeyOptions, readOptions, UsageError } from './key-options.ts';
import { KeyStore, LoginError } from './key-store.ts';
import { table } from './key-table.ts';
import { runWrangler, type Wrangler } from './wrangler.ts';

const HELP = `Keys of callers, with scopes and limits. They are stored as SHA-256 in the KV namespace KEYS.

  npm run keys -- create --name ios-app --scopes text,embeddings,images
  npm run keys -- list
  npm run keys -- revoke <id>
  npm run keys -- rotate <id> [--grace 24h]
  npm run keys -- reset-limits <id>

Options of create:
  --name NAME              letters, digits, - and _
  --scopes LIST            text, embeddings, images, audio; default: all
  --models LIST            model ids and aliases; default: all
  --per-minute N           requests per minute
  --per-day N              requests per day (UTC)
  --concurrent N           requests at the same time
  --tokens-per-day N       prompt and completion tokens
  --images-per-day N       generated images
  --usd-per-day N          by the prices of PRICES, or the default prices
  --cache SECONDS          answers are cached, unless a request does not want it; default: only if it asks
  --vector-cache private   cached vectors are not shared with other keys; default: shared
  --expires WHEN           a day (2027-01-31) or a time from now (90d, 12h, 30m)

Options of all commands:
  --remote                 the deployed Worker; without it, the Worker of npm start
`;

/**
 * Creates, lists, revokes and rotates keys of callers, and resets their limits.
 *
 * @returns the exit status
 */
export async function keys(
  args: readonly string[],
  wrangler: Wrangler,
  say: (text: string) => void,
  now = Date.now(),
): Promise<number> {
  try {
    const options = readOptions(args, now);
    await run(options, new KeyStore(wrangler, options.remote), say, now);
    return 0;
  } catch (error) {
    if (error instanceof LoginError) {
      say(error.message);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    say(error.message === '' ? HELP : `${error.message}\nRun: npm run keys -- --help`);
    return error.message === '' ? 0 : 1;
  }
}

async function run(options: KeyOptions, store: KeyStore, say: (text: string) => void, now: number): Promise<void> {
  const seconds = Math.floor(now / 1000);
  switch (options.command) {
    case 'create': {
      const created = await store.create({ ...options.record, created_at: seconds });
      say(`Created ${created.record.id}. The key is shown only once, so store it:\n\n  ${created.key}\n`);
      return;
    }
    case 'list':
      say(table(await store.list(), seconds));
      return;
    case 'revoke': {
      const count = await store.revoke(options.id);
      say(`Revoked ${options.id} (${count === 1 ? 'one key' : `${count} keys`}). It stops working within 60 s.`);
      return;
    }
    case 'reset-limits':
      await store.resetLimits(options.id, seconds);
      say(
        `The limits of ${options.id} and of its tokens are counted anew, within 60 s. What was used today is in GET /v1/usage.`,
      );
      return;
    case 'rotate': {
      const rotated = await store.rotate(options.id, seconds, options.graceSeconds);
      const { expires_at: end } = rotated.record;
      const until = Math.min(seconds + options.graceSeconds, end ?? Number.POSITIVE_INFINITY);
      const expiry = end === undefined ? '' : ` The new one expires ${time(end)}: rotating does not change that.`;
      say(
        `The new key of ${options.id} is shown only once, so store it:\n\n  ${rotated.key}\n\nThe old one works until ${time(until)}.${expiry}`,
      );
    }
  }
}

const time = (seconds: number) => new Date(seconds * 1000).toISOString();

if (import.meta.main) process.exitCode = await keys(process.argv.slice(2), runWrangler, console.log);
