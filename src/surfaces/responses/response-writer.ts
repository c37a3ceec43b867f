import { toSeconds } from '../../base/to-seconds.ts';
import { contentPieces } from '../../hosts/protocols/chat-content.ts';
import { citationsIn, picturesIn } from '../../hosts/protocols/chat-extras.ts';
import { invalidAnswer, UpstreamFailure } from '../../hosts/upstream/failure.ts';
import type { ChatChoice, ChatDelta, ChatPiece } from '../chat/chat-answer.ts';
import type { ChatFollower } from '../chat/follow-chat.ts';
import { Output } from './output.ts';
import { OutputCalls } from './output-calls.ts';
import { OutputTexts } from './output-texts.ts';
import { type ResponseObject, usageOf } from './response.ts';
import { ResponseEvents } from './response-events.ts';

/** Why an answer ended that is not all that the model had to say. */
const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };

/** What the pieces of a `content` become. */
const KINDS = { text: 'output_text', thinking: 'summary_text', refusal: 'refusal' } as const;

/**
 * Writes a response from the pieces of a chat answer, as they come: the events of its stream, and the
 * response itself. A complete answer is one piece, of which nobody gets the events.
 */
export class ResponseWriter implements ChatFollower {
  readonly #response: ResponseObject;
  readonly #events: ResponseEvents;
  readonly #output: Output;
  readonly #texts: OutputTexts;
  readonly #calls: OutputCalls;
  #finishReason: string | undefined;
  #comments = '';

  constructor(response: ResponseObject, isStreamed: boolean) {
    this.#response = response;
    this.#events = new ResponseEvents(isStreamed);
    this.#output = new Output(response.id, this.#events);
    this.#texts = new OutputTexts(this.#output);
    this.#calls = new OutputCalls(this.#output, {
      tools: response.tools,
      onOpen: () => this.#texts.close('completed'),
    });
    this.#events.emit('response.created', { response: { ...response } });
    this.#events.emit('response.in_progress', { response: { ...response } });
  }

  /** @returns the events since the last time, as they are sent */
  *take(): Generator<string> {
    yield* this.#events.take();
    if (this.#comments !== '') yield this.#comments;
    this.#comments = '';
  }

  comment(text: string): void {
    this.#comments += `${text}\n\n`;
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
    if (usage) this.#response.usage = usageOf(usage);
    const choice = choices?.[0];
    if (!choice) return;
    const delta = choice.delta ?? choice.message;
    if (delta) this.#readDelta(delta, choice);
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
  }

  #readDelta(delta: ChatDelta, choice: ChatChoice): void {
    const { content, refusal, reasoning_content, reasoning, annotations, images, tool_calls } = delta;
    this.#texts.write('summary_text', reasoning_content || reasoning);
    // The probabilities are those of all texts together.
    let logprobs = choice.logprobs?.content;
    for (const { kind, text } of contentPieces(content)) {
      this.#texts.write(KINDS[kind], text, kind === 'text' ? logprobs : undefined);
      if (kind === 'text') logprobs = undefined;
    }
    this.#texts.write('refusal', refusal);
    for (const citation of citationsIn(annotations)) this.#texts.annotate(citation);
    for (const picture of picturesIn(images)) {
      this.#texts.close('completed');
      this.#output.addPicture(picture);
    }
    // The calls of a complete answer have no index.
    tool_calls?.forEach((call, i) => {
      this.#calls.write(call, choice.message ? i : undefined);
    });
  }

  /** The host has said everything. */
  end(): ResponseObject {
    const response = this.#response;
    const reason = INCOMPLETE[this.#finishReason ?? ''];
    // White space beside calls is no message.
    if (this.#calls.size === 0) this.#texts.writeBlank();
    const last = reason ? 'incomplete' : 'completed';
    this.#calls.openAll();
    if (this.#output.items.length === 0) this.#texts.begin('output_text');
    // An open text is the last item: whatever begins after it closes it.
    this.#texts.close(last);
    this.#calls.close(last);
    response.status = last;
    if (reason) response.incomplete_details = { reason };
    else response.completed_at = toSeconds(Date.now());
    response.output = this.#output.items;
    this.#events.emit(`response.${response.status}`, { response });
    return response;
  }

  /** The host has broken off. What it has said until then is part of the response. */
  fail(error: { readonly code: string; readonly message: string }): void {
    const response = this.#response;
    this.#texts.breakOff();
    this.#calls.breakOff();
    response.status = 'failed';
    response.error = { code: error.code, message: error.message };
    response.output = this.#output.items;
    // As OpenAI's streams do: some clients read only one of the two.
    this.#events.emit('error', { ...response.error, param: null });
    this.#events.emit('response.failed', { response });
  }
}
