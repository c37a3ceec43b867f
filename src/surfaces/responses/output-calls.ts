import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { ChatToolCall } from './chat-answer.ts';
import { CUSTOM_INPUT } from './chat-tools.ts';
import type { Output } from './output.ts';
import { type ClientTool, toolsByChatName } from './tool-names.ts';

/** A call that is being written. It is an item once its name is known. */
interface OpenCall {
  readonly id: string;
  name: string;
  arguments: string;
  item?: { readonly json: JsonObject; readonly index: number; readonly isCustom: boolean };
}

/** Writes the calls of functions as items. All are open until the end: their pieces may alternate. */
export class OutputCalls {
  readonly #output: Output;
  readonly #tools: unknown;
  readonly #onOpen: () => void;
  #toolsByName: ReadonlyMap<string, ClientTool> | undefined;
  readonly #calls: OpenCall[] = [];
  readonly #byId = new Map<string, OpenCall>();
  /** The latest call at each index of the chat. */
  readonly #bySlot = new Map<unknown, OpenCall>();
  #lastSlot: unknown;

  /**
   * @param tools of the request
   * @param onOpen called before a call becomes an item
   */
  constructor(output: Output, { tools, onOpen }: { readonly tools: unknown; readonly onOpen: () => void }) {
    this.#output = output;
    this.#tools = tools;
    this.#onOpen = onOpen;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** @param slot the place of a call in a complete answer, where calls have no index */
  write(piece: ChatToolCall, slot?: number): void {
    const { index, id, function: called } = piece;
    const { name, arguments: json } = called ?? {};
    this.#lastSlot = slot ?? index ?? (id || undefined) ?? this.#lastSlot;
    const known = this.#callOf(piece, this.#lastSlot);
    // Some hosts send a piece with nothing in it.
    if (!known && !called && !id) return;
    const call = known ?? this.#begin(id);
    this.#bySlot.set(this.#lastSlot, call);
    if (name && call.name === '') call.name = name;
    const delta = json == null || typeof json === 'string' ? (json ?? '') : JSON.stringify(json);
    call.arguments += delta;
    this.#output.count(delta.length);
    if (!call.item && call.name !== '') this.#open(call);
    else if (delta !== '') this.#emitDelta(call, delta);
  }

  /** Makes items of calls that never got a name. */
  openAll(): void {
    for (const call of this.#calls) if (!call.item) this.#open(call);
  }

  /** @param last the status of the last item of the output */
  close(last: string): void {
    const { items } = this.#output;
    for (const { item } of this.#calls) {
      if (item) item.json.status = item.index === items.length - 1 ? last : 'completed';
    }
    for (const call of this.#calls) this.#done(call);
  }

  /** Leaves all calls as they are: the host has broken off. */
  breakOff(): void {
    for (const call of this.#calls) {
      if (!call.item) continue;
      call.item.json.status = 'incomplete';
      if (call.item.isCustom) call.item.json.input = inputIn(call.arguments);
    }
  }

  /**
   * Finds the call that a piece continues. Some hosts give all calls the same index or none, leave ids out,
   * or repeat them: there a call begins with its name, and with another id or after arguments that are
   * complete.
   */
  #callOf({ id, function: called }: ChatToolCall, slot: unknown): OpenCall | undefined {
    const current = this.#bySlot.get(slot);
    if (!current || !called?.name) return current;
    if (id && id !== current.id) return this.#byId.get(id);
    const hasMore = !id || !!called.arguments;
    return current.name !== '' && hasMore && isWhole(current.arguments) ? undefined : current;
  }

  #begin(id: string | null | undefined): OpenCall {
    // An id names one call in all of the conversation.
    const isNew = !!id && !this.#byId.has(id);
    const call: OpenCall = { id: isNew ? id : `call_${crypto.randomUUID()}`, name: '', arguments: '' };
    this.#calls.push(call);
    this.#byId.set(call.id, call);
    return call;
  }

  #open(call: OpenCall): void {
    this.#onOpen();
    this.#toolsByName ??= toolsByChatName(this.#tools);
    const tool = this.#toolsByName.get(call.name);
    const isCustom = tool?.type === 'custom';
    const json: JsonObject = {
      id: this.#output.newId(isCustom ? 'ctc' : 'fc'),
      type: isCustom ? 'custom_tool_call' : 'function_call',
      status: 'in_progress',
      call_id: call.id,
      name: tool?.name ?? call.name,
      ...(tool?.namespace !== undefined && { namespace: tool.namespace }),
      [isCustom ? 'input' : 'arguments']: '',
    };
    call.item = { json, index: this.#output.begin(json), isCustom };
    if (call.arguments !== '') this.#emitDelta(call, call.arguments);
  }

  /** The input of a custom tool is only known at its end: it is a field of the arguments. */
  #emitDelta({ item, arguments: written }: OpenCall, delta: string): void {
    if (!item || item.isCustom) return;
    item.json.arguments = written;
    this.#output.events.emit('response.function_call_arguments.delta', { ...placeOf(item), delta });
  }

  #done({ item, arguments: json }: OpenCall): void {
    if (!item) return;
    const { events } = this.#output;
    if (item.isCustom) {
      const input = inputIn(json);
      item.json.input = input;
      events.emit('response.custom_tool_call_input.delta', { ...placeOf(item), delta: input });
      events.emit('response.custom_tool_call_input.done', { ...placeOf(item), input });
    } else {
      const { name } = item.json;
      events.emit('response.function_call_arguments.done', { ...placeOf(item), name, arguments: json });
    }
    this.#output.end(item.index);
  }
}

const placeOf = ({ json, index }: NonNullable<OpenCall['item']>) => ({ item_id: json.id, output_index: index });

/** Whether arguments are a complete JSON object. */
function isWhole(json: string): boolean {
  return json.trimEnd().endsWith('}') && isObject(parsed(json));
}

/** The text that a custom tool gets. Models that ignore the schema write the text itself. */
function inputIn(json: string): string {
  const value = parsed(json);
  const input = isObject(value) ? value[CUSTOM_INPUT] : value;
  return typeof input === 'string' ? input : json;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
