import { ApiError } from '../errors.ts';

/** What OpenAI does itself, and a host with chat cannot. */
export function unsupported(param: string, message: string): ApiError {
  return new ApiError('unsupported_parameter', message, { param });
}

export function invalid(param: string, what: string): ApiError {
  return new ApiError('invalid_parameter', `\`${param}\` ${what}.`, { param });
}
