/** The thread of `off-thread.ts`: decodes HEIC and resamples large pictures. */
import { parentPort } from 'node:worker_threads';
import { ApiError } from '../errors.ts';
import { resample } from '../resample.ts';
import { decodeHeic } from './heic.ts';
import type { Answer, Job } from './off-thread.ts';

parentPort?.on('message', ({ id, job }: { id: number; job: Job }) => {
  const reply = (answer: Omit<Answer, 'id'>, transfer: ArrayBuffer[] = []) =>
    parentPort?.postMessage({ id, ...answer }, transfer);
  try {
    const value =
      job.task === 'heic' ? decodeHeic(job.bytes) : resample(job.picture, job.width, job.height, job.filter);
    const pixels = 'data' in value ? value.data : value.rgb;
    reply({ value }, pixels.buffer instanceof ArrayBuffer ? [pixels.buffer] : []);
  } catch (error) {
    const refused = error instanceof ApiError ? error.message : undefined;
    reply(refused === undefined ? { error } : { refused });
  }
});
