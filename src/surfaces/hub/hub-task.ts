import * as z from 'zod/mini';
import type { Placeholders } from '../../base/bytes/placeholders.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { maybe } from '../../intake/maybe.ts';

/**
 * A task of Hugging Face's inference API, as the request of one of this Worker's own routes: how its body
 * becomes the route's, and the route's answer the task's. Source of the shapes:
 * https://github.com/huggingface/huggingface.js/tree/main/packages/tasks/src/tasks, `spec`
 */
export interface HubTask<Schema extends z.ZodMiniType> {
  readonly schema: () => Schema;
  /**
   * The route's body, without its model.
   *
   * @param large what placeholders in the body stand for
   * @throws ApiError for what the route cannot do
   */
  request(body: z.infer<Schema>, large?: Placeholders): JsonObject;
  /** @param answer of the route, which did not fail */
  answer(answer: Response, body: z.infer<Schema>, call: Call): Response | Promise<Response>;
  /** For errors: which field of the task a field of the route's body comes from. */
  nameOf(field: string): string;
}

/** A task without the types of its body. */
export type AnyHubTask = HubTask<z.ZodMiniType>;

export function hubTask<Schema extends z.ZodMiniType>(task: HubTask<Schema>): AnyHubTask {
  return task as unknown as AnyHubTask;
}

/** For a task whose fields are in `parameters`, under their own names except for these. */
export const inParameters =
  (names: Readonly<Record<string, string>>) =>
  (field: string): string =>
    names[field] ?? `parameters.${field}`;

/** The body of most tasks: a text, and parameters that can be left out. */
export const textAnd = <Parameters extends z.core.$ZodLooseShape>(parameters: Parameters) =>
  z.looseObject({
    inputs: z.string(),
    parameters: z._default(z.looseObject(parameters), {} as never),
    stream: maybe(z.boolean()),
  });
