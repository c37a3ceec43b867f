import { ref } from './components.ts';
import type { Operation } from './operation.ts';
import type { Json } from './parts.ts';

export const BYTES = { type: 'string', contentMediaType: 'application/octet-stream' };

const ONE_PICTURE = {
  schema: {
    type: 'string',
    contentMediaType: 'application/octet-stream',
    description: 'The bytes of one picture. All other fields are in the query string.',
  },
};

export function describeRequest({ takesPictures, files, onlyForm, example }: Operation, name: string): Json {
  const schema = ref('schemas', name);
  const form = files && {
    'multipart/form-data': {
      schema: {
        ...(onlyForm ? { allOf: [schema], required: ['file'] } : { type: 'object', additionalProperties: true }),
        properties: Object.fromEntries(
          Object.entries(files).map(([name, description]) => [name, { ...BYTES, description }]),
        ),
      },
    },
  };
  if (onlyForm) return { required: true, content: form };
  const pictures = {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          payload: { type: 'string', contentMediaType: 'application/json', contentSchema: schema },
        },
        additionalProperties: {
          type: 'string',
          contentMediaType: 'application/octet-stream',
          description:
            'A picture. The payload refers to it as `attach://` and the name of this part. Without a payload, each part is the field of its name, as a file or a text, and a list is several parts of one name; examples are parts `input` and `label`, in the same order.',
        },
      },
    },
    'image/*': ONE_PICTURE,
    'application/octet-stream': ONE_PICTURE,
  };
  return {
    required: true,
    content: { 'application/json': { schema, example: example.body }, ...(takesPictures ? pictures : {}), ...form },
  };
}
