import { moderationRequest } from '../../routes/moderations.ts';
import { type Operation, RUNS } from '../operation.ts';
import { ModerationResult } from './moderations-answers.ts';

export const moderations: readonly Operation[] = [
  {
    id: 'createModeration',
    method: 'post',
    path: '/v1/moderations',
    tag: 'Text',
    summary: 'Say which texts and pictures are harmful',
    description:
      "OpenAI's moderation with its 13 categories, by the host of `OPENAI_BASE_URL`, or by a Llama Guard, which answers yes or no: its scores are 0 or 1, and `hazards` has its own categories. A Llama Guard judges up to 32 texts in a request, and no pictures. The body has at most 14 MiB.",
    request: { name: 'ModerationRequest', schema: moderationRequest() },
    answer: { name: 'ModerationResult', schema: ModerationResult },
    isHosted: true,
    records: true,
    errors: [...RUNS],
    example: { body: { input: 'I will water the flowers.' } },
  },
];
