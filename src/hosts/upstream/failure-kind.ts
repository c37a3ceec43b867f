import type { FailureReason } from './failure.ts';

/** What a host says of a failure, as far as its kind depends on it. */
interface Said {
  readonly message: string;
  readonly code?: string | undefined;
  /** The host's own name of the kind: OpenAI's `type`. */
  readonly type?: string | undefined;
}

interface Kind {
  readonly reason: FailureReason;
  /** Completes "The host <name> ..." or names it. */
  readonly sentence: (name: string) => string;
  /** The host's words may show part of the operator's credential. */
  readonly isSecret?: true;
  /** The status for the caller, if it is the caller's request that is at fault. */
  readonly status?: number;
  /** The code for the caller, where hosts have several for one thing. */
  readonly code?: string;
}

/**
 * What hosts say about a model that they do not serve: Hugging Face's router, Groq, Together, llama.cpp's
 * router, Ollama.
 */
const NO_MODEL =
  /^model_(not_|decommissioned)|not supported by (any )?provider|\bmodel\b.{0,200}\b(not found|does not exist)\b/i;
/**
 * An account, or a key, has used up what it may: One API's `insufficient_user_quota`, OpenRouter's "Key limit
 * exceeded".
 */
const NO_CREDIT =
  /insufficient_(user_)?(quota|balance|credit)|quota|limit (has been )?(exceeded|reached)|credit|balance|billing/i;
/** It is the content, or the place of the Worker, that a host refuses. */
const NOT_ALLOWED = /moderat|flagged|safety|content.?(policy|filter)|policy|region|country|territor|location/i;
/** Longer than the model reads: llama.cpp, OpenAI, vLLM. */
const TOO_LONG =
  /exceed_context_size|context_length_exceeded|exceeds? the (available |maximum )?context|maximum context length|too (large|long) to process/i;
/**
 * Failures for good that llama.cpp reports with 500: without a projector, with a model of another kind, and
 * with broken JSON in the arguments of an earlier call.
 */
const FOR_GOOD =
  /input is not supported|(does not|doesn't) support|parse tool call arguments|too (large|long) to process|exceeds? the (available |maximum )?context/i;

/**
 * What a failure with a status stands for. Most statuses say it; hosts use some of them for several things.
 */
export function failureKind(status: number, said: Said): Kind {
  const words = `${said.code ?? ''} ${said.type ?? ''} ${said.message}`;
  if (status >= 300 && status < 400) return REDIRECT;
  switch (status) {
    case 401:
      return unauthorized(status);
    case 403:
      if (NOT_ALLOWED.test(words)) return { ...REJECTED, status };
      return NO_CREDIT.test(words) ? OUT_OF_CREDIT : unauthorized(status);
    case 402:
      return OUT_OF_CREDIT;
    case 404:
    case 410:
      return MODEL_MISSING;
    case 429:
      // OpenAI's answer to an account without credit, and that of hosts that only name the type.
      return /insufficient_|exceeded_current_quota|billing_/.test(`${said.code} ${said.type}`)
        ? OUT_OF_CREDIT
        : RATE_LIMITED;
    case 501:
      return UNSUPPORTED;
    case 503:
      return /loading|starting|scaling|waking|cold/i.test(said.message) ? COLD : OVERLOADED;
  }
  if (status === 500 && FOR_GOOD.test(words)) return rejected(400, words);
  // 424 is a generation that failed. Source: https://github.com/huggingface/text-generation-inference,
  // router/src/server.rs
  if (status >= 500 || [408, 424, 425].includes(status)) return failed(status);
  return NO_MODEL.test(said.code ?? '') || NO_MODEL.test(said.message) ? MODEL_MISSING : rejected(status, words);
}

const REJECTED: Kind = { reason: 'rejected', sentence: (name) => `The host ${name} rejected the request.` };
const UNSUPPORTED: Kind = {
  reason: 'unsupported',
  sentence: (name) => `The host ${name} does not offer this.`,
  status: 400,
};
const REDIRECT: Kind = { reason: 'redirect', sentence: (name) => `The host ${name} answered with a redirect.` };
const OUT_OF_CREDIT: Kind = {
  reason: 'no-credit',
  sentence: (name) => `The account at the host ${name} has no credit left.`,
};
const MODEL_MISSING: Kind = {
  reason: 'model-missing',
  sentence: (name) => `The host ${name} does not serve this model.`,
};
const RATE_LIMITED: Kind = {
  reason: 'rate-limited',
  sentence: (name) => `The host ${name} limits the rate of requests.`,
};
const COLD: Kind = { reason: 'cold', sentence: (name) => `The host ${name} is still starting.` };
const OVERLOADED: Kind = { reason: 'overloaded', sentence: (name) => `The host ${name} is overloaded.` };

function rejected(status: number, words: string): Kind {
  return { ...REJECTED, status, ...(TOO_LONG.test(words) && { code: 'context_length_exceeded' }) };
}

const failed = (status: number): Kind => ({
  reason: 'server-error',
  sentence: (name) => `The host ${name} answered with status ${status}.`,
});

const unauthorized = (status: number): Kind => ({
  reason: 'unauthorized',
  sentence: (name) => `The host ${name} refused this Worker's credential (${status}).`,
  isSecret: true,
});
