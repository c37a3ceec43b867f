import type { Call } from '../../call/call.ts';
import { promptTokens } from '../../call/prompt-tokens.ts';
import type { CountRoute, JsonObject } from '../../call/tasks.ts';
import { resolveForCaller } from '../../hosts/models/resolve-for-caller.ts';

export interface InputCount {
  readonly tokens: number;
  /** Say whether the host has counted. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The tokens of a request: as the host of its model counts them, or estimated from its length.
 *
 * @param route where hosts count requests of this shape
 * @throws ApiError if the caller cannot use the model
 */
export async function countInput(
  route: CountRoute,
  body: JsonObject & { readonly model: string },
  call: Call,
): Promise<InputCount> {
  const { targets } = resolveForCaller(body, ['text-generation'], call);
  const counted = await targets[0]?.count?.(route, { body }, call);
  return {
    tokens: counted ?? promptTokens(call),
    headers: { 'x-cedalion-tokens': counted === undefined ? 'estimated' : 'counted' },
  };
}
