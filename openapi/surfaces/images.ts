import { imagesRequest } from '../../routes/images.ts';
import { editRequest } from '../../routes/images-edits.ts';
import { HOSTED, type Operation, PICTURED, RUNS } from '../operation.ts';
import { SQUARE } from './example-picture.ts';
import { ImageList } from './images-answers.ts';

export const images: readonly Operation[] = [
  {
    id: 'createImage',
    method: 'post',
    path: '/v1/images/generations',
    tag: 'Images',
    summary: 'Generate images from a prompt',
    description:
      "OpenAI's image generation, with a seed. With `Accept: image/*`, the answer is the image itself, and the header `x-cedalion-seed` has its seed. The file says that it is generated (IPTC `DigitalSourceType`). The body has at most 1 MiB.",
    request: { name: 'ImagesRequest', schema: imagesRequest() },
    answer: { name: 'ImageList', schema: ImageList },
    others: { 'text/event-stream': 'With `stream: true`: an event `image_generation.completed` for each image.' },
    givesPictures: true,
    records: true,
    errors: [...HOSTED, ...RUNS],
    example: { body: { model: 'image', prompt: 'a red house', size: '64x64', seed: 7 } },
  },
  {
    id: 'editImage',
    method: 'post',
    path: '/v1/images/edits',
    tag: 'Images',
    summary: 'Change images as a prompt says',
    description:
      "OpenAI's image edits, at a host: no tiny model does this. Fields that are not listed are forwarded to OpenAI-compatible hosts; open models reject those that they do not support. The answers are those of image generation. The body has at most 14 MiB.",
    request: { name: 'EditRequest', schema: editRequest() },
    answer: { name: 'ImageList', schema: ImageList },
    others: { 'text/event-stream': 'With `stream: true`: an event `image_edit.completed` for each image.' },
    files: {
      image: 'The image to change.',
      'image[]': 'Or several of them.',
      mask: 'The first image may only change where this one is transparent.',
    },
    givesPictures: true,
    records: true,
    isHosted: true,
    errors: [...PICTURED, ...RUNS],
    example: { body: { model: 'image', prompt: 'Make it a red square', images: [{ image_url: SQUARE }] } },
  },
];
