import type { Caller } from '../access/caller.ts';
import { isolateState } from '../base/isolate-state.ts';
import type { Used } from './meter.ts';

/** What one subject of an account used on one day, of all models. */
export interface SubjectUsage {
  /** `2026-11-24`, UTC. */
  readonly day: string;
  readonly account: string;
  /** The digest that the tokens of the subject have. */
  readonly subject: string;
  readonly requests: number;
  readonly tokens: number;
  readonly microUsd: number;
}

/** Subjects of a day that are stored by name. What the smaller ones of all others used is `OTHER`. */
export const MAX_SUBJECTS = 1_000;
export const OTHER = 'other';
/** Rows that an isolate keeps while the object does not answer. */
const MAX_UNWRITTEN = 2_000;

type Row = { -readonly [Name in keyof SubjectUsage]: SubjectUsage[Name] };

/** Usage of this isolate that is not written yet: see usage.ts. */
const unwritten = isolateState('unwritten-subjects', () => new Map<string, Row>());

/** The digest in the caller of a client token: `key:<id>/<digest>`. */
export function subjectOf({ kind, id }: Pick<Caller, 'kind' | 'id'>): string | undefined {
  return kind === 'token' ? id.slice(id.lastIndexOf('/') + 1) : undefined;
}

/** Adds a request to the usage of its subject, if it has one. */
export function recordSubject(day: string, { amount }: Used, caller: Caller): void {
  const subject = subjectOf(caller);
  if (subject === undefined) return;
  const { requests, tokens, microUsd } = amount;
  add({ day, account: caller.account, subject, requests, tokens, microUsd });
}

function add(row: SubjectUsage): void {
  const key = `${row.day} ${row.account} ${row.subject}`;
  const known = unwritten.get(key);
  if (known) {
    known.requests += row.requests;
    known.tokens += row.tokens;
    known.microUsd += row.microUsd;
  } else if (unwritten.size < MAX_UNWRITTEN || row.subject === OTHER) unwritten.set(key, { ...row });
  else add({ ...row, subject: OTHER });
}

/** @returns what is to be written, which is forgotten here */
export function takeSubjects(): readonly SubjectUsage[] {
  const rows = [...unwritten.values()];
  unwritten.clear();
  return rows;
}

/** After a write that failed. */
export function putBackSubjects(rows: readonly SubjectUsage[]): void {
  for (const row of rows) add(row);
}
