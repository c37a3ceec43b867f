/**
 * The bytes of an OpenAI-compatible host: what a faulty upstream sends before, or in place of, going wrong.
 */

/** Characters of one to four bytes, so that a cut can fall inside each kind. */
export const WORDS: readonly string[] = ['The ', 'Fluß ', '川 ', '🌊 ', 'naïve ', 'end.'];
export const TEXT: string = WORDS.join('');

const head = { id: 'chatcmpl-chaos', created: 1_760_000_000, model: 'chaos' };
const usage = { prompt_tokens: 7, completion_tokens: WORDS.length, total_tokens: 7 + WORDS.length };

/** The `data` of each event of a whole stream, `[DONE]` included. */
export const DATA: readonly string[] = [
  ...WORDS.map((content) => chunk({ content }, null)),
  JSON.stringify({ ...JSON.parse(chunk({}, 'stop')), usage }),
  '[DONE]',
];
export const EVENTS: readonly string[] = DATA.map((data) => `data: ${data}\n\n`);

export const ANSWER: string = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: TEXT, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
});

export const ERROR: string = JSON.stringify({
  error: { message: 'The model fell over.', type: 'server_error', param: null, code: 'model_error' },
});

export function chunk(delta: { content?: string }, finishReason: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  return JSON.stringify({ ...head, object: 'chat.completion.chunk', choices });
}
