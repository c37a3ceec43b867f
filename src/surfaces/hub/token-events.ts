import type { Call } from '../../call/call.ts';
import { rewriteEvents } from '../../hosts/stream/rewrite-events.ts';
import { filteredBy } from './refused.ts';

interface CompletionEvent {
  readonly choices?: readonly ({ readonly text?: string; readonly finish_reason?: string | null } | null)[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
}

/** OpenAI's hosts say `stop` for the end of the text and for a stop sequence alike. */
export function detailsOf(reason: string | null | undefined, stops: boolean, generatedTokens: number) {
  const finish_reason = reason === 'length' ? reason : stops ? 'stop_sequence' : 'eos_token';
  return { finish_reason, generated_tokens: generatedTokens, seed: null };
}

/**
 * Events of a completion as those of Text Generation Inference. Hosts send no ids and no probabilities of
 * tokens: the id is 0 and the probability null. The last event, with the whole text, has no token of its own.
 *
 * @param prefix what the whole text begins with
 * @param stops whether the request has stop sequences
 */
export function toTokenEvents(
  body: ReadableStream<Uint8Array>,
  { prefix, stops }: { prefix: string; stops: boolean },
  call: Call,
): ReadableStream<Uint8Array> {
  let index = 0;
  let generated = prefix;
  let reason: string | null | undefined;
  let usage: CompletionEvent['usage'];
  const event = (text: string, special: boolean, end: object) => ({
    index: ++index,
    token: { id: 0, text, logprob: null, special },
    ...end,
  });
  return rewriteEvents(
    body,
    {
      event({ choices, usage: counted }: CompletionEvent) {
        usage = counted ?? usage;
        const choice = choices?.[0];
        reason = choice?.finish_reason ?? reason;
        if (!choice?.text) return undefined;
        generated += choice.text;
        return event(choice.text, false, { generated_text: null, details: null });
      },
      error: ({ message }) => ({ error: message, error_type: 'generation' }),
      done() {
        const error = filteredBy(reason);
        if (error) return { error, error_type: 'generation' };
        const details = {
          ...detailsOf(reason, stops, usage?.completion_tokens ?? index),
          input_length: usage?.prompt_tokens ?? 0,
        };
        return event('', true, { generated_text: generated, details });
      },
    },
    call,
  );
}
