import type { Placeholders } from '../../base/bytes/placeholders.ts';
import type { QuirkName } from '../../base/quirk-names.ts';
import type { Call } from '../../call/call.ts';
import type { Embedded, JsonObject, Target } from '../../call/tasks.ts';
import { adapted } from '../upstream/adapted.ts';
import { send } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';
import { readVectors } from './openai-vectors.ts';

const QUIRKS: readonly QuirkName[] = ['no_encoding_format'];

/**
 * Asks a host with OpenAI's embeddings route for vectors in base64, which are a quarter of the bytes of
 * numbers; a host that does not take that answers with numbers.
 *
 * @param fields of the request, with placeholders for what is in `large`
 */
export function requestVectors(
  target: Target,
  fields: JsonObject & { readonly input: readonly unknown[] },
  large: Placeholders,
  call: Call,
): Promise<Embedded> {
  const { host, upstreamModel } = target;
  const write = (body: JsonObject) =>
    jsonRequest(host, '/embeddings', large.into(JSON.stringify({ model: upstreamModel, ...body })), call);
  const request = { target, fields: { ...fields, encoding_format: 'base64' }, quirks: QUIRKS, write };
  return send(adapted(request, call), call, (response) => readVectors(response, fields.input.length, host.name));
}
