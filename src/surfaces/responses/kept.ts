import { ApiError } from '../../base/errors.ts';

/**
 * Looks something up that must be kept.
 *
 * @throws ApiError `response_not_found`, which names the field that refers to it
 */
export async function kept<T>(param: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    throw error instanceof ApiError && error.code === 'response_not_found' ? notKept(param) : error;
  }
}

export function notKept(param: string): ApiError {
  return new ApiError(
    'response_not_found',
    `\`${param}\` refers to a response that is not kept. Send the items themselves (AI SDK: \`store: false\`), or keep it with \`"store": true\`.`,
    { param },
  );
}
