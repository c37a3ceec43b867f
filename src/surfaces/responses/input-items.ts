import { pageOf, unknownAfter } from '../../base/page.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { itemsOf, type ResponseRequest } from './request.ts';

export interface ItemPage {
  readonly order: 'asc' | 'desc';
  /** The id of the last item of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of the items of a request. @throws ApiError `invalid_parameter` */
export function inputItems(id: string, request: ResponseRequest, { order, after, limit }: ItemPage) {
  const all = itemsOf(request).map((item, i): JsonObject => {
    const content = item.content === undefined ? {} : { content: partsOf(item) };
    return { type: 'message', id: `in_${id.slice('resp_'.length)}_${i}`, ...item, ...content };
  });
  if (order === 'desc') all.reverse();
  const from = after === undefined ? 0 : all.findIndex((item) => item.id === after) + 1;
  if (after !== undefined && from === 0) throw unknownAfter();
  return pageOf(all.slice(from), limit);
}

/** A text is a list of one part. */
function partsOf({ content, role }: JsonObject): unknown {
  if (typeof content !== 'string') return content;
  return [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: content }];
}
