import * as mini from 'zod/mini';
import { type Operation, PICTURED, RUNS, STREAMED } from '../operation.ts';
import { TaskAnswer, TaskError } from './tasks-answers.ts';

/** Each task has a schema of its own: see src/surfaces/hub/. */
const taskRequest = mini.looseObject({
  inputs: mini.unknown(),
  parameters: mini.optional(mini.looseObject({})),
  stream: mini.optional(mini.boolean()),
});

export const tasks: readonly Operation[] = [
  {
    id: 'runTask',
    method: 'post',
    path: '/models/{id}',
    alsoAt: ['/hf-inference/models/{id}'],
    tag: 'Tasks',
    summary: 'Run a task of Hugging Face',
    description:
      'Feature extraction, sentence similarity, zero-shot classification of texts and pictures, text to image, summarization, translation and text generation. The path names the task, as in `/models/text/pipeline/summarization`; or else the shape of the body does, or the task of the model. A stream of `text-generation` has the events of Text Generation Inference. Also at `/hf-inference/models/{id}`. Errors have the message in `error`, and status 500 instead of 503. The body has at most 14 MiB.',
    request: { name: 'TaskRequest', schema: taskRequest },
    answer: { name: 'TaskAnswer', schema: TaskAnswer },
    failure: { name: 'TaskError', schema: TaskError },
    takesPictures: true,
    givesPictures: true,
    records: true,
    errors: [...new Set([...STREAMED, ...PICTURED]), ...RUNS],
    example: {
      path: '/models/embed',
      body: { inputs: { source_sentence: 'a photo of a cat', sentences: ['a drawing of a cat', 'a photo of a boat'] } },
    },
  },
];
