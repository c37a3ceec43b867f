import type { QuirkName } from '../../base/quirk-names.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject, Target } from '../../call/tasks.ts';
import type { UpstreamFailure } from './failure.ts';
import { quirksOf, rememberQuirk } from './known-quirks.ts';
import { changeFor, oppositeOf, shows } from './quirks.ts';
import type { Adaptation, UpstreamRequest } from './transport.ts';

/** A request that can be written in several ways, as its host takes it. */
interface Adaptable {
  readonly target: Target;
  readonly fields: JsonObject;
  /** The quirks that hosts of this request can have. */
  readonly quirks: readonly QuirkName[];
  /** Those that its provider assumes, as long as nothing else is known. */
  readonly assumed?: readonly QuirkName[] | undefined;
  /** @param fields the same object as above, if nothing had to change. @returns a new object */
  write(fields: JsonObject): UpstreamRequest;
}

/**
 * Writes a request as its target takes it, as far as that is known. If the host rejects it and names a field,
 * it is sent once more without that field, or with another one, and what helped is remembered for the target.
 */
export function adapted(request: Adaptable, call: Call): UpstreamRequest {
  let { fields } = request;
  for (const name of quirksOf(request.target, call, request.assumed)) {
    if (request.quirks.includes(name)) fields = changeFor(name, fields) ?? fields;
  }
  return new Adapted(request, fields, [], call).write();
}

/**
 * One way in which a request is written. A class: closures for each request would cost more than the rest of
 * it.
 */
class Adapted implements Adaptation {
  readonly #request: Adaptable;
  readonly #fields: JsonObject;
  /** What the rejections so far have shown. */
  readonly #shown: readonly QuirkName[];
  readonly #call: Call;

  constructor(request: Adaptable, fields: JsonObject, shown: readonly QuirkName[], call: Call) {
    this.#request = request;
    this.#fields = fields;
    this.#shown = shown;
    this.#call = call;
  }

  write(): UpstreamRequest {
    return Object.assign(this.#request.write(this.#fields), { adaptation: this });
  }

  instead(failure: UpstreamFailure): UpstreamRequest | undefined {
    for (const name of this.#request.quirks) {
      const opposite = oppositeOf(name);
      // Each once, and not back again.
      if (this.#shown.includes(name) || (opposite && this.#shown.includes(opposite)) || !shows(name, failure)) continue;
      const changed = changeFor(name, this.#fields);
      if (changed) return new Adapted(this.#request, changed, [...this.#shown, name], this.#call).write();
    }
    return undefined;
  }

  accepted(): void {
    for (const name of this.#shown) rememberQuirk(this.#request.target, name, this.#call);
  }
}
