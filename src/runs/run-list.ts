import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../settings/settings.ts';
import { askStatus } from './ask-status.ts';
import { type RunStatus, UNENDED } from './run-record.ts';

/** One line of a caller's list. Times are milliseconds since 1970. */
export interface ListedRun {
  readonly id: string;
  readonly route: string;
  readonly status: RunStatus;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface ListRequest {
  readonly status?: RunStatus | undefined;
  /** When the runs were created, in milliseconds since 1970: from the first on, and before the second. */
  readonly since?: number | undefined;
  readonly before?: number | undefined;
  /** The run after which the list begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

type Row = { id: string; route: string; status: RunStatus; created: number; expires: number };

/**
 * A run tells its list when it has ended, and that message can be lost: with the process, or with the
 * connection between the two objects. So nothing is said of a run that seems to go on, and is older than
 * this, before the run itself was asked.
 */
const TRUSTED_MS = 3_000;

const TABLE =
  'CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, route TEXT, status TEXT, created INTEGER, expires INTEGER)';

/**
 * The runs of one caller that can be fetched later: streams that can be resumed, and those in the background.
 */
export class RunList extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  /** How many are stored, and when the first of them expires: counting reads every row. */
  #count = 0;
  #firstExpires = 0;
  /** When each run said that it goes on, or could not be asked. */
  readonly #confirmedAt = new Map<string, number>();

  /** @returns whether there is room for one more */
  async admit({ id, route, status, createdAt, expiresAt }: ListedRun, perCaller: number): Promise<boolean> {
    if (Date.now() >= this.#firstExpires) this.#removeExpired();
    // A run whose process died before anything was stored comes again with the same key, and so the same id.
    const isKnown = this.#sql.exec('SELECT 1 FROM run WHERE id = ?', id).toArray().length > 0;
    if (!isKnown && this.#count >= perCaller) return false;
    this.#sql.exec('INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?)', id, route, status, createdAt, expiresAt);
    if (!isKnown) this.#count++;
    this.#firstExpires = Math.min(this.#firstExpires, expiresAt);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(expiresAt);
    return true;
  }

  /** A run has ended. */
  update(id: string, status: RunStatus): void {
    // A row that is the same costs nothing.
    if (this.#isStored()) this.#sql.exec('UPDATE run SET status = ?1 WHERE id = ?2 AND status <> ?1', status, id);
  }

  remove(id: string): void {
    if (!this.#isStored()) return;
    this.#sql.exec('DELETE FROM run WHERE id = ?', id);
    // Counted again when the next one comes.
    this.#firstExpires = 0;
  }

  /**
   * The newest first; one more than asked for, if there is one.
   *
   * @returns undefined if `after` is not in the list
   */
  async list(request: ListRequest): Promise<ListedRun[] | undefined> {
    if (!this.#isStored()) return request.after === undefined ? [] : undefined;
    const trustedFrom = Date.now() - TRUSTED_MS;
    for (const [id, at] of this.#confirmedAt) if (at < trustedFrom) this.#confirmedAt.delete(id);
    for (;;) {
      const rows = this.#select(request, trustedFrom);
      const doubtful = rows?.filter((row) => this.#isDoubtful(row, trustedFrom)) ?? [];
      if (doubtful.length === 0) return rows;
      await Promise.all(doubtful.map((row) => this.#correct(row)));
    }
  }

  /** The rows that a request asks for, and those that may turn out to be of the status that it asks for. */
  #select({ status, since, before, after, limit }: ListRequest, trustedFrom: number): ListedRun[] | undefined {
    const [last] = after === undefined ? [] : this.#sql.exec<Row>('SELECT * FROM run WHERE id = ?', after).toArray();
    if (after !== undefined && !last) return undefined;
    const rows = this.#sql.exec<Row>(
      `SELECT * FROM run WHERE expires > ?1
         AND (?2 IS NULL OR status = ?2 OR (status IN (SELECT value FROM json_each(?8)) AND created < ?9
           AND id NOT IN (SELECT value FROM json_each(?10))))
         AND (?3 IS NULL OR (created, id) < (?3, ?4)) AND created >= ?6 AND created < ?7 ORDER BY created DESC, id DESC LIMIT ?5`,
      Date.now(),
      status ?? null,
      last?.created ?? null,
      after ?? '',
      limit + 1,
      since ?? 0,
      before ?? Number.MAX_SAFE_INTEGER,
      JSON.stringify(UNENDED),
      trustedFrom,
      JSON.stringify([...this.#confirmedAt.keys()]),
    );
    return rows.toArray().map(({ created, expires, ...row }) => ({ ...row, createdAt: created, expiresAt: expires }));
  }

  #isDoubtful({ id, status, createdAt }: ListedRun, trustedFrom: number): boolean {
    return UNENDED.includes(status) && createdAt < trustedFrom && !this.#confirmedAt.has(id);
  }

  /**
   * Asks a run for its status. It may have ended, or begun again with the same key, before its answer is
   * here.
   */
  async #correct({ id, createdAt }: ListedRun): Promise<void> {
    const status = await askStatus(id, this.env);
    if (status === 'not found') {
      this.#sql.exec('DELETE FROM run WHERE id = ? AND created = ?', id, createdAt);
      this.#firstExpires = 0;
      return;
    }
    if (status === undefined || UNENDED.includes(status)) this.#confirmedAt.set(id, Date.now());
    if (status === undefined) return;
    const query =
      'UPDATE run SET status = ?1 WHERE id = ?2 AND status <> ?1 AND status IN (SELECT value FROM json_each(?3))';
    this.#sql.exec(query, status, id, JSON.stringify(UNENDED));
  }

  /** Removes what has expired, and at last everything. */
  override async alarm(): Promise<void> {
    this.#removeExpired();
    if (this.#count > 0) return this.ctx.storage.setAlarm(this.#firstExpires);
    await this.ctx.storage.deleteAll();
    this.#firstExpires = 0;
  }

  #removeExpired(): void {
    this.#sql.exec(TABLE);
    this.#sql.exec('DELETE FROM run WHERE expires <= ?', Date.now());
    const query = 'SELECT count(*) AS count, min(expires) AS first FROM run';
    const { count, first } = this.#sql.exec<{ count: number; first: number | null }>(query).one();
    this.#count = count;
    this.#firstExpires = first ?? Number.MAX_SAFE_INTEGER;
  }

  #isStored(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'run'").toArray().length > 0;
  }
}
