import { createHash, randomBytes } from 'node:crypto';
import type { KeyRecord } from '../src/access/key-record.ts';
import { UsageError } from './key-options.ts';
import type { Outcome, Wrangler } from './wrangler.ts';

const PREFIX = 'key:v1:';
/** KV keeps what expires at least this long. */
const MIN_TTL_SECONDS = 60;

/** The deployed Worker can only be asked by its owner. */
export class LoginError extends Error {}

export interface Created {
  readonly key: string;
  readonly record: KeyRecord;
}

/**
 * The records of keys, read and written with `wrangler kv`: locally in the files of `npm start`, or in the
 * deployed namespace.
 */
export class KeyStore {
  readonly #wrangler: Wrangler;
  readonly #where: readonly string[];

  constructor(wrangler: Wrangler, remote: boolean) {
    this.#wrangler = wrangler;
    this.#where = ['--binding', 'KEYS', '--preview', 'false', remote ? '--remote' : '--local'];
  }

  async create(record: Omit<KeyRecord, 'id'>): Promise<Created> {
    const id = `${record.name}-${randomBytes(3).toString('hex')}`;
    return this.#putNew({ id, ...record });
  }

  /** All records. A key that is being rotated has two, with one id. */
  async list(): Promise<KeyRecord[]> {
    const found = await this.#records();
    return found.map(({ record }) => record);
  }

  /** @returns the number of keys that had this id */
  async revoke(id: string): Promise<number> {
    const found = await this.#find(id);
    for (const { name } of found) await this.#run(['delete', name]);
    return found.length;
  }

  /** Creates another key with the same id, and lets the old ones expire. */
  async rotate(id: string, now: number, graceSeconds: number): Promise<Created> {
    const found = await this.#find(id);
    const newest = found.reduce((a, b) => (b.record.created_at > a.record.created_at ? b : a));
    if ((newest.record.expires_at ?? Number.POSITIVE_INFINITY) <= now) {
      throw new UsageError(`The key ${id} has expired. Create another one.`);
    }
    const created = await this.#putNew({ ...newest.record, created_at: now });
    for (const { name, record } of found) {
      const end = Math.min(now + graceSeconds, record.expires_at ?? Number.POSITIVE_INFINITY);
      await this.#put(name, { ...record, expires_at: end });
    }
    return created;
  }

  /** From now on the limits of the key, and of its tokens, are counted in other objects. */
  async resetLimits(id: string, now: number): Promise<void> {
    for (const { name, record } of await this.#find(id)) await this.#put(name, { ...record, limits_reset_at: now });
  }

  async #putNew(record: KeyRecord): Promise<Created> {
    const key = `ced_${randomBytes(32).toString('base64url')}`;
    await this.#put(PREFIX + createHash('sha256').update(key).digest('base64url'), record);
    return { key, record };
  }

  async #put(name: string, record: KeyRecord): Promise<void> {
    const { expires_at } = record;
    // The Worker itself checks the time: KV only cleans up.
    const soonest = Math.floor(Date.now() / 1000) + 2 * MIN_TTL_SECONDS;
    const expiration = expires_at === undefined ? [] : ['--expiration', String(Math.max(expires_at, soonest))];
    await this.#run(['put', name, JSON.stringify(record), ...expiration]);
  }

  async #find(id: string): Promise<{ name: string; record: KeyRecord }[]> {
    const found = (await this.#records()).filter(({ record }) => record.id === id);
    if (found.length === 0) throw new UsageError(`There is no key with the id ${id}. See: npm run keys -- list`);
    return found;
  }

  async #records(): Promise<{ name: string; record: KeyRecord }[]> {
    const names = JSON.parse(await this.#run(['list', '--prefix', PREFIX])) as { name: string }[];
    const records: { name: string; record: KeyRecord }[] = [];
    for (const { name } of names) {
      const record = await this.#get(name);
      if (record !== undefined) records.push({ name, record });
    }
    return records;
  }

  /** @returns undefined if it was deleted: KV lists a deleted key for up to a minute */
  async #get(name: string): Promise<KeyRecord | undefined> {
    const { code, output } = await this.#ask(['get', name, '--text']);
    if (code === 0 ? output.trim() === 'Value not found' : output.includes('- 404: ')) return undefined;
    return JSON.parse(dataOf('get', code, output)) as KeyRecord;
  }

  async #run(args: readonly string[]): Promise<string> {
    const { code, output } = await this.#ask(args);
    return dataOf(args[0], code, output);
  }

  #ask(args: readonly string[]): Promise<Outcome> {
    return this.#wrangler(['kv', 'key', ...args, ...this.#where], { isData: true });
  }
}

/** @throws LoginError; UsageError with what wrangler said */
function dataOf(verb: string | undefined, code: number, output: string): string {
  if (code !== 0 && /not authenticated|wrangler login|CLOUDFLARE_API_TOKEN/i.test(output)) {
    throw new LoginError('You are not logged in to Cloudflare. Run: npx wrangler login');
  }
  if (code !== 0) throw new UsageError(`wrangler kv key ${verb} failed:\n${output.trim()}`);
  return output;
}
