import type { RequestArgs } from '@huggingface/inference';
import type { Call } from '../../call/call.ts';
import type { Host } from '../../call/hosts.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import type { UpstreamRequest } from '../upstream/transport.ts';
import type { HuggingfaceTask, ProviderOf } from './huggingface-library.ts';
import { endpointOf } from './json-request.ts';

/** One model at one of the inference providers behind Hugging Face's router. */
export interface ProviderModel<T extends HuggingfaceTask> {
  readonly host: Host;
  readonly provider: ProviderOf<T>;
  /** The provider's own id of the model: what the hub's `inferenceProviderMapping` calls `providerId`. */
  readonly providerId: string;
}

/**
 * Builds a request with @huggingface/inference, without its transport: that one looks up models at the hub,
 * retries without a limit, and quotes the prompt in its errors. Loaded on first use, so that chat does not
 * pay for it.
 */
export async function buildRequest<T extends HuggingfaceTask>(
  model: ProviderModel<T>,
  task: T,
  args: JsonArgs,
  call: Call,
) {
  const library = await import('./huggingface-library.ts');
  const { url: base, token } = endpointOf(model.host, call);
  const helper = library.helperFor(task, model.provider);
  const options = { task, outputType: model.provider === 'replicate' ? ('url' as const) : ('dataUrl' as const) };
  const { url, info } = library.makeRequestOptionsFromResolvedModel(
    // The router takes ids of models; other hosts take complete URLs.
    model.host.name === 'huggingface' ? model.providerId : `${base}/models/${model.providerId}`,
    helper,
    { ...args, accessToken: token } as unknown as RequestArgs,
    undefined,
    task === 'text-to-image' ? options : { task },
  );
  const { 'User-Agent': userAgent = '', ...headers } = info.headers as Record<string, string>;
  const request: UpstreamRequest & { readonly body: string } = {
    name: model.host.name === 'huggingface' ? `huggingface (${model.provider})` : model.host.name,
    url,
    // By the name that takes the place of this Worker's own.
    headers: { ...headers, 'user-agent': userAgent },
    body: info.body as string,
  };
  return { request, helper };
}

export interface JsonArgs {
  inputs: unknown;
  parameters?: Record<string, unknown>;
}

/** Runs the library's reader. Its errors quote the answer, so they are replaced. */
export async function readByLibrary<T>(work: () => Promise<T>, name: string): Promise<T> {
  try {
    return await work();
  } catch {
    throw invalidAnswer(name, 'with another shape than its task has');
  }
}
