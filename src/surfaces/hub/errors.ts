import { ApiError, type ErrorShape } from '../../base/errors.ts';

/**
 * Errors in the shape that Hugging Face's clients read: the message itself in `error`, and the type by which
 * the client for Python chooses its class. `code` and `param` are those of all errors of this API.
 *
 * A 503 becomes a 500: as long as it gets 503, the client for JavaScript repeats a request at once, without
 * pause or end.
 */
export const hubError: ErrorShape = ({ message, code, param }, status) => ({
  body: { error: message, error_type: typeOf(status), code, param },
  status: status === 503 ? 500 : status,
});

function typeOf(status: number): string {
  if (status === 429 || status === 503) return 'overloaded';
  return status < 500 ? 'validation' : 'generation';
}

/** The same error with the names that the caller used. */
export function renamed(error: unknown, nameOf: (field: string) => string): unknown {
  if (!(error instanceof ApiError) || !error.param || error.param === 'model') return error;
  const { param } = error;
  const rename = (path: string) => path.replace(/^\w+/, nameOf);
  const [field = ''] = /^\w+/.exec(param) ?? [];
  const message = error.message.replaceAll(/`(\w+)/g, (whole, name: string) =>
    name === field || nameOf(name) !== `parameters.${name}` ? `\`${nameOf(name)}` : whole,
  );
  return error.about(rename(param), message);
}
