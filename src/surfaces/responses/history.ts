import { ApiError } from '../../base/errors.ts';
import { MAX_CHAT_BODY_BYTES, MAX_TEXT_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { dataUrlsIn } from '../../intake/data-urls.ts';
import { contextOf } from '../../runs/messages.ts';
import { invalid } from '../chat/unsupported.ts';
import { kept } from './kept.ts';
import { isReference, withoutReferences } from './references.ts';
import { itemsOf, type ResolvedRequest, type ResponseRequest } from './request.ts';
import { readRequest, readResponse } from './stored-responses.ts';

/**
 * The request with all that went before it: the items of `previous_response_id`, and those that it refers to.
 * What is kept of a response has its own history, so one look-up is enough however long a conversation is.
 *
 * @throws ApiError `response_not_found` or `invalid_parameter`, which names the field
 */
export async function withHistory(request: ResponseRequest, call: Call): Promise<ResolvedRequest> {
  const { previous_response_id: previous, input = [], ...rest } = request;
  const refers = typeof input !== 'string' && input.some(isReference);
  // A request that is being recorded was resolved before.
  if (previous == null && !refers) return { request, continues: contextOf(call) };
  // What is read here does not answer the request.
  const aside = { ...call, report: { ...call.report } };
  const items = refers ? await withoutReferences(input, aside) : itemsOf(request);
  if (refers) {
    const sent = new Set(input);
    count(
      items.filter((item) => !sent.has(item)),
      'input',
      call,
    );
  }
  if (previous == null) return { request: { ...request, input: items }, continues: null };
  const history = await kept('previous_response_id', () => historyOf(previous, aside));
  count(history, 'previous_response_id', call);
  return { request: { ...rest, input: [...history, ...items] }, continues: previous };
}

/** What was asked and answered until a response. */
async function historyOf(id: string, call: Call): Promise<JsonObject[]> {
  const { status, output } = await readResponse(id, call);
  if (status !== 'completed' && status !== 'incomplete') {
    throw invalid('previous_response_id', `names a response without an answer: its status is \`${status}\``);
  }
  return [...itemsOf((await readRequest(id, call)).request), ...output];
}

/**
 * Items that were looked up are a part of the body, as if the caller had sent them.
 *
 * @param param that refers to them
 */
function count(items: readonly JsonObject[], param: string, call: Call): void {
  let { textBytes = 0, pictures = 0 } = call;
  let bytes = textBytes;
  for (const item of items) {
    const json = JSON.stringify(item);
    const found = dataUrlsIn(json);
    bytes += json.length;
    textBytes += json.length - found.characters;
    pictures += found.count;
    // At once: an item can be referred to many times.
    if (bytes <= MAX_CHAT_BODY_BYTES && textBytes <= MAX_TEXT_BYTES) continue;
    const message = `The conversation must have at most ${MAX_CHAT_BODY_BYTES} bytes, and ${MAX_TEXT_BYTES} beside its pictures.`;
    throw new ApiError('body_too_large', message, { param });
  }
  Object.assign(call, { textBytes, pictures });
}
