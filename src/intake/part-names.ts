import { ApiError } from '../base/errors.ts';

/** The name that a caller's form has for a path of the JSON that it became: `image` for `images[0]`. */
export type PartName = (path: string) => string;

/**
 * The name of an item of a list that a form sends as parts of one name: that name, with the place if there
 * are several.
 */
export function partOf(name: string, place: number, count: number): string {
  return count > 1 ? `${name}[${place}]` : name;
}

/** Runs what validates and uses a form. Its errors name the caller's own parts. */
export async function namingParts<T>(run: () => T | Promise<T>, partName: PartName): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof ApiError ? aboutPart(error, partName) : error;
  }
}

/** @returns the error with the names that the caller's form has */
export function aboutPart(error: ApiError, partName: PartName): ApiError {
  if (error.param === null) return error;
  const param = partName(error.param);
  const message = error.message.replaceAll(/`([^`]+)`/g, (_, path: string) => `\`${partName(path)}\``);
  return param === error.param && message === error.message ? error : error.about(param, message);
}
