/**
 * The parts of @huggingface/inference that the Worker needs, imported from their own files. The package's
 * public entry, and even its `getProviderHelper`, bring every provider and task; this brings those that the
 * catalogue names. See docs/decisions/2026-11-23-import-files-of-huggingface-inference.md. The version is
 * pinned; the contract tests compare every request with that of the package's own client.
 */
import {
  DeepInfraFeatureExtractionTask,
  DeepInfraTextToImageTask,
} from '../../../node_modules/@huggingface/inference/dist/esm/providers/deepinfra.js';
import { FalAITextToImageTask } from '../../../node_modules/@huggingface/inference/dist/esm/providers/fal-ai.js';
import {
  HFInferenceFeatureExtractionTask,
  HFInferenceTextToImageTask,
  HFInferenceZeroShotImageClassificationTask,
} from '../../../node_modules/@huggingface/inference/dist/esm/providers/hf-inference.js';
import { NscaleTextToImageTask } from '../../../node_modules/@huggingface/inference/dist/esm/providers/nscale.js';
import type { TaskProviderHelper } from '../../../node_modules/@huggingface/inference/dist/esm/providers/providerHelper.js';
import { ReplicateTextToImageTask } from '../../../node_modules/@huggingface/inference/dist/esm/providers/replicate.js';
import { ScalewayFeatureExtractionTask } from '../../../node_modules/@huggingface/inference/dist/esm/providers/scaleway.js';
import {
  TogetherFeatureExtractionTask,
  TogetherTextToImageTask,
} from '../../../node_modules/@huggingface/inference/dist/esm/providers/together.js';

export { makeRequestOptionsFromResolvedModel } from '../../../node_modules/@huggingface/inference/dist/esm/lib/makeRequestOptions.js';

/** What each provider can do: a provider or a task more is a line. */
const HELPERS = {
  'text-to-image': {
    'hf-inference': HFInferenceTextToImageTask,
    together: TogetherTextToImageTask,
    nscale: NscaleTextToImageTask,
    deepinfra: DeepInfraTextToImageTask,
    replicate: ReplicateTextToImageTask,
    'fal-ai': FalAITextToImageTask,
  },
  'feature-extraction': {
    'hf-inference': HFInferenceFeatureExtractionTask,
    scaleway: ScalewayFeatureExtractionTask,
    together: TogetherFeatureExtractionTask,
    deepinfra: DeepInfraFeatureExtractionTask,
  },
  'zero-shot-image-classification': {
    'hf-inference': HFInferenceZeroShotImageClassificationTask,
  },
} as const;

export type HuggingfaceTask = keyof typeof HELPERS;
export type ProviderOf<T extends HuggingfaceTask> = string & keyof (typeof HELPERS)[T];

export function helperFor<T extends HuggingfaceTask>(task: T, provider: ProviderOf<T>): TaskProviderHelper {
  return new (HELPERS[task][provider] as new () => TaskProviderHelper)();
}
