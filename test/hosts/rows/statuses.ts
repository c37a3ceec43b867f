import { type Asked, EVERYTHING, type Fails, type HostRow, json, TEXT } from '../row.ts';

/** Statuses that hosts use for several things: their words say which. */

interface Refusal extends Pick<HostRow, 'name' | 'does' | 'source'> {
  readonly status: number;
  readonly body: object;
  readonly gives: Fails;
  readonly asked?: readonly Asked[];
}

/** A failure with a status, whatever was asked for. */
const refusal = ({ name, does, source, status, body, gives, asked = EVERYTHING }: Refusal): HostRow => ({
  name,
  does,
  source,
  cases: [{ asked, sends: json(body, { status }), gives }],
});

const quota = (words: string): Fails => ({ status: 429, code: 'insufficient_quota', words });

export const statuses: readonly HostRow[] = [
  refusal({
    name: 'quota-of-user',
    does: 'answers with 403 and `insufficient_user_quota`',
    source: 'popjane/free_chatgpt_api#26',
    status: 403,
    body: {
      error: { message: 'user quota is not enough', type: 'v_api_error', param: '', code: 'insufficient_user_quota' },
    },
    gives: quota('user quota is not enough'),
  }),
  refusal({
    name: 'limit-of-key',
    does: 'answers with 403 for a key that has reached its limit',
    source: 'gptme/gptme#1449',
    status: 403,
    body: { error: { message: 'Key limit exceeded (monthly limit).', code: 403 } },
    gives: quota('Key limit exceeded (monthly limit).'),
  }),
  refusal({
    name: 'quota-by-type',
    does: 'names a used-up quota by the type of a 429 alone',
    source: 'vybestack/llxprt-code#3140',
    status: 429,
    body: { error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: null } },
    gives: quota('You exceeded your current quota.'),
  }),
  refusal({
    name: 'quota-of-minute',
    does: 'calls a limit of rates a quota',
    source: 'LibreChat-AI/agents#357',
    status: 429,
    body: {
      status: 429,
      error: 'INSUFFICIENT QUOTA',
      message: 'You exceeded your current limit of concurrent requests.',
    },
    gives: { status: 429, code: 'upstream_rate_limited', words: 'INSUFFICIENT QUOTA' },
  }),
  refusal({
    name: 'region',
    does: 'answers with 403 for the region of the Worker',
    source: 'songquanpeng/one-api#1692',
    status: 403,
    body: {
      error: {
        message: 'Country, region, or territory not supported',
        type: 'request_forbidden',
        param: '',
        code: 'unsupported_country_region_territory',
      },
    },
    gives: { status: 403, words: 'Country, region, or territory not supported' },
  }),
  refusal({
    name: 'moderation',
    does: 'answers with 403 for the content of a request',
    source: 'enricoros/big-AGI#352',
    status: 403,
    body: {
      error: { message: 'The model requires moderation and your input was flagged for "self-harm".', code: 403 },
    },
    gives: { status: 403, words: 'your input was flagged' },
  }),
  refusal({
    name: 'context-size',
    does: 'has its own name for a prompt that is longer than the context',
    source: 'ggml-org/llama.cpp#15780',
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'request (1407 tokens) exceeds the available context size (256 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 1407,
        n_ctx: 256,
      },
    },
    asked: TEXT,
    gives: { status: 400, code: 'context_length_exceeded', words: '(1407 tokens)' },
  }),
  refusal({
    name: 'no-projector',
    does: 'calls a picture that it cannot read a failure of its own, with 500',
    source: 'llamastash/llamastash#13',
    status: 500,
    body: {
      error: {
        code: 500,
        message: 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
        type: 'server_error',
      },
    },
    gives: { status: 400, words: 'image input is not supported' },
  }),
  refusal({
    name: 'too-large-for-batch',
    does: 'calls an input that is too long a failure of its own, with 500',
    source: 'ggml-org/llama.cpp#12295',
    status: 500,
    body: {
      error: {
        code: 500,
        message: 'input is too large to process. increase the physical batch size',
        type: 'server_error',
      },
    },
    gives: { status: 400, code: 'context_length_exceeded', words: 'input is too large to process' },
  }),
  refusal({
    name: 'unknown-model',
    does: 'answers with 400 for a model that it does not serve',
    source: 'ggml-org/llama.cpp#17968',
    status: 400,
    body: { error: { code: 400, message: 'model not found', type: 'invalid_request_error' } },
    gives: { status: 502, code: 'upstream_model_missing', words: 'model not found' },
  }),
];
