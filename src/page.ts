/** A page of a list, as OpenAI's API has it. @param entries one more than the limit if the list goes on */
export function pageOf<Entry extends { readonly id?: unknown }>(entries: readonly Entry[], limit: number) {
  const data = entries.slice(0, limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: entries.length > limit,
  };
}
