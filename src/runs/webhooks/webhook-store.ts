import type { Attempt, Delivery, DeliveryStatus, OneOffTarget } from './delivery.ts';
import type { DisabledBecause, Endpoint } from './endpoint.ts';
import type { EventType } from './event.ts';

/** Attempts that are kept of a delivery: a whole schedule, and a few that were sent by hand. */
const MAX_ATTEMPTS_KEPT = 20;

const TABLES = `
  CREATE TABLE IF NOT EXISTS endpoint (id TEXT PRIMARY KEY, record TEXT);
  CREATE TABLE IF NOT EXISTS delivery (id TEXT, target TEXT, type TEXT, body TEXT, created INTEGER, status TEXT, attempts TEXT,
    tries INTEGER, next INTEGER, secret TEXT, PRIMARY KEY (id, target)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS delivery_next ON delivery (next);
  CREATE INDEX IF NOT EXISTS delivery_target ON delivery (target, created);`;

/**
 * The SQLite tables of one account's webhooks. They are created with the first row: a request that only reads
 * stores nothing.
 */
export class WebhookStore {
  readonly #sql: SqlStorage;
  #hasTables: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'delivery'").toArray().length > 0;
  }

  /** All was deleted. */
  forget(): void {
    this.#hasTables = false;
  }

  #create(): void {
    if (!this.#hasTables) this.#sql.exec(TABLES);
    this.#hasTables = true;
  }

  endpoints(): Endpoint[] {
    if (!this.#hasTables) return [];
    const rows = this.#sql.exec<{ record: string }>('SELECT record FROM endpoint').toArray();
    return rows.map(({ record }) => JSON.parse(record) as Endpoint).sort((a, b) => b.createdAt - a.createdAt);
  }

  endpoint(id: string): Endpoint | undefined {
    return this.endpoints().find((endpoint) => endpoint.id === id);
  }

  saveEndpoint(endpoint: Endpoint): void {
    this.#create();
    this.#sql.exec('INSERT OR REPLACE INTO endpoint VALUES (?, ?)', endpoint.id, JSON.stringify(endpoint));
  }

  removeEndpoint(id: string): void {
    this.#sql.exec('DELETE FROM endpoint WHERE id = ?', id);
    this.#sql.exec('DELETE FROM delivery WHERE target = ?', id);
  }

  /** Nothing more is sent to an endpoint. */
  disable(endpoint: Endpoint, disabledBecause: DisabledBecause): void {
    this.saveEndpoint({ ...endpoint, disabledBecause, updatedAt: Date.now() });
    this.#sql.exec("UPDATE delivery SET status = 'failed', next = NULL WHERE target = ? AND next > 0", endpoint.id);
  }

  count(): number {
    if (!this.#hasTables) return 0;
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM delivery').one().count;
  }

  /** Adds a delivery. One that is known is left as it is: an event can be announced twice. */
  add(
    { id, target, type, body, createdAt, status, attempts, tries, nextAt }: Delivery,
    secret?: OneOffTarget['secret'],
  ): void {
    this.#create();
    const values = [id, target, type, body, createdAt, status, JSON.stringify(attempts), tries, nextAt, secret ?? null];
    this.#sql.exec(`INSERT OR IGNORE INTO delivery VALUES (${values.map(() => '?')})`, ...values);
  }

  delivery(id: string, target: string): Delivery | undefined {
    return this.#select('WHERE id = ? AND target = ?', id, target)[0];
  }

  /** Only of a target that is no endpoint. */
  secretOf({ id, target }: Delivery): string | null {
    const query = 'SELECT secret FROM delivery WHERE id = ? AND target = ?';
    return this.#sql.exec<{ secret: string | null }>(query, id, target).one().secret;
  }

  /** The newest first; one more than asked for, if there is one. */
  deliveriesOf(target: string, limit: number, after?: string): Delivery[] {
    const last = after === undefined ? undefined : this.delivery(after, target);
    return this.#select(
      'WHERE target = ?1 AND (?2 IS NULL OR (created, id) < (?2, ?3)) ORDER BY created DESC, id DESC LIMIT ?4',
      target,
      last?.createdAt ?? null,
      after ?? '',
      limit + 1,
    );
  }

  /**
   * The delivery that has waited longest, of those that are due.
   *
   * @param busy rows and targets to leave out
   */
  nextDue(
    now: number,
    busy: { readonly rows: readonly string[]; readonly targets: readonly string[] },
  ): Delivery | undefined {
    return this.#select(
      `WHERE next <= ? AND id || ' ' || target NOT IN (SELECT value FROM json_each(?))
         AND target NOT IN (SELECT value FROM json_each(?)) ORDER BY next LIMIT 1`,
      now,
      JSON.stringify(busy.rows),
      JSON.stringify(busy.targets),
    )[0];
  }

  update(
    { id, target }: Delivery,
    status: DeliveryStatus,
    more: { attempts: readonly Attempt[]; tries: number; nextAt: number | null },
  ): void {
    this.#sql.exec(
      `UPDATE delivery SET status = ?1, attempts = ?2, tries = ?3, next = ?4, secret = iif(?4 IS NULL, NULL, secret)
         WHERE id = ?5 AND target = ?6`,
      status,
      JSON.stringify(more.attempts.slice(-MAX_ATTEMPTS_KEPT)),
      more.tries,
      more.nextAt,
      id,
      target,
    );
  }

  /** Removes what is older, and not on its way. */
  removeBefore(time: number): void {
    if (this.#hasTables) this.#sql.exec('DELETE FROM delivery WHERE created <= ? AND next IS NULL', time);
  }

  /** When there is something to do again. @param keepMs how long deliveries are kept */
  nextTime(keepMs: number): number | undefined {
    if (!this.#hasTables) return undefined;
    const query = 'SELECT min(next) AS next, min(CASE WHEN next IS NULL THEN created END) AS oldest FROM delivery';
    const { next, oldest } = this.#sql.exec<{ next: number | null; oldest: number | null }>(query).one();
    const times = [...(next === null ? [] : [next]), ...(oldest === null ? [] : [oldest + keepMs])];
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #select(where: string, ...values: (string | number | null)[]): Delivery[] {
    if (!this.#hasTables) return [];
    return this.#sql
      .exec<Row>(`SELECT * FROM delivery ${where}`, ...values)
      .toArray()
      .map(({ created, next, attempts, secret: _, ...row }) => ({
        ...row,
        createdAt: created,
        nextAt: next,
        attempts: JSON.parse(attempts) as Attempt[],
      }));
  }
}

type Row = {
  id: string;
  target: string;
  type: EventType;
  body: string;
  created: number;
  status: DeliveryStatus;
  attempts: string;
  tries: number;
  next: number | null;
  secret: string | null;
};
