import { ApiError } from '../base/errors.ts';

interface Body {
  readonly input: unknown;
  readonly forwarded?: unknown;
}

/**
 * Takes the field `background` out of a body, so that no host gets it.
 *
 * @returns whether it is true, and the body without it. It is not passed on as it came, but written from the
 * input
 * @throws ApiError `invalid_parameter`
 */
export function takeBackground<B extends Body>(body: B): { readonly isBackground: boolean; readonly body: B } {
  if (!namesBackground(body.input)) return { isBackground: false, body };
  const { background, ...input } = body.input as { background: unknown };
  if (typeof background !== 'boolean') {
    throw new ApiError('invalid_parameter', '`background` must be a boolean.', { param: 'background' });
  }
  const { forwarded: _, ...rest } = body;
  return { isBackground: background, body: { ...rest, input } as unknown as B };
}

/** Pictures have a background, too, and null is a field that was not sent. */
const OF_OTHERS: readonly unknown[] = [undefined, null, 'transparent', 'opaque', 'auto'];

export function namesBackground(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && !OF_OTHERS.includes((input as { background?: unknown }).background)
  );
}
