import { DurableObject } from 'cloudflare:workers';
import { dayOf, dayText } from '../base/utc-day.ts';
import { isCount } from './amount.ts';
import { logDamage } from './log-damage.ts';
import { COUNTS, type StoredUsage, USAGE_DAYS_KEPT, type Usage } from './usage-row.ts';

/** The usage of all accounts, in one object: isolates write to it at most every two seconds. */
export class UsageLog extends DurableObject {
  readonly #sql = this.ctx.storage.sql;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as never);
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS usage (day TEXT, account TEXT, model TEXT, ${COUNTS.map((name) => `${name} INTEGER`)},
        PRIMARY KEY (day, account, model))`,
    );
  }

  add(rows: readonly Usage[]): void {
    const columns = ['day', 'account', 'model', ...COUNTS] as const;
    const added = COUNTS.map((name) => `${name} = ${name} + excluded.${name}`);
    const statement = `INSERT INTO usage VALUES (${columns.map(() => '?')}) ON CONFLICT DO UPDATE SET ${added}`;
    for (const row of rows) {
      // What is no count would make the whole row unknown.
      if (COUNTS.every((name) => isCount(row[name]))) this.#sql.exec(statement, ...columns.map((name) => row[name]));
      else logDamagedRow(row);
    }
    const oldest = dayText(dayOf(Date.now()) - USAGE_DAYS_KEPT);
    this.#sql.exec('DELETE FROM usage WHERE day < ?', oldest);
  }

  /** @param account undefined for all accounts */
  read(from: string, to: string, account: string | undefined): StoredUsage[] {
    const where = account === undefined ? '' : 'AND account = ?';
    const values = account === undefined ? [from, to] : [from, to, account];
    return this.#sql
      .exec(`SELECT * FROM usage WHERE day >= ? AND day <= ? ${where} ORDER BY day, account, model`, ...values)
      .toArray()
      .map((row) => withoutDamage(row as unknown as StoredUsage));
  }
}

function withoutDamage(row: StoredUsage): StoredUsage {
  const damaged = COUNTS.filter((name) => !isCount(row[name]));
  if (damaged.length === 0) return row;
  logDamagedRow(row);
  return { ...row, ...Object.fromEntries(damaged.map((name) => [name, null])) };
}

function logDamagedRow({ day, account, model }: Pick<Usage, 'day' | 'account' | 'model'>): void {
  logDamage('usage', { day, account, model });
}
