import { readFileSync } from 'node:fs';
import type { Json } from './surface.ts';

/** What text surfaces send and read. */

export const messages = [{ role: 'user', content: 'Go.' }];
/** A limit, whose name is what some hosts do not take. */
export const limited = { messages, max_tokens: 64 };
export const streaming = { stream: true, stream_options: { include_usage: true } };

/** A text may be an array of parts: then these are all of it. */
const textOf = (content: Json): string =>
  Array.isArray(content)
    ? content.map((part: Json) => (part.type === 'text' ? part.text : '')).join('')
    : (content ?? '');
const reasoningOf = (message: Json): string => {
  const parts = Array.isArray(message?.content) ? message.content : [];
  const thoughts = parts.flatMap((part: Json) => (part.type === 'thinking' ? part.thinking : []));
  return message?.reasoning_content ?? message?.reasoning ?? thoughts.map((part: Json) => part.text ?? part).join('');
};
export const chatMessage = ({ choices }: Json) => ({
  text: textOf(choices[0]?.message?.content),
  reasoning: reasoningOf(choices[0]?.message),
});
export const chatDelta = (event: Json) => ({
  text: textOf(event?.choices?.[0]?.delta?.content),
  reasoning: reasoningOf(event?.choices?.[0]?.delta),
});

const png = readFileSync(new URL('../fixtures/pictures/cat.png', import.meta.url)).toString('base64');
/** What a tool returns beside a text. */
export const TOOL_PICTURE = `data:image/png;base64,${png}`;
