import { ApiError } from '../errors.ts';

interface ErrorBody {
  readonly error: { readonly message: string; readonly param: string | null; readonly code: string };
}

/**
 * An error answer in the shape that Hugging Face's clients read: the message itself in `error`, and the type by which the one
 * for Python chooses its class. `code` and `param` are those of all errors of this API.
 *
 * A 503 becomes a 500: the client for JavaScript repeats a request at once, without end or pause, as long as it gets 503.
 */
export async function toHubError(answer: Response): Promise<Response> {
  const { error } = (await answer.json()) as ErrorBody;
  const status = answer.status === 503 ? 500 : answer.status;
  const { message, code, param } = error;
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return Response.json({ error: message, error_type: typeOf(answer.status), code, param }, { status, headers });
}

function typeOf(status: number): string {
  if (status === 429 || status === 503) return 'overloaded';
  return status < 500 ? 'validation' : 'generation';
}

/** The same error with the names that the caller used. */
export function renamed(error: unknown, nameOf: (field: string) => string): unknown {
  if (!(error instanceof ApiError) || !error.param || error.param === 'model') return error;
  const { code, param, cause, headers, status, hostCode } = error;
  const rename = (path: string) => path.replace(/^\w+/, nameOf);
  const [field = ''] = /^\w+/.exec(param) ?? [];
  const message = error.message.replaceAll(/`(\w+)/g, (whole, name: string) =>
    name === field || nameOf(name) !== `parameters.${name}` ? `\`${nameOf(name)}` : whole,
  );
  return new ApiError(code, message, { param: rename(param), cause, headers, status, hostCode });
}
