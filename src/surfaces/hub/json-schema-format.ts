import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';

/**
 * A chat body with a JSON schema as OpenAI has it. The Hugging Face client for Python sends one in the form
 * of Text Generation Inference, `{"type": "json_object", "value": schema}`, in which no other host sees the
 * schema. Source:
 * https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/inference/_providers/hf_inference.py
 *
 * @returns undefined if the body needs no change
 */
export function withJsonSchema(input: unknown): JsonObject | undefined {
  const format = isObject(input) ? input.response_format : undefined;
  if (!isObject(input) || !isObject(format) || !isObject(format.value)) return undefined;
  if (format.type !== 'json_object' && format.type !== 'json') return undefined;
  const { value: schema, name = 'response', strict } = format;
  const json_schema = { name, schema, ...(typeof strict === 'boolean' && { strict }) };
  return { ...input, response_format: { type: 'json_schema', json_schema } };
}
