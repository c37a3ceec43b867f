import { ApiError } from '../base/errors.ts';
import { type Call, deriveCall } from './call.ts';

/**
 * Runs `work` for every item, at most `most` at the same time, and returns the results in the order of the
 * items. After the first failure nothing more is started, and what is running is given up.
 *
 * @throws the first failure
 */
export async function inParallel<Item, Result, C extends Call>(
  items: readonly Item[],
  most: number,
  call: C,
  work: (item: Item, call: C) => Promise<Result>,
): Promise<Result[]> {
  const [only] = items;
  if (items.length === 1) return [await work(only as Item, call)];
  const part = deriveCall(call, { cancellation: call.cancellation.part() });
  const results = new Array<Result>(items.length);
  const next = items.entries();
  const worker = async () => {
    for (const [index, item] of next) {
      if (part.cancellation.reason) throw part.cancellation.reason;
      results[index] = await work(item, part);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  } catch (error) {
    part.cancellation.cancel(new ApiError('client_closed_request', 'Another part of the request failed.'));
    throw error;
  }
  return results;
}
