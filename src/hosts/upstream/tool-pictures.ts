import type { JsonObject } from '../../call/tasks.ts';

type Part = JsonObject & { readonly type?: unknown };
type Message = JsonObject & { readonly role?: unknown; readonly content?: unknown };

/**
 * A chat whose tools answer with text only: their pictures, and other parts that are not text, are in a
 * message of the user behind all outputs of the turn, since nothing may come between the outputs.
 *
 * @returns undefined if no tool answers with anything else
 */
export function withoutToolPictures(body: JsonObject): JsonObject | undefined {
  const messages = Array.isArray(body.messages) ? (body.messages as Message[]) : [];
  if (!messages.some((message) => othersIn(message).length > 0)) return undefined;
  const changed: Message[] = [];
  let moved: Part[] = [];
  const flush = () => {
    if (moved.length > 0) changed.push({ role: 'user', content: moved });
    moved = [];
  };
  for (const message of messages) {
    if (message.role !== 'tool') flush();
    const others = othersIn(message);
    if (others.length === 0) {
      changed.push(message);
      continue;
    }
    const texts = (message.content as Part[]).filter(isText);
    // Hosts reject a message without a text.
    changed.push({ ...message, content: texts.length > 0 ? texts : 'See the next message of the user.' });
    moved.push({ type: 'text', text: `From the output of the tool call ${message.tool_call_id}:` }, ...others);
  }
  flush();
  return { ...body, messages: changed };
}

function othersIn({ role, content }: Message): Part[] {
  return role === 'tool' && Array.isArray(content) ? content.filter((part) => !isText(part)) : [];
}

const isText = ({ type }: Part) => type === 'text';
