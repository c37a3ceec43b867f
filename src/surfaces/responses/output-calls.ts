import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { parsedArguments } from '../../hosts/stream/call-slots.ts';
import { Called, type OpenCall } from '../chat/called.ts';
import type { ChatToolCall } from '../chat/chat-answer.ts';
import { CUSTOM_INPUT } from './chat-tools.ts';
import type { Output } from './output.ts';
import { type ClientTool, toolsByChatName } from './tool-names.ts';

/** What is known of a call that is an item: once its name is known. */
interface Written {
  item: { readonly json: JsonObject; readonly index: number; readonly isCustom: boolean };
}
type WrittenCall = OpenCall & Partial<Written>;

/** Writes the calls of functions as items. All are open until the end: their pieces may alternate. */
export class OutputCalls {
  readonly #output: Output;
  readonly #tools: unknown;
  readonly #onOpen: () => void;
  #toolsByName: ReadonlyMap<string, ClientTool> | undefined;
  readonly #called = new Called<Written>();

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
    return this.#called.calls.length;
  }

  /** @param slot the place of a call in a complete answer, where calls have no index */
  write(piece: ChatToolCall, slot?: number): void {
    const added = this.#called.add(piece, slot);
    if (!added) return;
    const { call, isNamed, delta } = added;
    this.#output.count(delta.length);
    if (!call.item && isNamed) this.#open(call);
    else if (delta !== '') this.#emitDelta(call, delta);
  }

  /** Makes items of calls that never got a name. */
  openAll(): void {
    for (const call of this.#called.calls) if (!call.item) this.#open(call);
  }

  /** @param last the status of the last item of the output */
  close(last: string): void {
    const { items } = this.#output;
    for (const { item } of this.#called.calls) {
      if (item) item.json.status = item.index === items.length - 1 ? last : 'completed';
    }
    for (const call of this.#called.calls) this.#done(call);
  }

  /** Leaves all calls as they are: the host has broken off. */
  breakOff(): void {
    for (const call of this.#called.calls) {
      if (!call.item) continue;
      call.item.json.status = 'incomplete';
      if (call.item.isCustom) call.item.json.input = inputIn(call.arguments);
    }
  }

  #open(call: WrittenCall): void {
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
  #emitDelta({ item, arguments: written }: WrittenCall, delta: string): void {
    if (!item || item.isCustom) return;
    item.json.arguments = written;
    this.#output.events.emit('response.function_call_arguments.delta', { ...placeOf(item), delta });
  }

  #done({ item, arguments: json }: WrittenCall): void {
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

const placeOf = ({ json, index }: Written['item']) => ({ item_id: json.id, output_index: index });

/** The text that a custom tool gets. Models that ignore the schema write the text itself. */
function inputIn(json: string): string {
  const value = parsedArguments(json);
  const input = isObject(value) ? value[CUSTOM_INPUT] : value;
  return typeof input === 'string' ? input : json;
}
