import { clipEndpoint, openaiHost, origin } from '../../call/hosts.ts';
import type {
  EditModel,
  EmbeddingModel,
  ImageModel,
  Model,
  ModerationModel,
  SpeechModel,
  TextModel,
  TranscriptionModel,
  ZeroShotModel,
} from '../../call/tasks.ts';
import * as huggingface from '../providers/huggingface.ts';
import { edit as editByHuggingface } from '../providers/huggingface-edit.ts';
import { imageAt, image as imageByHuggingface } from '../providers/huggingface-image.ts';
import * as infinity from '../providers/infinity.ts';
import * as jina from '../providers/jina.ts';
import * as openai from '../providers/openai.ts';

/**
 * The catalogue: every model that this Worker serves, and its hosts. A model is a chain of targets: after a
 * failure the next one is tried. A model is available if a setting of one of its targets is set. A new model
 * is one entry here.
 */

const text: readonly TextModel[] = [
  {
    id: 'Qwen/Qwen3-Next-80B-A3B-Instruct',
    task: 'text-generation',
    note: 'Qwen3 Next, 80B with 3B active. Open weights, Apache 2.0.',
    contextLength: 262_144,
    targets: [
      huggingface.chat('Qwen/Qwen3-Next-80B-A3B-Instruct:fastest'),
      huggingface.chat('Qwen/Qwen3-Next-80B-A3B-Instruct:cheapest'),
    ],
  },
  {
    id: 'openai/gpt-oss-120b',
    task: 'text-generation',
    note: 'gpt-oss, 117B with 5B active, a reasoning model. Open weights, Apache 2.0.',
    contextLength: 131_072,
    targets: [huggingface.chat('openai/gpt-oss-120b:fastest'), huggingface.chat('openai/gpt-oss-120b:cheapest')],
  },
  {
    id: 'openai/gpt-oss-20b',
    task: 'text-generation',
    note: 'gpt-oss, 21B with 4B active, a small reasoning model. Open weights, Apache 2.0.',
    contextLength: 131_072,
    targets: [huggingface.chat('openai/gpt-oss-20b:fastest'), huggingface.chat('openai/gpt-oss-20b:cheapest')],
  },
  {
    id: 'meta-llama/Llama-3.3-70B-Instruct',
    task: 'text-generation',
    note: 'Llama 3.3, 70B. Open weights, Llama 3.3 license.',
    contextLength: 131_072,
    targets: [
      huggingface.chat('meta-llama/Llama-3.3-70B-Instruct:fastest'),
      huggingface.chat('meta-llama/Llama-3.3-70B-Instruct:cheapest'),
    ],
  },
  {
    id: 'zai-org/GLM-4.6',
    task: 'text-generation',
    note: 'GLM 4.6, mixture of experts. Open weights, MIT.',
    contextLength: 202_752,
    targets: [huggingface.chat('zai-org/GLM-4.6:fastest'), huggingface.chat('zai-org/GLM-4.6:cheapest')],
  },
  {
    id: 'tiny-text',
    task: 'text-generation',
    note: 'Tiny, for demonstration and tests: a language model of 3M parameters, trained by this project.',
    contextLength: 512,
    targets: [openai.text(origin, 'tiny-text', '/v1')],
  },
];

/**
 * Real CLIP multiplies cosines by 100 before a softmax. Source: the models' `logit_scale`, e to the 4.6052.
 */
const CLIP_LOGIT_SCALE = 100;

const embedding: readonly EmbeddingModel[] = [
  {
    id: 'intfloat/multilingual-e5-large',
    task: 'embedding',
    note: 'Multilingual E5, texts only. Begin texts with "query: " or "passage: ", as its card says. MIT.',
    space: { id: 'intfloat/multilingual-e5-large', dimensions: 1024 },
    targets: [huggingface.embedding('hf-inference', 'intfloat/multilingual-e5-large')],
  },
  {
    id: 'sentence-transformers/all-MiniLM-L6-v2',
    task: 'embedding',
    note: 'MiniLM for English sentences, small and quick. Apache 2.0.',
    space: { id: 'sentence-transformers/all-MiniLM-L6-v2', dimensions: 384 },
    targets: [huggingface.embedding('hf-inference', 'sentence-transformers/all-MiniLM-L6-v2')],
  },
  {
    id: 'Qwen/Qwen3-Embedding-8B',
    task: 'embedding',
    note: 'Qwen3 Embedding, multilingual texts; vectors can be cut. Apache 2.0.',
    space: { id: 'Qwen/Qwen3-Embedding-8B', dimensions: 4096, minDimensions: 32 },
    targets: [huggingface.embedding('scaleway', 'qwen3-embedding-8b')],
  },
  {
    id: 'openai/clip-vit-base-patch32',
    task: 'embedding',
    note: 'CLIP ViT-B/32, pictures and texts, at your own endpoint. MIT.',
    space: { id: 'openai/clip-vit-base-patch32', dimensions: 512, logitScale: CLIP_LOGIT_SCALE },
    targets: [infinity.clip(clipEndpoint, 'openai/clip-vit-base-patch32')],
  },
  {
    id: 'openai/clip-vit-large-patch14',
    task: 'embedding',
    note: 'CLIP ViT-L/14, pictures and texts, at your own endpoint. MIT.',
    space: { id: 'openai/clip-vit-large-patch14', dimensions: 768, logitScale: CLIP_LOGIT_SCALE },
    targets: [infinity.clip(clipEndpoint, 'openai/clip-vit-large-patch14')],
  },
  {
    id: 'Xenova/clip-vit-base-patch32',
    task: 'embedding',
    note: "CLIP ViT-B/32 as ONNX: what this project's inference server loads as a CLIP endpoint. MIT.",
    space: { id: 'Xenova/clip-vit-base-patch32:int8', dimensions: 512, logitScale: CLIP_LOGIT_SCALE },
    targets: [infinity.clip(clipEndpoint, 'Xenova/clip-vit-base-patch32')],
  },
  {
    id: 'jinaai/jina-clip-v2',
    task: 'embedding',
    note: 'Jina CLIP v2, pictures and texts in 89 languages; vectors can be cut. CC BY-NC 4.0 outside the API.',
    space: { id: 'jinaai/jina-clip-v2', dimensions: 1024, minDimensions: 64 },
    targets: [jina.clip('jina-clip-v2')],
  },
  {
    id: 'tiny-clip',
    task: 'embedding',
    note: 'Tiny, for demonstration and tests: a CLIP of 1.7M parameters, trained by this project on drawings.',
    // The revision is the beginning of the SHA-256 of weights and preprocessing. A test checks it, and the
    // scale.
    space: { id: 'tiny-clip:a7652be3', dimensions: 96, logitScale: 55.822 },
    targets: [infinity.clip(origin, 'tiny-clip'), infinity.clip(clipEndpoint, 'tiny-clip')],
  },
];

const zeroShot: readonly ZeroShotModel[] = [
  {
    id: 'openai/clip-vit-large-patch14:zero-shot',
    task: 'zero-shot-image-classification',
    note: 'CLIP ViT-L/14 at a host that returns relative scores only: for /v1/classify if no host returns CLIP vectors.',
    targets: [huggingface.zeroShot('openai/clip-vit-large-patch14')],
  },
];

const FLUX_SIZES = { min: 256, max: 1440, multipleOf: 32, default: 1024 };

const image: readonly ImageModel[] = [
  {
    id: 'black-forest-labs/FLUX.1-schnell',
    task: 'text-to-image',
    note: 'FLUX.1 schnell, quick and good. Open weights, Apache 2.0.',
    sizes: FLUX_SIZES,
    targets: [
      imageByHuggingface('hf-inference', 'black-forest-labs/FLUX.1-schnell'),
      imageByHuggingface('together', 'black-forest-labs/FLUX.1-schnell'),
      imageByHuggingface('nscale', 'black-forest-labs/FLUX.1-schnell'),
      imageByHuggingface('deepinfra', 'black-forest-labs/FLUX-1-schnell'),
      imageByHuggingface('fal-ai', 'fal-ai/flux/schnell'),
      imageByHuggingface('replicate', 'black-forest-labs/flux-schnell'),
    ],
  },
  {
    id: 'Qwen/Qwen-Image',
    task: 'text-to-image',
    note: 'Qwen-Image, strong at writing in pictures. Open weights, Apache 2.0.',
    sizes: { min: 256, max: 1664, multipleOf: 16, default: 1024 },
    targets: [imageByHuggingface('fal-ai', 'fal-ai/qwen-image'), imageByHuggingface('replicate', 'qwen/qwen-image')],
  },
  {
    id: 'stabilityai/stable-diffusion-xl-base-1.0',
    task: 'text-to-image',
    note: 'Stable Diffusion XL 1.0. Open weights, OpenRAIL++-M.',
    sizes: { min: 512, max: 1536, multipleOf: 8, default: 1024 },
    targets: [
      imageByHuggingface('together', 'stabilityai/stable-diffusion-xl-base-1.0'),
      imageByHuggingface('nscale', 'stabilityai/stable-diffusion-xl-base-1.0'),
    ],
  },
  {
    id: 'tiny-image',
    task: 'text-to-image',
    note: 'Tiny, for demonstration and tests: draws simple scenes, trained by this project.',
    sizes: { min: 64, max: 512, multipleOf: 8, default: 256 },
    targets: [imageAt(origin, 'tiny-image')],
  },
];

const edit: readonly EditModel[] = [
  {
    id: 'black-forest-labs/FLUX.1-Kontext-dev',
    task: 'image-to-image',
    note: 'FLUX.1 Kontext, edits pictures. Open weights, for non-commercial use.',
    targets: [
      editByHuggingface('fal-ai', 'fal-ai/flux-kontext/dev'),
      editByHuggingface('together', 'black-forest-labs/FLUX.1-kontext-dev'),
    ],
  },
  {
    id: 'Qwen/Qwen-Image-Edit',
    task: 'image-to-image',
    note: 'Qwen-Image-Edit, edits pictures and the writing in them. Open weights, Apache 2.0.',
    targets: [editByHuggingface('fal-ai', 'fal-ai/qwen-image-edit')],
  },
  {
    id: 'gpt-image-2.6-sunburst',
    task: 'image-to-image',
    note: 'The model of this name at the host of OPENAI_BASE_URL.',
    targets: [openai.edit(openaiHost, 'gpt-image-2.6-sunburst')],
  },
  {
    id: 'gpt-image-2.6-flare',
    task: 'image-to-image',
    note: 'The model of this name at the host of OPENAI_BASE_URL.',
    targets: [openai.edit(openaiHost, 'gpt-image-2.6-flare')],
  },
];

const transcription: readonly TranscriptionModel[] = [
  {
    id: 'openai/whisper-large-v3',
    task: 'automatic-speech-recognition',
    note: 'Whisper large v3, speech in 99 languages, also into English. Open weights, Apache 2.0.',
    // Together is last: the router refused every model there. Source:
    // https://github.com/huggingface/huggingface.js/issues/2225
    targets: [
      huggingface.transcription('deepinfra', 'openai/whisper-large-v3'),
      huggingface.transcription('together', 'openai/whisper-large-v3'),
    ],
  },
  {
    id: 'gpt-transcribe',
    task: 'automatic-speech-recognition',
    note: 'The model of this name at the host of OPENAI_BASE_URL.',
    targets: [openai.transcription(openaiHost, 'gpt-transcribe')],
  },
  {
    id: 'whisper-1',
    task: 'automatic-speech-recognition',
    note: 'The model of this name at the host of OPENAI_BASE_URL.',
    // Of OpenAI's models: https://developers.openai.com/api/docs/deprecations (2026-12-01)
    shutdownDate: '2027-02-26',
    targets: [openai.transcription(openaiHost, 'whisper-1')],
  },
];

const speech: readonly SpeechModel[] = [
  {
    id: 'hexgrad/Kokoro-82M',
    task: 'text-to-speech',
    note: 'Kokoro, small and quick; voices such as af_alloy. Open weights, Apache 2.0.',
    targets: [
      huggingface.speech('together', 'hexgrad/Kokoro-82M'),
      huggingface.speech('deepinfra', 'hexgrad/Kokoro-82M'),
    ],
  },
  {
    id: 'tts-1',
    task: 'text-to-speech',
    note: 'The model of this name at the host of OPENAI_BASE_URL.',
    shutdownDate: '2027-01-06',
    targets: [openai.speech(openaiHost, 'tts-1')],
  },
];

const moderation: readonly ModerationModel[] = [
  {
    id: 'omni-moderation-latest',
    task: 'moderation',
    note: 'Texts and pictures by 13 categories: the model of this name at the host of OPENAI_BASE_URL.',
    targets: [openai.moderation(openaiHost, 'omni-moderation-latest')],
  },
  {
    id: 'meta-llama/Llama-Guard-4-12B',
    task: 'moderation',
    note: 'Llama Guard 4, 12B, texts by 14 hazards. Open weights, Llama 4 license.',
    targets: [huggingface.guard('meta-llama/Llama-Guard-4-12B')],
  },
];

export const catalogue: readonly Model[] = [
  ...text,
  ...embedding,
  ...zeroShot,
  ...image,
  ...edit,
  ...transcription,
  ...speech,
  ...moderation,
];

/**
 * Names that callers can rely on. Each stands for the first of its models that is available: hosted models
 * come before tiny ones, so that a token changes the model without a change of any caller.
 */
export const aliases: Readonly<Record<string, readonly string[]>> = {
  text: text.map(({ id }) => id),
  embed: ['intfloat/multilingual-e5-large', 'jinaai/jina-clip-v2', 'tiny-clip'],
  clip: [
    'openai/clip-vit-base-patch32',
    'openai/clip-vit-large-patch14',
    'Xenova/clip-vit-base-patch32',
    'jinaai/jina-clip-v2',
    'tiny-clip',
    'openai/clip-vit-large-patch14:zero-shot',
  ],
  // At /v1/images/edits the first one that edits.
  image: [...image, ...edit].map(({ id }) => id),
  whisper: transcription.map(({ id }) => id),
  tts: speech.map(({ id }) => id),
  moderation: moderation.map(({ id }) => id),
};
