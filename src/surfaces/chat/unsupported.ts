import { ApiError } from '../../base/errors.ts';

/** What OpenAI does itself, and a host with chat cannot. @param instead what to send instead */
export function unsupported(param: string, instead = ''): ApiError {
  return new ApiError('unsupported_parameter', `\`${param}\` is not supported. ${instead}`.trim(), { param });
}

/** @throws ApiError `invalid_parameter` */
export function requireText(value: unknown, param: string): string {
  if (typeof value === 'string') return value;
  throw invalid(param, 'must be a string');
}

export function invalid(param: string, what: string): ApiError {
  return new ApiError('invalid_parameter', `\`${param}\` ${what}.`, { param });
}
