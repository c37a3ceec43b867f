import * as z from 'zod/mini';
import { ApiError } from '../errors.ts';
import { lazy } from '../lazy.ts';
import { hubTask, inParameters } from './hub-task.ts';
import { refuse } from './refuse.ts';

const request = lazy(() =>
  z.looseObject({
    inputs: z.string(),
    parameters: z._default(
      z.looseObject({
        width: z.optional(z.nullable(z.int())),
        height: z.optional(z.nullable(z.int())),
      }),
      {},
    ),
  }),
);

/** The bytes of one picture: the route is asked with `Accept: image/*`. */
export const textToImage = hubTask({
  schema: request,
  request({ inputs, parameters }) {
    refuse(parameters, ['scheduler', 'target_size']);
    const { width, height, seed, negative_prompt, guidance_scale, num_inference_steps } = parameters;
    const missing = width ? 'height' : 'width';
    if (!width !== !height) {
      throw new ApiError(
        'invalid_parameter',
        '`parameters.width` and `parameters.height` are only accepted together.',
        {
          param: `parameters.${missing}`,
        },
      );
    }
    const size = width ? `${width}x${height}` : undefined;
    return { prompt: inputs, size, seed, negative_prompt, guidance_scale, num_inference_steps };
  },
  answer: (answer) => answer,
  nameOf: inParameters({ prompt: 'inputs', size: 'parameters.width' }),
});
