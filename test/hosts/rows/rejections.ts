import {
  type Answering,
  type Asked,
  type Case,
  chunk,
  DONE,
  drawn,
  type Fields,
  type HostRow,
  json,
  type Sent,
  stream,
  whole,
} from '../row.ts';

/** What hosts reject of OpenAI's API: the request is sent once more as they take it. */

const rejected = (message: string, more: object = {}, status = 400): Sent =>
  json({ error: { message, type: 'invalid_request_error', ...more } }, { status });
const answered = ({ stream: isStream }: Fields): Sent =>
  isStream ? stream([chunk('One '), chunk('two', 'stop'), DONE]) : json(whole('One two'));

/** @param refuse what is sent to a request that the host does not take */
function texts(asked: readonly Asked[], refuse: (fields: Fields) => Sent | undefined): Case[] {
  return [{ asked, sends: (fields) => refuse(fields) ?? answered(fields), gives: { text: 'One two' } }];
}

const has = (name: string, refusal: Sent) => (fields: Fields) => (name in fields ? refusal : undefined);

/** 96 dimensions, of which each text has another one. */
const vectors = ({ input }: Fields) =>
  [input].flat().map((_, index) => ({
    object: 'embedding',
    index,
    embedding: Array.from({ length: 96 }, (_, i) => Number(i === index)),
  }));
const embedded = (fields: Fields, usage: unknown = { prompt_tokens: 1, total_tokens: 1 }) =>
  json({ object: 'list', model: 'm', data: vectors(fields), usage });
const embeddings = (sends: Answering): Case[] => [{ asked: ['vectors'], sends, gives: { text: '' } }];

const pictures = (sends: Answering): Case[] => [{ asked: ['generation', 'edit'], sends, gives: { text: '' } }];

const hasToolPicture = ({ messages }: Fields) =>
  (messages as readonly { role: string; content: unknown }[]).some(
    ({ role, content }) => role === 'tool' && JSON.stringify(content).includes('image_url'),
  );
/** The picture has to be somewhere. */
const toolText = (fields: Fields): Sent =>
  JSON.stringify(fields.messages).includes('image_url') ? answered(fields) : rejected('The picture is lost.');

export const rejections: readonly HostRow[] = [
  {
    name: 'no-max-tokens',
    does: 'takes `max_completion_tokens` in place of `max_tokens`, whatever the model is called',
    source: 'anomalyco/opencode#45223',
    cases: texts(
      ['chat', 'chat stream'],
      has(
        'max_tokens',
        rejected("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.", {
          param: 'max_tokens',
          code: 'unsupported_parameter',
        }),
      ),
    ),
  },
  {
    name: 'no-stream-options',
    does: 'rejects `stream_options`',
    source: 'openai/openai-agents-python#442',
    cases: texts(
      ['chat stream', 'completion stream'],
      has(
        'stream_options',
        json(
          {
            detail: [
              { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
            ],
          },
          { status: 422 },
        ),
      ),
    ),
  },
  {
    name: 'no-tool-pictures',
    does: 'takes text only in messages of tools',
    source: 'vllm-project/vllm#43203',
    cases: texts(['tool pictures', 'tool pictures stream'], (fields) =>
      hasToolPicture(fields)
        ? rejected("Invalid 'messages[2]'. Image URLs are only allowed for messages with role 'user'.", {
            param: 'messages[2]',
          })
        : toolText(fields),
    ),
  },
  {
    name: 'no-base64',
    does: 'rejects `encoding_format: "base64"`',
    source: 'christopherthompson81/LlamaCpp.Bindings#15',
    cases: embeddings((fields) =>
      fields.encoding_format === 'base64'
        ? rejected('encoding_format must be "float"', { param: 'encoding_format' })
        : embedded(fields),
    ),
  },
  {
    name: 'empty-base64',
    does: 'answers `encoding_format: "base64"` with empty data',
    source: 'plastic-labs/honcho#932',
    cases: embeddings((fields) =>
      fields.encoding_format === 'base64' ? json({ object: 'list', model: 'm', data: [] }) : embedded(fields),
    ),
  },
  {
    name: 'ignored-base64',
    does: 'ignores `encoding_format`, and answers with numbers',
    source: 'runpod-workers/worker-infinity-embedding#30',
    cases: embeddings((fields) => embedded(fields)),
  },
  {
    name: 'usage-of-vectors',
    does: 'sends no usage with vectors, or one that is none',
    source: 'tensorzero/tensorzero#4617',
    cases: [null, undefined, {}, { prompt_tokens: null, total_tokens: '7' }, { prompt_tokens: 'many' }, 'none'].flatMap(
      (usage) => embeddings((fields) => embedded(fields, usage)),
    ),
  },
  {
    name: 'no-response-format',
    does: 'rejects `response_format` for pictures',
    source: 'vercel/ai#6102',
    cases: pictures((fields) =>
      'response_format' in fields
        ? rejected("Unknown parameter: 'response_format'.", { param: 'response_format', code: 'unknown_parameter' })
        : drawn,
    ),
  },
];
