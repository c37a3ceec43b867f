import type { QuirkName } from '../../base/quirk-names.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject, Target } from '../../call/tasks.ts';
import { quirksOf, rememberQuirk } from './known-quirks.ts';
import { changeFor, oppositeOf, shows } from './quirks.ts';
import type { UpstreamRequest } from './transport.ts';

/** A request that can be written in several ways, as its host takes it. */
interface Adaptable {
  readonly target: Target;
  readonly fields: JsonObject;
  /** The quirks that hosts of this request can have. */
  readonly quirks: readonly QuirkName[];
  /** Those that its provider assumes, as long as nothing else is known. */
  readonly assumed?: readonly QuirkName[] | undefined;
  /** @param fields the same object as above, if nothing had to change */
  write(fields: JsonObject): UpstreamRequest;
}

/**
 * Writes a request as its target takes it, as far as that is known. If the host rejects it and names a field, it is sent once
 * more without that field, or with another one, and what helped is remembered for the target.
 */
export function adapted(request: Adaptable, call: Call): UpstreamRequest {
  let { fields } = request;
  for (const name of quirksOf(request.target, call, request.assumed)) {
    if (request.quirks.includes(name)) fields = changeFor(name, fields) ?? fields;
  }
  return written(request, fields, [], call);
}

function written(request: Adaptable, fields: JsonObject, shown: readonly QuirkName[], call: Call): UpstreamRequest {
  return {
    ...request.write(fields),
    instead(failure) {
      for (const name of request.quirks) {
        const opposite = oppositeOf(name);
        // Each once, and not back again.
        if (shown.includes(name) || (opposite && shown.includes(opposite)) || !shows(name, failure)) continue;
        const changed = changeFor(name, fields);
        if (changed) return written(request, changed, [...shown, name], call);
      }
      return undefined;
    },
    accepted() {
      for (const name of shown) rememberQuirk(request.target, name, call);
    },
  };
}
