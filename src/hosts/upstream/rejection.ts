import { readBoundedText } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_ERROR_MESSAGE_CHARACTERS } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { unknownEncoding } from './answer.ts';
import { UpstreamFailure } from './failure.ts';
import { errorInText, type HostError } from './host-error.ts';
import { retryAfterSeconds } from './retry-after.ts';

/**
 * What hosts say with 400 about a model that they do not serve: Hugging Face's router, Groq, Together.
 * Source: https://github.com/huggingface/huggingface.js/issues/2225
 */
const NO_MODEL = /^model_(not_|decommissioned)|not supported by (any )?provider/i;

/** Turns an answer that is not 2xx into a failure. Reads, or cancels, its body. */
export async function failureOf(response: Response, name: string, call: Call): Promise<UpstreamFailure> {
  const { status, headers } = response;
  return failureFor(status, await readHostError(response), name, call, retryAfterSeconds(headers));
}

/** Turns an error that a host sent with status 200, or as the first event of a stream, into the failure that it stands for. */
export function failureSaid(error: HostError, name: string, call: Call, headers?: Headers): UpstreamFailure {
  const { status } = error;
  if (status === undefined) {
    return new UpstreamFailure(
      'server-error',
      withWords(`The host ${name} reported an error.`, redact(error.message, call)),
    );
  }
  return failureFor(status, error, name, call, headers && retryAfterSeconds(headers));
}

function failureFor(
  status: number,
  { message, code, param }: HostError,
  name: string,
  call: Call,
  retryAfterSeconds?: number,
): UpstreamFailure {
  const said = redact(message, call);
  const fail = (reason: UpstreamFailure['reason'], text: string) =>
    new UpstreamFailure(reason, withWords(text, said), { retryAfterSeconds });

  const noCredit = () => fail('no-credit', `The account at the host ${name} has no credit left.`);
  const noModel = () => fail('model-missing', `The host ${name} does not serve this model.`);
  if (status >= 300 && status < 400) return fail('redirect', `The host ${name} answered with a redirect.`);
  switch (status) {
    case 401:
    case 403:
      // The host's words may show part of the operator's credential.
      return new UpstreamFailure('unauthorized', `The host ${name} refused this Worker's credential (${status}).`);
    case 402:
      return noCredit();
    case 404:
    case 410:
      return noModel();
    case 429:
      // OpenAI's answer to an account without credit.
      if (code === 'insufficient_quota') return noCredit();
      return fail('rate-limited', `The host ${name} limits the rate of requests.`);
    case 503:
      return /loading|starting|scaling|waking|cold/i.test(said)
        ? fail('cold', `The host ${name} is still starting.`)
        : fail('overloaded', `The host ${name} is overloaded.`);
  }
  // 424 is a generation that failed. Source: https://github.com/huggingface/text-generation-inference, router/src/server.rs
  if (status >= 500 || [408, 424, 425].includes(status)) {
    return fail('server-error', `The host ${name} answered with status ${status}.`);
  }
  if (NO_MODEL.test(`${code} ${said}`)) return noModel();
  return new UpstreamFailure('rejected', withWords(`The host ${name} rejected the request.`, said), {
    status,
    hostCode: code,
    param,
  });
}

const withWords = (text: string, said: string) => (said ? `${text} It said: ${said}` : text);

async function readHostError(response: Response): Promise<HostError> {
  try {
    const encoding = unknownEncoding(response);
    if (encoding !== undefined) return { message: `something in the encoding ${encoding}` };
    return errorInText(await readBoundedText(response, MAX_ERROR_ANSWER_BYTES, () => new Error('too large')));
  } catch {
    return { message: '' };
  }
}

/** A host may quote the key that it got, or a part of it. */
const CREDENTIAL = /\b(sk|pk|hf|gsk|xai|nvapi|r8|Bearer)[-_ ][\w*.-]{3,}/g;

const MIN_SECRET_CHARACTERS = 8;

/** Shortens the host's words, and removes the operator's credentials and the URLs of endpoints. */
function redact(message: string, { settings: { values, apiKeys } }: Call): string {
  let clean = message;
  const secrets = Object.entries(values).flatMap(([name, value]) => {
    if (/_URL$/.test(name)) return [value, new URL(value).host];
    return /TOKEN|KEY/.test(name) ? [value] : [];
  });
  for (const secret of [...secrets, ...apiKeys]) {
    // A shorter one is a part of words: with the token `x`, "maximum" was "ma***imum".
    if (secret.length >= MIN_SECRET_CHARACTERS) clean = clean.replaceAll(secret, '***');
  }
  return clean.replace(CREDENTIAL, '***').slice(0, MAX_ERROR_MESSAGE_CHARACTERS);
}
