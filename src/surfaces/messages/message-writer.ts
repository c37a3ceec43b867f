import { contentPieces } from '../../hosts/protocols/chat-content.ts';
import { type Citation, citationsIn } from '../../hosts/protocols/chat-extras.ts';
import type { StreamError } from '../../hosts/stream/error-event.ts';
import { invalidAnswer, UpstreamFailure } from '../../hosts/upstream/failure.ts';
import { AnswerSize } from '../chat/answer-size.ts';
import { Called, type OpenCall } from '../chat/called.ts';
import type { ChatChoice, ChatDelta, ChatPiece, ChatToolCall, ChatUsage } from '../chat/chat-answer.ts';
import type { ChatFollower } from '../chat/follow-chat.ts';
import { messageCitation } from './citation.ts';
import { errorEvent } from './errors.ts';
import { hostUsage, type Message, STOP_REASONS, type StopReason, usageOf } from './message.ts';
import { type Block, MessageBlocks } from './message-blocks.ts';
import { MessageEvents } from './message-events.ts';

/** How a message is written. */
export interface MessageOptions {
  readonly isStreamed: boolean;
  readonly showsThinking: boolean;
  readonly stopSequences: readonly string[];
  readonly requestId: string;
  /** The tokens of the request, estimated. */
  readonly promptTokens: number;
}

/** A host that thinks unseen sends nothing that a client would get. */
const PING_MS = 10_000;
const CHARACTERS_PER_TOKEN = 4;

/**
 * Writes a message from the pieces of a chat answer, as they come: the events of its stream, and the message
 * itself. A complete answer is one piece, of which nobody gets the events.
 */
export class MessageWriter implements ChatFollower {
  readonly #message: Message;
  readonly #options: MessageOptions;
  readonly #events: MessageEvents;
  readonly #blocks: MessageBlocks;
  readonly #called = new Called<{ block: Block }>();
  readonly #size = new AnswerSize();
  /** White space that is written once there is more of the text: models write some between their calls. */
  #blank = '';
  /** Citations that came before their text. */
  readonly #uncited: Citation[] = [];
  #finishReason: string | undefined;
  #stoppedAt: unknown;
  #hasRefused = false;
  #usage: ChatUsage | undefined;
  #sentAt = Date.now();

  constructor(message: Message, options: MessageOptions) {
    this.#message = message;
    this.#options = options;
    this.#events = new MessageEvents(options.isStreamed);
    this.#blocks = new MessageBlocks(this.#events);
    this.#events.emit('message_start', { message });
  }

  take(): Generator<string> {
    return this.#events.take();
  }

  comment(): void {
    this.#events.emit('ping', {});
    this.#sentAt = Date.now();
  }

  /** @throws UpstreamFailure if the answer is too large, or no chat */
  read(piece: ChatPiece): void {
    try {
      this.#read(piece);
    } catch (error) {
      throw error instanceof UpstreamFailure
        ? error
        : invalidAnswer('of the model', 'with something that is not a chat');
    }
  }

  #read({ choices, usage }: ChatPiece): void {
    if (usage) this.#usage = usage;
    const choice = choices?.[0];
    if (!choice) return;
    const delta = choice.delta ?? choice.message;
    if (delta) this.#readDelta(delta, choice);
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    this.#stoppedAt ??= choice.stop_reason ?? choice.matched_stop;
  }

  #readDelta(delta: ChatDelta, { message }: ChatChoice): void {
    const { content, refusal, reasoning_content, reasoning, annotations, tool_calls } = delta;
    this.#think(reasoning_content || reasoning);
    for (const { kind, text } of contentPieces(content)) {
      if (kind === 'thinking') this.#think(text);
      else this.#say(text);
      this.#hasRefused ||= kind === 'refusal' && text !== '';
    }
    if (typeof refusal === 'string' && refusal !== '') {
      this.#hasRefused = true;
      this.#say(refusal);
    }
    for (const citation of citationsIn(annotations)) this.#cite(citation);
    // The calls of a complete answer have no index.
    tool_calls?.forEach((call, i) => {
      this.#call(call, message ? i : undefined);
    });
  }

  #think(text: unknown): void {
    if (typeof text !== 'string' || text === '') return;
    if (this.#options.showsThinking) this.#write('thinking', text);
    else if (Date.now() - this.#sentAt >= PING_MS) this.comment();
  }

  #say(text: string): void {
    this.#blank += text;
    if (this.#blocks.last?.kind === 'text' || text.trim() !== '') this.#sayBlank();
  }

  #sayBlank(): void {
    const text = this.#blank;
    this.#blank = '';
    if (text !== '') this.#write('text', text);
  }

  #write(kind: 'text' | 'thinking', delta: string): void {
    this.#size.add(delta.length);
    const last = this.#blocks.last;
    this.#blocks.write(last?.kind === kind ? last : this.#blocks.begin(kind), delta);
    this.#sentAt = Date.now();
    if (kind === 'text') for (const citation of this.#uncited.splice(0)) this.#cite(citation);
  }

  /** Most hosts send it behind the text that it is of. */
  #cite(citation: Citation): void {
    const { last } = this.#blocks;
    if (last?.kind !== 'text') {
      this.#uncited.push(citation);
      return;
    }
    const cited = messageCitation(citation, last.text);
    if (!cited) return;
    this.#size.add(JSON.stringify(cited).length);
    this.#blocks.cite(last, cited);
  }

  #call(piece: ChatToolCall, slot: number | undefined): void {
    const added = this.#called.add(piece, slot);
    if (!added) return;
    const { call, isNamed, delta } = added;
    this.#size.add(delta.length);
    if (call.block) this.#blocks.write(call.block, delta);
    else if (isNamed) this.#beginCall(call);
  }

  #beginCall(call: OpenCall & { block?: Block }): void {
    call.block = this.#blocks.begin('tool_use', call);
    if (call.arguments !== '') this.#blocks.write(call.block, call.arguments);
  }

  end(): Message {
    const message = this.#message;
    const { calls } = this.#called;
    // White space beside calls is no text.
    if (calls.length === 0) this.#sayBlank();
    for (const call of calls) if (!call.block) this.#beginCall(call);
    message.content = this.#blocks.end();
    const stopped = this.#options.stopSequences.find((sequence) => sequence === this.#stoppedAt);
    message.stop_reason = this.#stopReason(stopped !== undefined);
    message.stop_sequence = message.stop_reason === 'stop_sequence' ? (stopped ?? null) : null;
    message.usage = this.#counted();
    const { stop_reason, stop_sequence, usage } = message;
    this.#events.emit('message_delta', { delta: { stop_reason, stop_sequence, stop_details: null }, usage });
    this.#events.emit('message_stop', {});
    return message;
  }

  fail(error: StreamError): void {
    this.#events.emit('error', errorEvent(error, this.#options.requestId) as Record<string, unknown>);
  }

  #stopReason(isStopped: boolean): StopReason {
    const reason = STOP_REASONS[this.#finishReason ?? ''] ?? 'end_turn';
    if (this.#hasRefused && reason === 'end_turn') return 'refusal';
    // Some hosts say `stop` after calls, or `tool_calls` without any.
    if (reason !== 'end_turn' && reason !== 'tool_use') return reason;
    if (this.#called.calls.length > 0) return 'tool_use';
    return isStopped ? 'stop_sequence' : 'end_turn';
  }

  #counted() {
    const counted = this.#usage && hostUsage(this.#usage);
    if (counted) return counted;
    const output = Math.ceil(this.#size.characters / CHARACTERS_PER_TOKEN);
    return usageOf({ input: this.#options.promptTokens, output });
  }
}
