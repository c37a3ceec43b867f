import { ApiError } from '../../base/errors.ts';

/**
 * Tasks of the hub have no place for what a model says in place of an answer.
 *
 * @throws ApiError `upstream_rejected`
 */
export function requireAnswer(refusal: string, finishReason: unknown): void {
  const message = refusal === '' ? filteredBy(finishReason) : `The model refused: ${refusal}`;
  if (message === undefined) return;
  // The same text would be refused again, and be paid again.
  throw new ApiError('upstream_rejected', message, { headers: { 'x-should-retry': 'false' } });
}

/** @returns what an answer that the filter of the host stopped is, or undefined */
export function filteredBy(finishReason: unknown): string | undefined {
  return finishReason === 'content_filter' ? "The host's content filter stopped the answer." : undefined;
}
