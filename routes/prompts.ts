import * as z from 'zod/mini';
import { needAccess } from '../src/access/needs.ts';
import { lazy } from '../src/base/lazy.ts';
import type { Call } from '../src/call/call.ts';
import { route, runRoute } from '../src/route.ts';
import { chatOf } from '../src/surfaces/prompts/chat-body.ts';
import { prompts } from '../src/surfaces/prompts/compiled.ts';
import { findPrompt } from '../src/surfaces/prompts/find-prompt.ts';
import { mistakes } from '../src/surfaces/prompts/mistakes.ts';
import type { Prompt } from '../src/surfaces/prompts/prompt.ts';
import { type Completion, readOutput } from '../src/surfaces/prompts/read-output.ts';
import { readVariables } from '../src/surfaces/prompts/variables.ts';
import { chatCompletions } from './chat.ts';
import { modelName, sampling } from './fields.ts';

/** Variables, and parameters that replace those of the prompt. */
export const promptRequest = lazy(() => {
  const { n: _, best_of: __, ...fields } = sampling();
  return z.strictObject({
    ...fields,
    // Checked by the schema of the prompt.
    variables: z.optional(z.unknown()),
    version: z.optional(z.nullable(z.string())),
    model: z.optional(modelName()),
  });
});
type PromptRequest = z.infer<ReturnType<typeof promptRequest>>;

/**
 * GET /v1/prompts: every file of prompts/, without its messages. Under `npm start` also what is wrong with a
 * file.
 */
export const listPrompts = route({
  method: 'GET',
  path: '/v1/prompts',
  access: 'text',
  run: () => Response.json({ object: 'list', data: prompts.map(describe), ...(mistakes.length > 0 && { mistakes }) }),
});

/** GET /v1/prompts/{name}: also `name@version`. */
export const getPrompt = route({
  method: 'GET',
  path: '/v1/prompts/:name',
  access: 'text',
  run: (_, { params }) => Response.json(describe(named(params))),
});

/** POST /v1/prompts/{name}: a chat with the messages of the prompt. */
export const runPrompt = route({
  method: 'POST',
  path: '/v1/prompts/:name',
  access: 'text',
  schema: promptRequest,
  reaches: ['text-generation'],
  async run(body, call) {
    const prompt = named(call.params, body.version);
    const chat = filled(prompt, body, call);
    const answer = await runRoute(chatCompletions, chat.input, chat.call);
    if (body.stream === true) return answer;
    const completion: Completion = await answer.json();
    const { name: id, version, output: schema } = prompt;
    const output = schema && { output: readOutput(prompt, schema, completion) };
    return Response.json({ ...completion, prompt: { id, version }, ...output });
  },
});

/**
 * POST /v1/prompts/{name}/render: the chat request that the prompt makes, without sending it. Only for API
 * keys: the text of a prompt is not for those who use an app.
 */
export const renderPrompt = route({
  method: 'POST',
  path: '/v1/prompts/:name/render',
  access: 'key',
  schema: promptRequest,
  run(body, call) {
    needAccess(call, 'text');
    const prompt = named(call.params, body.version);
    const { input: request } = filled(prompt, body, call);
    return Response.json({ object: 'prompt.rendering', id: prompt.name, version: prompt.version, request });
  },
});

function named({ name = '' }: Readonly<Record<string, string>>, version?: string | null): Prompt {
  return findPrompt(name, version, { id: 'name', version: 'version' });
}

function filled(prompt: Prompt, { variables, version: _, ...body }: PromptRequest, call: Call) {
  return chatOf({ prompt, variables: readVariables(prompt, variables, ['variables']), body }, call);
}

function describe({ name: id, version, description, model, input, output }: Prompt) {
  return { id, object: 'prompt', version, description, model, input_schema: input, output_schema: output ?? null };
}
