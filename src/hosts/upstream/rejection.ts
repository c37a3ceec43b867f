import { readBoundedText } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_ERROR_MESSAGE_CHARACTERS } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { unknownEncoding } from './answer.ts';
import { UpstreamFailure } from './failure.ts';
import { failureKind } from './failure-kind.ts';
import { errorInText, type HostError } from './host-error.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** Turns an answer that is not 2xx into a failure. Reads, or cancels, its body. */
export async function failureOf(response: Response, name: string, call: Call): Promise<UpstreamFailure> {
  const { status, headers } = response;
  const error = await readHostError(response);
  return failureFor(error, { status, name, retryAfter: retryAfterSeconds(headers) }, call);
}

/**
 * Turns an error that a host sent with status 200, or as the first event of a stream, into the failure that
 * it stands for.
 */
export function failureSaid(error: HostError, name: string, call: Call, headers?: Headers): UpstreamFailure {
  const { status } = error;
  const retryAfter = headers && retryAfterSeconds(headers);
  if (status !== undefined) return failureFor(error, { status, name, retryAfter }, call);
  const text = withWords(`The host ${name} reported an error.`, redact(error.message, call));
  return new UpstreamFailure('server-error', text);
}

interface Failed {
  readonly status: number;
  /** The host's. */
  readonly name: string;
  readonly retryAfter?: number | undefined;
}

function failureFor(error: HostError, { status, name, retryAfter }: Failed, call: Call): UpstreamFailure {
  const said = redact(error.message, call);
  const { reason, sentence, isSecret, status: its, code } = failureKind(status, { ...error, message: said });
  const isRequest = reason === 'rejected' || reason === 'unsupported';
  return new UpstreamFailure(reason, withWords(sentence(name), isSecret ? '' : said), {
    retryAfterSeconds: retryAfter ?? error.retryAfterSeconds,
    ...(isRequest && { status: its ?? status, hostCode: code ?? error.code, param: error.param }),
    // SDKs repeat what a host calls its own fault.
    isFinal: isRequest && status >= 500,
    cause: status,
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
