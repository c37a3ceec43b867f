import type { JsonObject } from '../../call/tasks.ts';
import type { Citation } from '../../hosts/protocols/chat-extras.ts';

/**
 * A citation of a page, as messages have it. Its index only means something to Anthropic.
 * Source: https://platform.claude.com/docs/en/api/messages/create, `web_search_result_location`
 *
 * @param text what cites it
 * @returns undefined for a citation of anything else: a file of the host, which no client can have
 */
export function messageCitation(
  { url, title, start_index, end_index }: Citation,
  text: string,
): JsonObject | undefined {
  if (typeof url !== 'string' || url === '') return undefined;
  return {
    type: 'web_search_result_location',
    cited_text:
      typeof start_index === 'number' && typeof end_index === 'number' ? text.slice(start_index, end_index) : '',
    encrypted_index: '',
    title: typeof title === 'string' ? title : null,
    url,
  };
}
