import { invalid } from '../chat/unsupported.ts';

/** A model as GET /v1/models has it. */
export interface DescribedModel {
  readonly id: string;
  readonly task?: string | undefined;
  /** Unix time in seconds. */
  readonly created: number;
  readonly context_length?: number | null;
}

export interface ModelPage {
  readonly limit?: number | undefined;
  readonly after_id?: string | undefined;
  readonly before_id?: string | undefined;
}

/** Anthropic's clients send their version, and read models in its shape. */
export const isAnthropic = (headers: Headers): boolean => headers.has('anthropic-version');

/** Source: https://platform.claude.com/docs/en/api/models */
export function anthropicModel({ id, created, context_length }: DescribedModel) {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
    max_input_tokens: context_length ?? null,
    max_tokens: context_length ?? null,
    capabilities: null,
  };
}

const DEFAULT_LIMIT = 20;

/** A page of the models that can answer messages. @throws ApiError `invalid_parameter` */
export function anthropicModels(all: readonly DescribedModel[], page: ModelPage) {
  const models = all.filter(({ task }) => task === 'text-generation');
  const { limit = DEFAULT_LIMIT, after_id, before_id } = page;
  const placeOf = (param: 'after_id' | 'before_id'): number => {
    const at = models.findIndex(({ id }) => id === page[param]);
    if (at < 0) throw invalid(param, 'must be an id of this list');
    return at;
  };
  const begin = after_id === undefined ? 0 : placeOf('after_id') + 1;
  const end = before_id === undefined ? models.length : placeOf('before_id');
  // Before an id, a page ends with the one directly before it.
  const from = before_id === undefined ? begin : Math.max(begin, end - limit);
  const data = models.slice(from, Math.min(end, from + limit)).map(anthropicModel);
  const has_more = before_id === undefined ? from + limit < end : from > begin;
  return { data, has_more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
