import { z } from 'zod';
import { LIMIT_NAMES } from '../src/base/limits.ts';
import { HOOK_ROUTES, type Hook, SENDER_NAMES } from '../src/surfaces/hooks/hook.ts';
import type { Prompt } from '../src/surfaces/prompts/prompt.ts';
import { compileFile, fileName } from './front-matter.ts';
import { isModel } from './known-model.ts';
import { filled, messagesIn, templateOf } from './template-source.ts';

const CHAT = '/v1/chat/completions';

/** The others have a usual model. */
const NEEDS_MODEL: ReadonlySet<string> = new Set([CHAT, '/v1/completions', '/v1/embeddings']);

const limits = z.strictObject(
  Object.fromEntries(LIMIT_NAMES.map((limit) => [limit, z.number().nonnegative().optional()])),
);
const head = z
  .strictObject({
    sender: z.enum(SENDER_NAMES),
    hmac: z
      .strictObject({
        header: z.string(),
        encoding: z.enum(['hex', 'base64']),
        prefix: z.string().default(''),
        id_header: z.string().optional(),
      })
      .optional(),
    events: z.array(z.string()).min(1).optional(),
    route: z.enum(HOOK_ROUTES).default(CHAT),
    prompt: z.string().optional(),
    variables: z.record(z.string(), z.json()).default({}),
    body: z.record(z.string(), z.json()).default({}),
    about: z.string().optional(),
    to: z.enum(['webhooks', 'sender', 'slack']),
    limits: limits.optional(),
  })
  .refine(({ sender, hmac }) => (sender === 'hmac') === (hmac !== undefined), '`hmac` belongs to `sender: hmac`');
type Head = z.infer<typeof head>;

/**
 * Compiles one file: front matter, then the text of the prompt, unless it names one of prompts/.
 *
 * @throws Mistakes
 */
export function compileHook(file: string, source: string, prompts: readonly Prompt[]): Hook {
  const compile = (read: Head, text: string) => {
    const { hmac, about, body, prompt: _, variables: __, ...rest } = read;
    const { id_header: idHeader, ...scheme } = hmac ?? {};
    const hook = {
      name: fileName.parse(file),
      ...rest,
      ...(hmac && { hmac: { ...scheme, ...(idHeader && { idHeader }) } }),
      ...(about !== undefined && { about: filled(about) }),
      body: { ...(templateOf(body) as object), ...namedPrompt(read, text, prompts), ...ownPrompt(read, text) },
    } as Hook;
    requireModel(read);
    return hook;
  };
  return compileFile(`hooks/${file}.md`, source, { schema: head, compile });
}

/** A prompt of prompts/, with the event in its variables. */
function namedPrompt({ prompt: id, variables, route }: Head, text: string, prompts: readonly Prompt[]): object {
  if (id === undefined) {
    if (Object.keys(variables).length > 0) throw new Error('`variables` belong to `prompt`');
    return {};
  }
  if (route !== CHAT) throw new Error(`\`prompt\` is for ${CHAT}, not for ${route}`);
  if (text !== '') throw new Error('with `prompt`, there can be no text below the front matter');
  const { input } = prompts.find(({ name }) => name === id) ?? {};
  if (!input) throw new Error(`\`prompt\`: there is no file prompts/${id}.md`);
  for (const name of input.required ?? []) {
    if (!Object.hasOwn(variables, name)) throw new Error(`\`variables\`: the prompt ${id} requires \`${name}\``);
  }
  for (const name of Object.keys(variables)) {
    if (!Object.hasOwn(input.properties ?? {}, name)) {
      throw new Error(`\`variables\`: the prompt ${id} has no variable \`${name}\``);
    }
  }
  return { prompt: { id, variables: templateOf(variables) } };
}

/** Without one that exists every delivery would be refused, and only its sender would see why. */
function requireModel({ route, prompt, body }: Head): void {
  const { model } = body;
  if (model === undefined && NEEDS_MODEL.has(route) && prompt === undefined) {
    throw new Error(`${route} requires a model: body: { model: text }`);
  }
  if (model !== undefined && !isModel(String(model))) {
    throw new Error('`body.model`: there is no such model: GET /v1/models lists all');
  }
}

/** The text is the prompt of routes that have one. */
function ownPrompt({ prompt, route, body }: Head, text: string): object {
  if (prompt !== undefined) return {};
  const field = { [CHAT]: 'messages', '/v1/completions': 'prompt', '/v1/images/generations': 'prompt' }[
    route as string
  ];
  if (field === undefined) {
    if (text !== '') throw new Error(`${route} takes no prompt: write what it needs into \`body\``);
    return {};
  }
  if (field in body) throw new Error(`\`${field}\` comes from the text below the front matter`);
  if (text === '') throw new Error('the text below the front matter is the prompt, and is empty');
  return { [field]: field === 'messages' ? messagesIn(text) : filled(text) };
}
