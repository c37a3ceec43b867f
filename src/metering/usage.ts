import { ApiError } from '../base/errors.ts';
import { isolateState } from '../base/isolate-state.ts';
import { dayOf, dayText } from '../base/utc-day.ts';
import type { Call } from '../call/call.ts';
import { promptTokens } from '../call/prompt-tokens.ts';
import { Debounced } from './debounced.ts';
import type { Used } from './meter.ts';
import { COUNTS, type StoredUsage, type Usage } from './usage-row.ts';

type Row = { -readonly [Name in keyof Usage]: Usage[Name] };

/**
 * Usage of this isolate that is not written yet. Isolates end without notice: at most two seconds of it are
 * lost.
 */
const unwritten = isolateState('unwritten-usage', () => new Map<string, Row>());

/** Adds a request to the usage of its account. */
export function recordUsage(model: string, { amount, isEstimated }: Used, call: Call): void {
  if (!call.env.USAGE) return;
  const { outcome, caller } = call;
  const row = rowFor(caller.account, model);
  // What was reserved for the completion, if the host did not say.
  const isReserved = isEstimated && !outcome.tokens?.estimated;
  const said = isReserved ? amount.tokens - promptTokens(call) : (outcome.tokens?.completion ?? 0);
  const completion = Math.min(Math.max(0, said), amount.tokens);
  row.requests++;
  if (outcome.error) row.failed++;
  row.promptTokens += amount.tokens - completion;
  row.completionTokens += completion;
  row.images += amount.images;
  row.cacheHits += outcome.cache?.hits ?? 0;
  row.cacheMisses += outcome.cache?.misses ?? 0;
  row.microUsd += amount.microUsd;
  if (isEstimated) row.estimated++;
  writing.schedule(call);
}

/** The row of today. */
function rowFor(account: string, model: string): Row {
  const day = dayText(dayOf(Date.now()));
  const key = keyOf(day, account, model);
  let row = unwritten.get(key);
  if (!row) {
    const zeros = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<(typeof COUNTS)[number], number>;
    row = { day, account, model, ...zeros };
    unwritten.set(key, row);
  }
  return row;
}

const keyOf = (day: string, account: string, model: string) => `${day} ${account} ${model}`;

const writing = new Debounced(writeUsage);

async function writeUsage(call: Call): Promise<void> {
  const rows = [...unwritten.values()];
  unwritten.clear();
  try {
    await usageLog(call).add(rows);
  } catch {
    // Written with the next requests.
    for (const row of rows) putBack(row);
  }
}

function putBack(row: Row): void {
  const key = keyOf(row.day, row.account, row.model);
  const newer = unwritten.get(key);
  if (newer) for (const name of COUNTS) row[name] += newer[name];
  unwritten.set(key, row);
}

/**
 * Usage by day, account and model, days inclusive. A damaged count is null.
 *
 * @param account undefined for all accounts
 */
export function readUsage(from: string, to: string, account: string | undefined, call: Call): Promise<StoredUsage[]> {
  return usageLog(call).read(from, to, account);
}

/** A UsageLog, as its callers see it. */
interface Stub {
  add(rows: readonly Usage[]): Promise<void>;
  read(from: string, to: string, account: string | undefined): Promise<StoredUsage[]>;
}

function usageLog({ env }: Call): Stub {
  if (!env.USAGE) throw new ApiError('configuration_invalid', 'The binding USAGE is missing from the configuration.');
  return env.USAGE.getByName('all') as unknown as Stub;
}
