import { MAX_REFERRED_RESPONSES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid } from '../chat/unsupported.ts';
import { kept, notKept } from './kept.ts';
import type { ResponseObject } from './response.ts';
import { readResponse } from './stored-responses.ts';

/** The id of an item names its response, and its place in the output. */
const ITEM_ID = /^[a-z]+_(.+)_(\d+)$/;

/** An item that is not sent again, but only referred to. */
export const isReference = ({ type }: JsonObject): boolean => type === 'item_reference';

/**
 * The input with the items that are referred to. Reasoning is left out: it is no part of a chat.
 *
 * @throws ApiError `response_not_found`, or `invalid_parameter` if there are too many
 */
export async function withoutReferences(input: readonly JsonObject[], call: Call): Promise<readonly JsonObject[]> {
  const isReasoning = (item: JsonObject) => isReference(item) && String(item.id).startsWith('rs_');
  const referred = input.filter((item) => isReference(item) && !isReasoning(item));
  const ids = new Set(referred.map((item) => placeOf(item).response));
  if (ids.size > MAX_REFERRED_RESPONSES) {
    throw invalid('input', `refers to ${ids.size} responses, and may refer to ${MAX_REFERRED_RESPONSES}`);
  }
  const responses = new Map<string, Promise<ResponseObject>>();
  for (const id of ids) responses.set(id, readResponse(id, call));
  const items = await Promise.all(
    input.map(async (item, i) => {
      if (!isReference(item)) return item;
      if (isReasoning(item)) return undefined;
      const { response, index } = placeOf(item);
      const found = await kept(`input[${i}]`, async () => (await responses.get(response))?.output[index]);
      if (!found) throw notKept(`input[${i}]`);
      return found;
    }),
  );
  return items.filter((item) => item !== undefined);
}

function placeOf({ id }: JsonObject): { readonly response: string; readonly index: number } {
  const [, response = '', index = '-1'] = ITEM_ID.exec(String(id)) ?? [];
  return { response: `resp_${response}`, index: Number(index) };
}
