import { commentsIn, failureIn, type Json, readStream, type Seen, type Surface, send, whole } from './surface.ts';

/** OpenAI's responses. */

/** What a response says. One that has failed says so in itself. */
function responseSeen({ status, output, error }: Json): Omit<Seen, 'status'> {
  const texts = (type: string, list: string, field: string) =>
    output
      .filter((item: Json) => item.type === type)
      .flatMap((item: Json) => item[list].map((part: Json) => part[field] ?? ''))
      .join('');
  return {
    text: texts('message', 'content', 'text'),
    reasoning: texts('reasoning', 'summary', 'text'),
    ...(error && { failed: error }),
    isOpen: status === 'in_progress' || status === 'queued',
  };
}

const response: Surface = {
  name: 'response',
  paths: ['/v1/responses'],
  asks: 'chat',
  hasReasoning: true,
  ask: (gateway, model) =>
    whole(gateway, '/v1/responses', { model, input: 'Go.', max_output_tokens: 64 }, responseSeen),
};
const responseStream: Surface = {
  name: 'response stream',
  paths: ['/v1/responses'],
  asks: 'chat stream',
  hasReasoning: true,
  async ask(gateway, model) {
    const answer = await send(gateway, '/v1/responses', {
      ...{ model, input: 'Go.', max_output_tokens: 64, stream: true },
    });
    const failure = failureIn(answer);
    if (failure) return failure;
    let seen: Omit<Seen, 'status'> = { isOpen: true };
    readStream(answer.text, ({ type, response }) => {
      if (/^response\.(completed|incomplete|failed)$/.test(type)) seen = responseSeen(response);
      return {};
    });
    return { status: answer.status, ...seen, comments: commentsIn(answer.text) };
  },
};
/** One in the background, as it is kept. */
const storedResponse: Surface = {
  name: 'response in the background',
  paths: ['/v1/responses/{id}/cancel'],
  asks: 'chat',
  isCostly: true,
  hasReasoning: true,
  async ask(gateway, model) {
    const begun = await send(gateway, '/v1/responses', { model, input: 'Go.', background: true });
    for (;;) {
      const answer = await send(gateway, `/v1/responses/${JSON.parse(begun.text).id}`, undefined);
      const seen = responseSeen(JSON.parse(answer.text));
      if (!seen.isOpen) return { status: answer.status, ...seen };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
};

export const responseSurfaces: readonly Surface[] = [response, responseStream, storedResponse];
