import { needModel } from '../../access/needs.ts';
import type { Call } from '../../call/call.ts';
import type { ModelOf, Task } from '../../call/tasks.ts';
import { modelMeant, resolve } from './resolve.ts';

/**
 * Finds the model that a request names, reports it, and checks that its caller can use it.
 *
 * @throws ApiError as `resolve`, or `model_not_allowed`
 */
export function resolveForCaller<T extends Task>(
  body: { readonly model: string },
  tasks: readonly T[],
  call: Call,
): ModelOf<T> {
  const { model: name } = body;
  const model = resolve(name, tasks, call.settings);
  call.report.model = model.id;
  needModel(call, [name, modelMeant(name, call.settings), model.id], body);
  return model;
}
