import { randomBytes } from 'node:crypto';
import { runWrangler, type Wrangler } from './wrangler.ts';

/**
 * Deploys the Worker. Creates a first key if there is none, since without keys every request is rejected; and
 * the secret of the cache of answers. It asks no questions.
 *
 * @param args for `wrangler deploy`; with `--dry-run` nothing is uploaded
 * @returns the exit status
 */
export async function deploy(
  args: readonly string[],
  wrangler: Wrangler,
  say: (text: string) => void,
): Promise<number> {
  if (args.includes('--dry-run')) return (await wrangler(['deploy', ...args], { show: true })).code;

  const account = await wrangler(['whoami']);
  if (account.code !== 0 || /not authenticated/i.test(account.output)) {
    say(
      'Wrangler is not logged in to Cloudflare. Run: npx wrangler login (or set CLOUDFLARE_API_TOKEN). Then deploy again.',
    );
    return 1;
  }
  const deployed = await wrangler(['deploy', ...args], { show: true });
  if (deployed.code !== 0) return deployed.code;
  const url = /https:\/\/\S+\.workers\.dev/.exec(deployed.output)?.[0];

  const where = whichWorker(args);
  const secrets = await wrangler(['secret', 'list', '--format', 'json', ...where]);
  let key = '<your key>';
  if (secrets.code !== 0) {
    say(`
The secrets cannot be listed, so it is unknown whether there is a key. If every request gets 401, run:
npx wrangler secret put API_KEYS
${secrets.output.trim()}`);
  }
  if (secrets.code === 0 && !secrets.output.includes('"API_KEYS"')) {
    key = `sk-${randomBytes(24).toString('base64url')}`;
    const stored = await wrangler(['secret', 'put', 'API_KEYS', ...where], { input: key });
    if (stored.code !== 0) {
      say(`The key could not be stored. Run: npx wrangler secret put API_KEYS\n${stored.output}`);
      return stored.code;
    }
    say(`\nCreated a first API key. It is shown only once, so store it: ${key}`);
  }
  if (secrets.code === 0 && !secrets.output.includes('"CACHE_SECRET"')) {
    const secret = randomBytes(32).toString('base64url');
    const { code, output } = await wrangler(['secret', 'put', 'CACHE_SECRET', ...where], { input: secret });
    if (code !== 0) {
      say(`The secret of the cache could not be stored, so no answers are cached. Deploy again.\n${output}`);
    }
  }
  if (secrets.code === 0 && !secrets.output.includes('"HF_TOKEN"')) {
    say('\nHF_TOKEN is not set, so hosted models are not available. Run: npx wrangler secret put HF_TOKEN');
  }
  say(`\nDeployed${url ? ` to ${url}` : ''}. Try:
  curl ${url ?? 'https://<your domain>'}/v1/models -H "Authorization: Bearer ${key}"`);
  return 0;
}

/** The options that choose another Worker than that of wrangler.toml: its secrets are others, too. */
function whichWorker(args: readonly string[]): string[] {
  const option = /^(--name|--env|-e|--config|-c)(=|$)/;
  return args.filter((arg, i) => option.test(arg) || /^(--name|--env|-e|--config|-c)$/.test(args[i - 1] ?? ''));
}

if (import.meta.main) process.exitCode = await deploy(process.argv.slice(2), runWrangler, console.log);
