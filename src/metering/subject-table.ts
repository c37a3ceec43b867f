import { isCount } from './amount.ts';
import { MAX_SUBJECTS, OTHER, type SubjectUsage } from './subject-usage.ts';

/** Rows of a day beyond `MAX_SUBJECTS` at which the smaller ones are added up: not at each write. */
const SLACK = 500;

/** Rows of one answer: what 30 full days have. */
const MAX_ROWS = 30 * (MAX_SUBJECTS + SLACK);

/** Undefined stands for all. */
interface Whose {
  readonly account: string | undefined;
  readonly subjects: readonly string[] | undefined;
}

/** The usage by subject in the database of `UsageLog`. */
export class SubjectTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS subject (day TEXT, account TEXT, subject TEXT,
      requests INTEGER, tokens INTEGER, microUsd INTEGER, PRIMARY KEY (day, account, subject))`);
  }

  add(rows: readonly SubjectUsage[]): void {
    for (const row of rows) this.#addRow(row);
    for (const day of new Set(rows.map((row) => row.day))) this.#limit(day);
  }

  #addRow({ day, account, subject, requests, tokens, microUsd }: SubjectUsage): void {
    if (![requests, tokens, microUsd].every(isCount)) return;
    this.#sql.exec(
      `INSERT INTO subject VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        requests = requests + excluded.requests, tokens = tokens + excluded.tokens, microUsd = microUsd + excluded.microUsd`,
      ...[day, account, subject, requests, tokens, microUsd],
    );
  }

  /** Adds up all subjects of a day but the largest ones, for each account. */
  #limit(day: string): void {
    const { count } = this.#sql.exec('SELECT count(*) AS count FROM subject WHERE day = ?', day).one();
    if (Number(count) <= MAX_SUBJECTS + SLACK) return;
    const small = `SELECT * FROM subject WHERE day = ? AND subject <> ? ORDER BY microUsd DESC, requests DESC LIMIT -1 OFFSET ?`;
    const rows = this.#sql.exec(small, day, OTHER, MAX_SUBJECTS).toArray() as unknown as SubjectUsage[];
    for (const row of rows) {
      this.#sql.exec(
        'DELETE FROM subject WHERE day = ? AND account = ? AND subject = ?',
        day,
        row.account,
        row.subject,
      );
      this.#addRow({ ...row, subject: OTHER });
    }
  }

  read(from: string, to: string, { account, subjects }: Whose): SubjectUsage[] {
    const marks = subjects?.map(() => '?').join();
    const where = `${account === undefined ? '' : 'AND account = ?'} ${marks === undefined ? '' : `AND subject IN (${marks})`}`;
    return this.#sql
      .exec(
        `SELECT * FROM subject WHERE day >= ? AND day <= ? ${where}
          ORDER BY day, account, microUsd DESC, requests DESC, subject LIMIT ${MAX_ROWS}`,
        ...[from, to, ...(account === undefined ? [] : [account]), ...(subjects ?? [])],
      )
      .toArray() as unknown as SubjectUsage[];
  }

  deleteBefore(day: string): void {
    this.#sql.exec('DELETE FROM subject WHERE day < ?', day);
  }
}
