import { ApiError } from '../../base/errors.ts';
import { MAX_CHAT_BODY_BYTES, MAX_TEXT_BYTES } from '../../base/sizes.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import { Outcome } from '../../call/outcome.ts';
import { newReport } from '../../call/report.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { dataUrlsIn } from '../../intake/data-urls.ts';
import { contextOf } from '../../runs/messages.ts';
import { kept } from './kept.ts';
import { isReference, withoutReferences } from './references.ts';
import { itemsOf, type ResolvedRequest, type ResponseRequest } from './request.ts';
import { readRequest, readResponse } from './stored-responses.ts';
import { invalid } from './unsupported.ts';

/**
 * The request with all that went before it: the items of `previous_response_id`, and those that it refers to.
 * What is kept of a response has its own history, so one look-up is enough however long a conversation is.
 *
 * @returns the request, and the call that it runs with: what was looked up counts as a part of its body
 * @throws ApiError `response_not_found` or `invalid_parameter`, which names the field
 */
export async function withHistory(
  request: ResponseRequest,
  call: Call,
): Promise<{ resolved: ResolvedRequest; call: Call }> {
  const { previous_response_id: previous, input = [], ...rest } = request;
  const refers = typeof input !== 'string' && input.some(isReference);
  // A request that is being recorded was resolved before.
  if (previous == null && !refers) return { resolved: { request, continues: contextOf(call) }, call };
  // What is read here does not answer the request.
  const aside = deriveCall(call, { outcome: new Outcome(), report: newReport() });
  const items = refers ? await withoutReferences(input, aside) : itemsOf(request);
  const sent = new Set<unknown>(refers ? input : items);
  const found = items.filter((item) => !sent.has(item));
  const counted = withItems(found, 'input', call);
  if (previous == null) return { resolved: { request: { ...request, input: items }, continues: null }, call: counted };
  const history = await kept('previous_response_id', () => historyOf(previous, aside));
  return {
    resolved: { request: { ...rest, input: [...history, ...items] }, continues: previous },
    call: withItems(history, 'previous_response_id', counted),
  };
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
 * A call whose body has items that were looked up, as if the caller had sent them.
 *
 * @param param that refers to them
 */
function withItems(items: readonly JsonObject[], param: string, call: Call): Call {
  if (items.length === 0) return call;
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
  return deriveCall(call, { textBytes, pictures });
}
