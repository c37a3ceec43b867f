import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { isWhole, parsedArguments } from '../../hosts/stream/call-slots.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
import type { OpenCall } from '../chat/called.ts';
import type { MessageEvents } from './message-events.ts';

/** The kinds of blocks: their field, and the type and field of their pieces. */
const KINDS = {
  text: { start: { type: 'text', text: '' }, delta: 'text_delta', field: 'text' },
  thinking: { start: { type: 'thinking', thinking: '', signature: '' }, delta: 'thinking_delta', field: 'thinking' },
  tool_use: { start: { type: 'tool_use', input: {} }, delta: 'input_json_delta', field: 'partial_json' },
} as const;
export type BlockKind = keyof typeof KINDS;

/** Anthropic's own advice for arguments that are not JSON: so they are kept, and the tool rejects them. */
const INVALID_JSON = 'INVALID_JSON';

export interface Block {
  readonly kind: BlockKind;
  readonly call: OpenCall | undefined;
  text: string;
  readonly citations: JsonObject[];
  /** An event with more of it, up to its text: they are nearly all events of a message. */
  head: string;
}

/**
 * The content of a message that is being written. Clients require one block after the other, and hosts may
 * send their pieces in turns: what comes for a block that is not open yet waits until those before it are
 * complete.
 */
export class MessageBlocks {
  readonly #events: MessageEvents;
  readonly #blocks: Block[] = [];
  /** The place of the block that is open. All before it are complete. */
  #open = -1;

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  get last(): Block | undefined {
    return this.#blocks.at(-1);
  }

  begin(kind: BlockKind, call?: OpenCall): Block {
    const block: Block = { kind, call, text: '', citations: [], head: '' };
    this.#blocks.push(block);
    this.#advance(false);
    return block;
  }

  /** @throws UpstreamFailure if a call goes on that was complete */
  write(block: Block, delta: string): void {
    block.text += delta;
    if (block === this.#blocks[this.#open]) this.#events.delta(block.head, delta);
    else if (this.#blocks.indexOf(block) < this.#open && delta.trim() !== '') {
      throw invalidAnswer('of the model', 'with a call that goes on after its end');
    }
  }

  /** Adds a citation to a text. */
  cite(block: Block, citation: JsonObject): void {
    block.citations.push(citation);
    if (block === this.#blocks[this.#open]) this.#cited(citation);
  }

  /** The host has said everything. @returns the content */
  end(): JsonObject[] {
    this.#advance(true);
    if (this.#open >= 0) this.#events.emit('content_block_stop', { index: this.#open });
    return this.#blocks.map(contentOf);
  }

  /** Opens the next blocks, as long as the open one is complete. */
  #advance(isEnd: boolean): void {
    while (this.#open < this.#blocks.length - 1) {
      const open = this.#blocks[this.#open];
      if (open) {
        if (!isEnd && open.kind === 'tool_use' && !isWhole(open.text)) return;
        this.#events.emit('content_block_stop', { index: this.#open });
      }
      this.#openNext();
    }
  }

  #openNext(): void {
    const index = ++this.#open;
    const block = this.#blocks[index] as Block;
    const { start, delta, field } = KINDS[block.kind];
    const named = block.call && { id: block.call.id, name: block.call.name };
    this.#events.emit('content_block_start', { index, content_block: { ...start, ...named } });
    const head = JSON.stringify({ type: 'content_block_delta', index, delta: { type: delta, [field]: '' } });
    block.head = `event: content_block_delta\ndata: ${head.slice(0, -'""}}'.length)}`;
    if (block.text !== '') this.#events.delta(block.head, block.text);
    for (const citation of block.citations) this.#cited(citation);
  }

  #cited(citation: JsonObject): void {
    this.#events.emit('content_block_delta', { index: this.#open, delta: { type: 'citations_delta', citation } });
  }
}

function contentOf({ kind, call, text, citations }: Block): JsonObject {
  if (kind === 'text') return { type: kind, text, ...(citations.length > 0 && { citations }) };
  if (kind === 'thinking') return { type: kind, thinking: text, signature: '' };
  // A function without parameters may be called without arguments.
  const input = text.trim() === '' ? {} : parsedArguments(text);
  return {
    type: kind,
    id: call?.id,
    name: call?.name,
    input: isObject(input) ? input : { [INVALID_JSON]: text },
  };
}
