import { byteTokens } from './byte-tokens.ts';
import { type Tensor, writeGguf } from './gguf.ts';
import { constant, randomWeights } from './random-weights.ts';

/**
 * A language model of random weights, for llama.cpp: its answers are noise, in the shape that real answers
 * have.
 */

const WIDTH = 64;
const LAYERS = 2;
const HEADS = 4;
const INNER = 128;
const NORMAL = 1;
const CONTROL = 3;

/** ChatML, with tools, so that llama.cpp can read calls. */
const TEMPLATE = `{%- if tools %}<|im_start|>system
# Tools
You may call one or more functions to assist with the user query. <tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools>
For each call, return json within <tool_call></tool_call>:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content if message.content else '' }}{% if message.tool_calls %}{% for call in message.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

export function tinyLlama(context: number): Uint8Array {
  const special = ['<|im_start|>', '<|im_end|>', '<|endoftext|>'];
  const tokens = [...byteTokens(), ...special];
  const weights = randomWeights(7);
  const matrix = (name: string, shape: readonly [number, number]): Tensor => ({
    name,
    shape,
    data: weights(shape[0] * shape[1], 2 / Math.sqrt(shape[0])),
  });
  const ones = (name: string): Tensor => ({ name, shape: [WIDTH], data: constant(WIDTH, 1) });
  const layers = Array.from({ length: LAYERS }, (_, i) => [
    ones(`blk.${i}.attn_norm.weight`),
    matrix(`blk.${i}.attn_q.weight`, [WIDTH, WIDTH]),
    matrix(`blk.${i}.attn_k.weight`, [WIDTH, WIDTH]),
    matrix(`blk.${i}.attn_v.weight`, [WIDTH, WIDTH]),
    matrix(`blk.${i}.attn_output.weight`, [WIDTH, WIDTH]),
    ones(`blk.${i}.ffn_norm.weight`),
    matrix(`blk.${i}.ffn_gate.weight`, [WIDTH, INNER]),
    matrix(`blk.${i}.ffn_up.weight`, [WIDTH, INNER]),
    matrix(`blk.${i}.ffn_down.weight`, [INNER, WIDTH]),
  ]);
  const tensors = [
    matrix('token_embd.weight', [WIDTH, tokens.length]),
    ...layers.flat(),
    ones('output_norm.weight'),
    matrix('output.weight', [WIDTH, tokens.length]),
  ];
  return writeGguf(
    {
      'general.architecture': 'llama',
      'general.name': 'tiny',
      'llama.context_length': context,
      'llama.embedding_length': WIDTH,
      'llama.block_count': LAYERS,
      'llama.feed_forward_length': INNER,
      'llama.attention.head_count': HEADS,
      'llama.attention.head_count_kv': HEADS,
      'llama.attention.layer_norm_rms_epsilon': { float: 1e-5 },
      'llama.rope.dimension_count': WIDTH / HEADS,
      'llama.vocab_size': tokens.length,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'gpt-2',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': tokens.map((token) => (special.includes(token) ? CONTROL : NORMAL)),
      'tokenizer.ggml.merges': ['h i'],
      'tokenizer.ggml.bos_token_id': tokens.length - 1,
      'tokenizer.ggml.eos_token_id': tokens.length - 2,
      'tokenizer.ggml.add_bos_token': false,
      'tokenizer.chat_template': TEMPLATE,
    },
    tensors,
  );
}
