import * as z from 'zod/mini';
import { ApiError } from '../../base/errors.ts';
import { lazy } from '../../base/lazy.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { type ChatMessage, refusalIn, textOf } from '../../hosts/protocols/chat-content.ts';
import { maybe } from '../../intake/maybe.ts';
import { hubTask, textAnd } from './hub-task.ts';
import { requireAnswer } from './refused.ts';
import { generation, nameOfGeneration, samplingOf } from './sampling.ts';
import { unsupported } from './unsupported.ts';

/** Tasks that a chat model does when it is told to in a sentence. */

const request = lazy(() =>
  textAnd({
    ...generation(),
    max_length: generation().max_new_tokens,
    generate_parameters: maybe(z.looseObject(generation())),
    src_lang: maybe(z.string()),
    tgt_lang: maybe(z.string()),
    truncation: maybe(z.string()),
  }),
);

type Request = z.infer<ReturnType<typeof request>>;

const chat = (instruction: string, { inputs, parameters }: Request): JsonObject => {
  const {
    clean_up_tokenization_spaces: _,
    src_lang: _s,
    tgt_lang: _t,
    truncation,
    generate_parameters,
    ...rest
  } = parameters;
  if (truncation && truncation !== 'do_not_truncate') throw unsupported('parameters.truncation');
  const { max_length, ...sampling } = { ...rest, ...generate_parameters };
  return {
    messages: [{ role: 'user', content: `${instruction}: ${inputs}` }],
    ...samplingOf({ max_new_tokens: max_length, ...sampling }),
  };
};

interface Chat {
  readonly choices: readonly { readonly message?: ChatMessage | null; readonly finish_reason?: unknown }[];
}

const answerAs = (name: string) => async (answer: Response) => {
  const { choices } = (await answer.json()) as Chat;
  const [choice] = choices;
  requireAnswer(refusalIn(choice?.message), choice?.finish_reason);
  return Response.json([{ [name]: textOf(choice?.message?.content).trim() }], answer);
};

/** A summary in one sentence. */
export const summarization = hubTask({
  schema: request,
  request: (body) => chat('Summarize this text in one sentence', body),
  answer: answerAs('summary_text'),
  nameOf: nameOfGeneration,
});

/** A translation into `tgt_lang`, from any language or from `src_lang`. */
export const translation = hubTask({
  schema: request,
  request(body) {
    const { src_lang, tgt_lang } = body.parameters;
    if (!tgt_lang) {
      throw new ApiError('invalid_parameter', '`parameters.tgt_lang` is required.', { param: 'parameters.tgt_lang' });
    }
    const from = src_lang ? ` from ${languageOf(src_lang)}` : '';
    return chat(`Translate${from} to ${languageOf(tgt_lang)}`, body);
  },
  answer: answerAs('translation_text'),
  nameOf: nameOfGeneration,
});

/**
 * The English name of a language: `fr`, `fr_XX` (mBART) and `fra_Latn` (NLLB) are French.
 *
 * @returns what is no code as it is: it may be a name
 */
function languageOf(code: string): string {
  try {
    const { language } = new Intl.Locale(code.replaceAll('_', '-'));
    const name = new Intl.DisplayNames('en', { type: 'language' }).of(language);
    return name && name !== language ? name : code;
  } catch {
    return code;
  }
}
