import { ApiError } from '../../base/errors.ts';
import { withoutNulls } from '../../base/without-nulls.ts';
import { type Call, deriveCall, followClient, startCall } from '../../call/call.ts';
import { Outcome } from '../../call/outcome.ts';
import { newReport, reportFailure } from '../../call/report.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { TIME_LIMITS } from '../../call/time-limits.ts';
import { type Route, runRoute, tasksOf } from '../../route.ts';

/** Something that an agent can do here: a route, with arguments that a language model understands. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the language model that chooses among tools. */
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: { readonly properties: JsonObject; readonly [keyword: string]: unknown };
  /** JSON Schema of `structuredContent`, if results have it. */
  readonly outputSchema?: JsonObject;
  /** Where the tool only finds what is here already, and reaches no host. */
  readonly isClosed?: boolean;
  readonly route: Route;
  /** Of the path of the route. */
  readonly params?: Readonly<Record<string, string>>;
  /** @returns the body of the route. @throws ApiError that names an argument */
  body(args: JsonObject, isStreamed: boolean): JsonObject;
  /** Reads the answer of the route, and reports the text of a stream as it arrives. */
  read(answer: Response, call: Call, progress?: Progress): Promise<ToolResult>;
}

/** Takes the next piece of the answer. */
export type Progress = (piece: string) => void;

export interface ToolResult {
  readonly content: readonly Content[];
  readonly structuredContent?: JsonObject;
  readonly isError?: true;
}

type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string | Uint8Array; readonly mimeType: string };

export const textContent = (text: string) => ({ type: 'text', text }) as const;

/** A tool as `tools/list` shows it. */
export function describeTool({ name, title, description, inputSchema, outputSchema, isClosed }: Tool): JsonObject {
  const annotations = { readOnlyHint: true, openWorldHint: isClosed !== true };
  return { name, title, description, inputSchema: { type: 'object', ...inputSchema }, outputSchema, annotations };
}

/**
 * Runs the route of a tool with the scopes, models and limits of the caller. Never rejects: the model that
 * called the tool reads why it failed.
 *
 * @param progress set if the answer has begun when the tool runs
 */
export async function callTool(tool: Tool, args: JsonObject, deps: Call, progress?: Progress): Promise<ToolResult> {
  const outcome = new Outcome();
  const report = newReport();
  try {
    const body = tool.body(readArguments(tool, args), progress !== undefined);
    const call = callFor(tool, deriveCall(deps, { outcome, report }), progress);
    return await tool.read(await runRoute(tool.route, body, call), call, progress);
  } catch (error) {
    const { code, message } = reportFailure({ outcome, report }, error).body.error;
    return { content: [textContent(`${code}: ${message}`)], isError: true };
  } finally {
    deps.outcome.include(outcome);
    Object.assign(deps.report, report);
  }
}

/** Models send null for what they leave out. @throws ApiError `invalid_parameter` */
function readArguments({ inputSchema: { properties } }: Tool, args: JsonObject): JsonObject {
  const given = withoutNulls(args);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(properties, name)) continue;
    const names = Object.keys(properties).join(', ');
    throw new ApiError('invalid_parameter', `\`${name}\` is not an argument of this tool. It has: ${names}.`);
  }
  return given;
}

/**
 * The call of a route by a tool: with its own report and time limits, and of the headers only what may be
 * stored.
 */
function callFor({ route, params = {} }: Tool, deps: Call, progress: Progress | undefined): Call {
  const headers = new Headers({ 'cache-control': deps.headers.get('cache-control') ?? '' });
  const call = startCall({ ...deps, params, headers, received: undefined }, TIME_LIMITS[tasksOf(route)?.[0] ?? 'none']);
  if (!progress) return call;
  // workerd does not end the work of an answer that has begun when its client leaves.
  followClient(call);
  return deriveCall(call, { cancellation: call.cancellation.part() });
}
