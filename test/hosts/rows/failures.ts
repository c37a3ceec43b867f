import { chunk, DONE, EVERYTHING, failure, type HostRow, json, STREAMS, stream, TEXT, whole } from '../row.ts';

const words = 'The prompt is too long.';
const typed = { choices: null, error_type: 'BadRequestError', error_message: words };
const ended = (choice: object) => ({ ...whole('One two'), choices: [{ index: 0, ...choice }] });
const gone = { message: 'Upstream idle timeout exceeded.', code: 502 };
const vllm = { object: 'error', message: words, type: 'BadRequestError', param: null, code: 400 };

/** Failures with status 200, most of them without an `error` at their top. */
export const failures: readonly HostRow[] = [
  failure({
    name: 'error-type',
    does: 'names a failure by `error_type` and `error_message`, beside `choices: null`',
    source: 'NousResearch/hermes-agent#86635',
    whole: typed,
    event: typed,
    asked: TEXT,
    gives: { status: 400, words },
  }),
  failure({
    name: 'error-of-choice',
    does: 'ends a choice with `finish_reason: "error"` and puts the error beside it',
    source: 'genkit-ai/genkit#6259',
    whole: ended({ message: { role: 'assistant', content: 'One' }, text: 'One', finish_reason: 'error', error: gone }),
    event: ended({ delta: {}, finish_reason: 'error', error: gone }),
    asked: TEXT,
    gives: { status: 502, words: gone.message },
  }),
  failure({
    name: 'finish-reason-error',
    does: 'ends a choice with `finish_reason: "error"` and says no more',
    source: 'gethouston/houston#1211',
    whole: ended({ message: { role: 'assistant', content: 'One' }, text: 'One', finish_reason: 'error' }),
    event: ended({ delta: {}, finish_reason: 'error' }),
    asked: TEXT,
    gives: { status: 502, words: 'reported an error' },
  }),
  failure({
    name: 'named-error',
    does: 'names an event `error`, whose data has no `error`',
    source: 'editor-code-assistant/eca#559',
    event: 'event: error\ndata: {"code":"server_is_overloaded","message":"The engine is overloaded."}\n\n',
    gives: { status: 502, words: 'The engine is overloaded.' },
  }),
  failure({
    name: 'named-error-as-text',
    does: 'names an event `error`, whose data is plain text',
    source: 'davidmigloz/ai_clients_dart#88',
    event: 'event: error\ndata: Too many requests, please slow down\n\n',
    gives: { status: 502, words: 'Too many requests, please slow down' },
  }),
  failure({
    name: 'error-as-text',
    does: 'writes an error as the text of an event: `data: error: ...`',
    source: 'lucasjinreal/Crane#121',
    event: 'data: error: The engine has stopped.\n\n',
    gives: { status: 502, words: 'The engine has stopped.' },
  }),
  failure({
    name: 'error-field',
    does: 'sends an error in a field `error:` of its own, in place of `data:`',
    source: 'ggml-org/llama.cpp#16109',
    event: `error: {"code":400,"message":"${words}","type":"invalid_request_error"}\n\n`,
    gives: { status: 400, words },
  }),
  {
    name: 'error-without-data',
    does: 'breaks a stream off with an error as JSON on many lines, without `data:`',
    source: 'vercel/ai#5217',
    cases: [
      {
        asked: ['chat stream', 'completion stream'],
        sends: stream([
          chunk('One '),
          chunk('two', 'stop'),
          JSON.stringify({ error: { code: 503, message: 'The model is overloaded.' } }, null, 2),
        ]),
        gives: { status: 503, words: 'The model is overloaded.', after: 'One two' },
      },
    ],
  },
  failure({
    name: 'object-error',
    does: 'answers with vLLM\'s `{"object":"error"}`',
    source: 'modelscope/ms-agent#489',
    whole: vllm,
    event: vllm,
    gives: { status: 400, words },
  }),
  failure({
    name: 'object-error-without-choices',
    does: 'answers with `"object": "error"` beside an empty list of choices',
    source: 'ogx-ai/ogx#1424',
    whole: { ...vllm, choices: [], code: 500, type: 'InternalServerError' },
    event: { ...vllm, choices: [], code: 500, type: 'InternalServerError' },
    asked: TEXT,
    gives: { status: 502, words },
  }),
  failure({
    name: 'detail',
    does: 'answers with the `detail` of FastAPI',
    source: 'agent0ai/agent-zero#539',
    whole: { detail: 'The service is not ready.' },
    event: { detail: 'The service is not ready.' },
    gives: { status: 502, words: 'The service is not ready.' },
  }),
  failure({
    name: 'list-of-what-is-wrong',
    does: "answers with FastAPI's list of what is wrong",
    source: 'Gitlawb/openclaude#739',
    whole: { detail: [{ type: 'extra_forbidden', loc: ['body', 'store'], msg: 'Extra inputs are not permitted' }] },
    event: { detail: [{ type: 'extra_forbidden', loc: ['body', 'store'], msg: 'Extra inputs are not permitted' }] },
    gives: { status: 502, words: 'Extra inputs are not permitted' },
  }),
  failure({
    name: 'base-resp',
    does: 'names a failure in `base_resp`, beside `choices: null`',
    source: 'RooCodeInc/Roo-Code#9105',
    whole: { choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
    event: { choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
    asked: TEXT,
    gives: { status: 502, words: 'insufficient balance' },
  }),
  failure({
    name: 'errors',
    does: 'answers with a list of `errors`',
    source: 'cloudflare/cloudflare-docs#15116',
    whole: { result: null, success: false, errors: [{ code: 7009, message: 'Upstream service unavailable' }] },
    event: { result: null, success: false, errors: [{ code: 7009, message: 'Upstream service unavailable' }] },
    gives: { status: 502, words: 'Upstream service unavailable' },
  }),
  failure({
    name: 'list-with-error',
    does: 'answers with a list of one error',
    source: 'n4ze3m/page-assist#406',
    whole: [{ error: { code: 429, message: 'Resource has been exhausted.', status: 'RESOURCE_EXHAUSTED' } }],
    event: [{ error: { code: 429, message: 'Resource has been exhausted.', status: 'RESOURCE_EXHAUSTED' } }],
    gives: { status: 429, words: 'Resource has been exhausted.' },
  }),
  failure({
    name: 'reason-of-provider',
    does: 'hides the reason of the host behind it in `metadata.raw`',
    source: 'diegosouzapw/OmniRoute#3044',
    whole: behind('{"error":{"message":"At most 1 image per prompt.","code":"too_many_images"}}'),
    event: behind('{"error":{"message":"At most 1 image per prompt.","code":"too_many_images"}}'),
    gives: { status: 400, words: 'At most 1 image per prompt.' },
    lateWords: 'Provider returned error',
  }),
  {
    name: 'error-as-json',
    does: 'answers with an error as JSON and status 200',
    source: 'xyOz-dev/Saturn#43',
    cases: [
      {
        asked: EVERYTHING,
        sends: json({ error: { message: 'Slow down.', code: 429 } }, { headers: { 'retry-after': '0' } }),
        gives: { status: 429, words: 'Slow down.' },
      },
    ],
  },
  {
    name: 'error-as-plain-text',
    does: 'says what is wrong in plain text, or in JSON of another type',
    source: 'lynote-ai/humanize-text#55',
    cases: [
      {
        asked: EVERYTHING,
        sends: { status: 400, type: 'text/plain', body: 'gateway: the prompt is too long' },
        gives: { status: 400, words: 'gateway: the prompt is too long' },
      },
      {
        asked: EVERYTHING,
        sends: json({ error: { message: words } }, { status: 400, type: 'application/octet-stream' }),
        gives: { status: 400, words },
      },
    ],
  },
  {
    name: 'words-with-200',
    does: 'says what is wrong in plain text with status 200',
    source: 'lynote-ai/humanize-text#55',
    cases: [
      {
        // A transcript can be a plain text.
        asked: EVERYTHING.filter((one) => !one.startsWith('transcript')),
        sends: { type: 'text/plain', body: 'Service busy, try again later' },
        gives: { status: 502, words: 'Service busy, try again later' },
      },
      {
        asked: TEXT,
        sends: { type: 'text/event-stream', body: 'data: {"error":{"message":"The prompt is too long.","code":400}}' },
        gives: { status: 400, words },
      },
    ],
  },
  {
    name: 'unreadable-event',
    does: 'sends an event whose JSON cannot be read',
    source: 'fox1245/NeoGraph#143',
    cases: [
      {
        asked: TEXT.filter((one) => STREAMS.includes(one)),
        sends: stream([chunk('One '), 'data: {"choices":[{"index":0,"delta":{"conte\n\n', chunk('', 'stop'), DONE]),
        gives: { status: 502, words: 'not JSON' },
      },
      { asked: STREAMS, sends: stream(['data: {"choi\n\n', DONE]), gives: { status: 502, words: 'not JSON' } },
    ],
  },
];

function behind(raw: string) {
  return { error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Crucible' } } };
}
