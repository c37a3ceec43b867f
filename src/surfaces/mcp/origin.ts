import { allowedOrigin } from '../../access/cors.ts';
import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';

/**
 * Refuses pages that may not read the answer. Elsewhere they only do not get to read it; MCP requires that a
 * server does nothing for them, since a page can make its own name one of this machine (DNS rebinding).
 *
 * @throws ApiError `origin_not_allowed`
 */
export function requireOrigin({ headers, caller, settings, outcome }: Call, url: string): void {
  const origin = headers.get('origin');
  if (origin === null || origin === new URL(url).origin) return;
  if (allowedOrigin(origin, { caller, settings, outcome, isPreflight: false })) return;
  throw new ApiError(
    'origin_not_allowed',
    'Pages of this origin cannot use MCP here: `CORS_ORIGINS` does not list it.',
  );
}
