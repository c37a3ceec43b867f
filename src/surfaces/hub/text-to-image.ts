import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import { maybe } from '../../intake/maybe.ts';
import { hubTask, inParameters, textAnd } from './hub-task.ts';
import { allowOnly } from './unsupported.ts';

const request = lazy(() => textAnd({ width: maybe(z.int()), height: maybe(z.int()) }));
const PASSED = ['seed', 'negative_prompt', 'guidance_scale', 'num_inference_steps'];

/**
 * The bytes of one picture: the route is asked with `Accept: image/*`. One side alone is that of a square.
 */
export const textToImage = hubTask({
  schema: request,
  request({ inputs, parameters }) {
    const { width, height, ...rest } = parameters;
    allowOnly(rest, PASSED);
    const size = (width ?? height) ? `${width ?? height}x${height ?? width}` : undefined;
    return { ...rest, prompt: inputs, size };
  },
  answer: (answer) => answer,
  nameOf: inParameters({ prompt: 'inputs', size: 'parameters.width' }),
});
