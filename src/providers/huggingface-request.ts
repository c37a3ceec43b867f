import type { InferenceProvider, InferenceTask, RequestArgs } from '@huggingface/inference';
import type { Call } from '../call/call.ts';
import type { Host } from '../hosts.ts';
import type { UpstreamRequest } from '../upstream/transport.ts';
import { endpointOf } from './openai.ts';

/** One model at one of the inference providers behind Hugging Face's router. */
export interface ProviderModel {
  readonly host: Host;
  readonly provider: InferenceProvider;
  /** The provider's own id of the model: what the hub's `inferenceProviderMapping` calls `providerId`. */
  readonly providerId: string;
}

/**
 * Builds a request as @huggingface/inference does, without its transport, whose hub look-ups, endless retries and
 * errors that quote the prompt are not for a gateway. Loaded on first use, so that chat never pays for it.
 */
export async function buildRequest(model: ProviderModel, task: InferenceTask, args: JsonArgs, call: Call) {
  const library = await import('./huggingface-library.ts');
  const { url: base, token } = endpointOf(model.host, call);
  const helper = library.getProviderHelper(model.provider, task);
  const options = { task, outputType: model.provider === 'replicate' ? ('url' as const) : ('dataUrl' as const) };
  const { url, info } = library.makeRequestOptionsFromResolvedModel(
    // A host of one's own has whole URLs for models; the router has ids.
    model.host.name === 'huggingface' ? model.providerId : `${base}/models/${model.providerId}`,
    helper,
    { ...args, accessToken: token } as unknown as RequestArgs,
    undefined,
    task === 'text-to-image' ? options : { task },
  );
  const request: UpstreamRequest = {
    name: model.host.name === 'huggingface' ? `huggingface (${model.provider})` : model.host.name,
    url,
    headers: info.headers as Record<string, string>,
    body: info.body as string,
  };
  return { request, helper };
}

export interface JsonArgs {
  inputs: unknown;
  parameters?: Record<string, unknown>;
}
