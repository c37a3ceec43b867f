import type { Call } from '../../call/call.ts';
import { promptTokens } from '../../call/prompt-tokens.ts';
import { followChat } from '../chat/follow-chat.ts';
import { type RunChat, readChat, runChat } from '../chat/run-chat.ts';
import { FIELDS, toChatBody } from './chat-body.ts';
import { chatCall } from './chat-call.ts';
import { beginMessage, usageOf } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { type MessagesRequest, showsThinking } from './request.ts';

/**
 * Answers by the chat that asks for the same, complete or as a stream.
 *
 * @param chat runs it
 */
export async function answerByChat(request: MessagesRequest, call: Call, chat: RunChat): Promise<Response> {
  const body = toChatBody(request);
  const own = chatCall(request, call);
  const answer = await runChat((body) => chat(body, own), body, FIELDS);
  const input = promptTokens(own);
  const isStreamed = request.stream === true && answer.body !== null;
  const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
  const message = beginMessage(id, call.report.model ?? request.model, usageOf({ input, output: 0 }));
  const writer = new MessageWriter(message, {
    isStreamed,
    showsThinking: showsThinking(request),
    stopSequences: request.stop_sequences ?? [],
    requestId: call.requestId,
    promptTokens: input,
  });
  const headers = { 'request-id': call.requestId };
  if (isStreamed)
    return followChat(answer.body as ReadableStream<Uint8Array>, { follower: writer, call: own, headers });
  const { chat: piece, large } = readChat(await answer.bytes());
  writer.read(piece);
  const whole = JSON.stringify(writer.end());
  const sent = large?.into(whole) ?? whole;
  return new Response(typeof sent === 'string' ? sent : sent.stream(), {
    headers: { 'content-type': 'application/json', ...headers },
  });
}
