import { type Json, type Seen, type Surface, streamed, whole } from './surface.ts';
import { messages } from './texts.ts';

/** Anthropic's messages. */

/** What a message says. */
function messageSeen({ content }: Json): Omit<Seen, 'status'> {
  const texts = (type: string) => content.map((block: Json) => (block.type === type ? block[type] : '')).join('');
  return { text: texts('text'), reasoning: texts('thinking') };
}
/** What the other surfaces have where Anthropic has statuses of its own. */
const COMMON: Readonly<Record<number, number>> = { 402: 429, 529: 503 };
const withCommonStatus = (seen: Seen): Seen => ({ ...seen, status: COMMON[seen.status] ?? seen.status });
const messagesBody = (model: string) => ({ model, max_tokens: 99, messages, thinking: { type: 'adaptive' } });
const message: Surface = {
  name: 'message',
  paths: ['/v1/messages'],
  asks: 'chat',
  hasReasoning: true,
  ask: async (gateway, model) =>
    withCommonStatus(await whole(gateway, '/v1/messages', messagesBody(model), messageSeen)),
};
const messageStream: Surface = {
  name: 'message stream',
  paths: ['/v1/messages'],
  asks: 'chat stream',
  hasReasoning: true,
  ask: async (gateway, model) =>
    withCommonStatus(
      await streamed(gateway, '/v1/messages', { ...messagesBody(model), stream: true }, ({ type, delta }) => ({
        text: delta?.text,
        reasoning: delta?.thinking,
        isLast: type === 'message_stop',
      })),
    ),
};

export const messageSurfaces: readonly Surface[] = [message, messageStream];
