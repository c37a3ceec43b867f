import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { dataUrlsIn } from '../intake/data-urls.ts';
import { MAX_CHAT_BODY_BYTES } from '../sizes.ts';
import type { JsonObject } from '../tasks.ts';
import { CONTINUES, itemsOf, type ResponseRequest } from './request.ts';
import { readRequest, readResponse } from './stored-responses.ts';
import { invalid } from './unsupported.ts';

/** The id of an item names its response, and its place in the output. */
const ITEM_ID = /^[a-z]+_(.+)_(\d+)$/;

/**
 * The request with all that went before it: the items of `previous_response_id`, and those that `item_reference` stands for.
 * What is kept of a response is complete, so one look-up is enough however long the conversation is.
 *
 * @throws ApiError `response_not_found` or `invalid_parameter`, which names the field
 */
export async function withHistory(request: ResponseRequest, call: Call): Promise<ResponseRequest> {
  const { previous_response_id: previous, ...rest } = request;
  // What is read here does not answer the request.
  const aside = { ...call, report: { ...call.report } };
  const items = await withoutReferences(request, aside);
  if (previous == null) return items === request.input ? request : { ...request, input: items };
  const history = await named('previous_response_id', () => historyOf(previous, aside));
  count(history, call);
  return { ...rest, [CONTINUES]: previous, input: [...history, ...itemsOf({ input: items })] };
}

/** What was asked and answered until a response. */
async function historyOf(id: string, call: Call): Promise<JsonObject[]> {
  const { status, output } = await readResponse(id, call);
  if (status !== 'completed' && status !== 'incomplete') {
    throw invalid('previous_response_id', `names a response without an answer: its status is \`${status}\``);
  }
  return [...itemsOf(await readRequest(id, call)), ...output];
}

async function withoutReferences({ input }: ResponseRequest, call: Call): Promise<ResponseRequest['input']> {
  if (typeof input === 'string' || !input.some(isReference)) return input;
  const items = input.map((item, i) => (isReference(item) ? named(`input[${i}]`, () => referred(item, call)) : item));
  return (await Promise.all(items)).filter((item) => item !== undefined);
}

const isReference = ({ type }: JsonObject): boolean => type === 'item_reference';

async function referred({ id }: JsonObject, call: Call): Promise<JsonObject | undefined> {
  // Reasoning is no part of a chat.
  if (typeof id === 'string' && id.startsWith('rs_')) return undefined;
  const [, response = '', index] = ITEM_ID.exec(String(id)) ?? [];
  const { output } = await readResponse(`resp_${response}`, call);
  return output[Number(index)];
}

/** Names the field for which something kept was looked up. */
async function named<T>(param: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'response_not_found') throw error;
    const message = `\`${param}\` refers to a response that is not kept. Send its items themselves (in the AI SDK with \`store: false\`), or create it with \`"store": true\`.`;
    throw new ApiError('response_not_found', message, { param });
  }
}

/** The history is a part of the body, as if the caller had sent it. */
function count(history: readonly JsonObject[], call: Call): void {
  const json = JSON.stringify(history);
  const pictures = dataUrlsIn(json);
  const textBytes = (call.textBytes ?? 0) + json.length - pictures.characters;
  if (json.length + textBytes > MAX_CHAT_BODY_BYTES) {
    throw new ApiError('body_too_large', `The conversation must have at most ${MAX_CHAT_BODY_BYTES} bytes.`, {
      param: 'previous_response_id',
    });
  }
  Object.assign(call, { textBytes, pictures: (call.pictures ?? 0) + pictures.count });
}
