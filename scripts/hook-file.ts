import { parse } from 'yaml';
import { z } from 'zod';
import type { Filled, Hook, Template } from '../src/hooks/hook.ts';
import { LIMIT_NAMES } from '../src/limits.ts';

const ROUTES = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/similarity',
  '/v1/classify',
  '/v1/images/generations',
] as const;
const ROLES = ['system', 'user', 'assistant'];

const name = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'the name of the file must be lower case words with hyphens');
const limits = z.strictObject(
  Object.fromEntries(LIMIT_NAMES.map((limit) => [limit, z.number().nonnegative().optional()])),
);
const head = z
  .strictObject({
    sender: z.enum(['github', 'slack', 'stripe', 'standard', 'huggingface', 'hmac']),
    hmac: z
      .strictObject({
        header: z.string(),
        encoding: z.enum(['hex', 'base64']),
        prefix: z.string().default(''),
        id_header: z.string().optional(),
      })
      .optional(),
    events: z.array(z.string()).min(1).optional(),
    route: z.enum(ROUTES),
    body: z.record(z.string(), z.json()).default({}),
    about: z.string().optional(),
    to: z.enum(['webhooks', 'sender', 'slack']),
    limits: limits.optional(),
  })
  .refine(({ sender, hmac }) => (sender === 'hmac') === (hmac !== undefined), '`hmac` belongs to `sender: hmac`');

/**
 * Compiles one file: front matter in YAML between lines of `---`, then the text of the prompt.
 *
 * @throws Error that names the file and what is wrong
 */
export function compileHook(file: string, source: string): Hook {
  try {
    const [, yaml, text] = /^---\n([\s\S]*?)\n---\n?([\s\S]*)$/.exec(source) ?? [];
    if (yaml === undefined || text === undefined)
      throw new Error('it must begin with front matter between two lines of ---');
    const { hmac, about, body, ...rest } = head.parse(parse(yaml));
    const { id_header: idHeader, ...scheme } = hmac ?? {};
    return {
      name: name.parse(file),
      ...rest,
      ...(hmac && { hmac: { ...scheme, ...(idHeader && { idHeader }) } }),
      ...(about !== undefined && { about: filled(about) }),
      body: { ...(templateOf(body) as object), ...promptOf(rest.route, text.trim(), body) },
    } as Hook;
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`hooks/${file}.md: ${message}`);
  }
}

/** The text is the prompt of routes that have one. */
function promptOf(route: string, text: string, body: object): object {
  const field = { '/v1/chat/completions': 'messages', '/v1/completions': 'prompt', '/v1/images/generations': 'prompt' }[
    route
  ];
  if (field === undefined) {
    if (text !== '') throw new Error(`${route} takes no prompt: write what it needs into \`body\``);
    return {};
  }
  if (field in body) throw new Error(`\`${field}\` comes from the text below the front matter`);
  if (text === '') throw new Error('the text below the front matter is the prompt, and is empty');
  return { [field]: field === 'messages' ? messagesIn(text) : filled(text) };
}

/** `# system`, `# user` and `# assistant` on lines of their own begin a message. Without them, the text is one of the user. */
function messagesIn(text: string): Template[] {
  const parts = text.split(new RegExp(`^# (${ROLES.join('|')})$`, 'm'));
  const [before = '', ...pairs] = parts.map((part) => part.trim());
  const messages: Template[] = before === '' ? [] : [{ role: 'user', content: filled(before) }];
  for (let i = 0; i < pairs.length; i += 2) {
    messages.push({ role: pairs[i] ?? '', content: filled(pairs[i + 1] ?? '') });
  }
  return messages;
}

/** Strings with placeholders become texts to be filled. A model is never chosen by an event. */
function templateOf(value: unknown, key = ''): Template {
  if (typeof value === 'string') {
    if (key === 'model' && value.includes('{{')) throw new Error('`model` cannot have a placeholder');
    return value.includes('{{') ? filled(value) : value;
  }
  if (Array.isArray(value)) return value.map((entry) => templateOf(entry));
  if (typeof value !== 'object' || value === null) return value as Template;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, templateOf(entry, name)]));
}

/** `{{a.b | c}}`: the field `b` of `a`, or `c` if that is missing. */
function filled(text: string): Filled {
  const parts = text.split(/\{\{([^{}]*)\}\}/);
  return {
    $fill: parts.flatMap((part, i): (string | string[])[] => {
      if (i % 2 === 0) return part === '' ? [] : [part];
      const paths = part.split('|').map((path) => path.trim());
      if (paths.every((path) => /^[\w-]+(\.[\w-]+)*$/.test(path))) return [paths];
      throw new Error(`the placeholder {{${part}}} must be paths such as {{issue.title}} or {{message.text | text}}`);
    }),
  };
}
