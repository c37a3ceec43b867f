import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';

export const ImageList = z.object({
  created: unixSeconds,
  model: z.string(),
  output_format: z.enum(['png', 'jpeg', 'webp', 'gif']),
  size: z.string().describe('The actual size of the first image, `<width>x<height>`.'),
  data: z.array(
    z.object({
      b64_json: z.base64().optional(),
      url: z.string().optional().describe('A `data:` URL. Only with `response_format: "url"`.'),
      seed: z.int().optional().describe('Seed that generates this image again. Absent if the host has none.'),
    }),
  ),
});
