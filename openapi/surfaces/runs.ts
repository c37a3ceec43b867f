import { createHash } from 'node:crypto';
import { type Before, KEYED, type Operation } from '../operation.ts';
import { Run, RunList, RunResult } from './runs-answers.ts';
import { ChatCompletionChunk } from './text-answers.ts';

/**
 * A chat that is recorded with an idempotency key, and the id of its run: the digest of caller, route and
 * key.
 */
function recordedChat(key: string, stream: boolean): { id: string; before: Before } {
  const path = '/v1/chat/completions';
  const digest = createHash('sha256').update(`operator\n${path}\n${key}`).digest('base64url');
  const body = { model: 'text', messages: [{ role: 'user', content: 'Translate to French: house' }], stream };
  const headers = { 'idempotency-key': key, 'x-cedalion-resume': 'true' };
  return { id: `run_k${digest}`, before: { path, body, headers } };
}

const streamed = recordedChat('example', true);

const whole = recordedChat('example-whole', false);

export const runs: readonly Operation[] = [
  {
    id: 'listRuns',
    method: 'get',
    path: '/v1/runs',
    tag: 'Runs',
    summary: 'List your runs',
    description:
      'Streams that can be resumed and runs in the background, newest first. Requests that only have an `Idempotency-Key` are not listed.',
    query: {
      status: 'Only runs with this status: `queued`, `in_progress`, `completed`, `failed` or `cancelled`.',
      created_after: 'Only runs that were created at this Unix time, in seconds, or later.',
      created_before: 'Only runs that were created before this Unix time, in seconds.',
      after: 'The id of the last run of the previous page.',
      limit: 'Runs of a page, 1 to 100. The default is 20.',
    },
    answer: { name: 'RunList', schema: RunList },
    errors: [...KEYED, 'invalid_parameter', 'runs_unavailable'],
    example: { before: streamed.before },
  },
  {
    id: 'getRun',
    method: 'get',
    path: '/v1/runs/{id}',
    tag: 'Runs',
    summary: 'Get the status of a run',
    description: 'Status, usage, timings and error. The id is in the header `x-run-id` of the answer.',
    answer: { name: 'Run', schema: Run },
    errors: [...KEYED, 'run_not_found', 'runs_unavailable'],
    example: { path: `/v1/runs/${streamed.id}`, before: streamed.before },
  },
  {
    id: 'cancelRun',
    method: 'post',
    path: '/v1/runs/{id}/cancel',
    tag: 'Runs',
    summary: 'Cancel a run',
    description:
      'Closes the request to the host. What was answered until then is kept. A run that has ended stays as it is.',
    answer: { name: 'Run', schema: Run },
    errors: [...KEYED, 'run_not_found', 'runs_unavailable'],
    example: { path: `/v1/runs/${streamed.id}/cancel`, before: streamed.before },
  },
  {
    id: 'readRunEvents',
    method: 'get',
    path: '/v1/runs/{id}/events',
    tag: 'Runs',
    summary: 'Resume a stream',
    description:
      'The events of a stream after the one named by `Last-Event-ID` or `starting_after`, and those that follow while it goes on. Joined, they are byte for byte the stream that was not cut. Status 204 if there are none left.',
    query: { starting_after: 'The number of the last event that was received. The default is 0.' },
    answer: { name: 'ChatCompletionChunk', schema: ChatCompletionChunk },
    readsRun: 'events',
    errors: [
      ...KEYED,
      'invalid_parameter',
      'run_not_found',
      'runs_unavailable',
      'run_not_a_stream',
      'run_cancelled',
      'run_interrupted',
    ],
    example: { path: `/v1/runs/${streamed.id}/events?starting_after=1`, before: streamed.before },
  },
  {
    id: 'getRunResult',
    method: 'get',
    path: '/v1/runs/{id}/result',
    tag: 'Runs',
    summary: 'Get the answer of a run',
    description:
      'Status, headers and body as the request itself would have got them. While the run goes on, `Prefer: wait=<seconds>` waits for its end.',
    answer: { name: 'RunResult', schema: RunResult },
    readsRun: 'result',
    errors: [...KEYED, 'run_not_found', 'runs_unavailable', 'run_in_progress', 'run_cancelled', 'run_interrupted'],
    example: { path: `/v1/runs/${whole.id}/result`, before: whole.before },
  },
];
