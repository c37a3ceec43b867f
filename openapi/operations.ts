import { type Operation, RUNS, STREAMED } from './operation.ts';
import { audio } from './surfaces/audio.ts';
import { callers } from './surfaces/callers.ts';
import { classifierOperations } from './surfaces/classifiers.ts';
import { health } from './surfaces/health.ts';
import { images } from './surfaces/images.ts';
import { mcpOperation } from './surfaces/mcp.ts';
import { messageOperations } from './surfaces/messages.ts';
import { models } from './surfaces/models.ts';
import { moderations } from './surfaces/moderations.ts';
import { promptOperations } from './surfaces/prompts.ts';
import { rerank } from './surfaces/rerank.ts';
import { responseOperations } from './surfaces/responses.ts';
import { runs } from './surfaces/runs.ts';
import { tasks } from './surfaces/tasks.ts';
import { text } from './surfaces/text.ts';
import { vectors } from './surfaces/vectors.ts';
import { webhookOperations } from './surfaces/webhooks.ts';

/** All operations, in the order of the document. */
export const operations: readonly Operation[] = [
  ...text,
  ...responseOperations([...STREAMED, ...RUNS]),
  ...messageOperations([...STREAMED, ...RUNS]),
  ...moderations,
  ...vectors,
  ...classifierOperations,
  ...images,
  ...audio,
  ...rerank,
  ...tasks,
  ...runs,
  ...promptOperations([...STREAMED, ...RUNS]),
  ...webhookOperations,
  mcpOperation,
  ...models,
  ...callers,
  ...health,
];
