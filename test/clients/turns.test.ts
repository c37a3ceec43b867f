import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamed } from './scripted-host.ts';
import { orderProblem } from './turn-order.ts';

/** A turn in which the model writes text between and after its calls, and the turn after it. */

let host: ScriptedHost;
let stack: Gateway;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

const model = 'openai/scripted';
const call = (index: number, city: string) => ({
  tool_calls: [
    { index, id: `call_${city}`, type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } },
  ],
});
const twoCalls = streamed(
  [{ content: 'I ask.' }, call(0, 'Paris'), { content: '\n' }, call(1, 'Rome'), { content: '\n' }],
  'tool_calls',
);
const CONVERSATION = [
  { role: 'user', content: 'Weather?' },
  { role: 'assistant', content: 'I ask.', tool_calls: [{ id: 'call_Paris' }, { id: 'call_Rome' }] },
  { role: 'tool', tool_call_id: 'call_Paris' },
  { role: 'tool', tool_call_id: 'call_Rome' },
];

describe('openai.responses', () => {
  const tools: OpenAI.Responses.FunctionTool[] = [
    { type: 'function', name: 'weather', parameters: { type: 'object' }, strict: false },
  ];

  const firstTurn = async (store: boolean) => {
    host.script = [twoCalls, answer('Sunny.')];
    const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY });
    const stream = client.responses.stream({ model, tools, store, input: [{ role: 'user', content: 'Weather?' }] });
    const first = await stream.finalResponse();
    expect(first.output.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call']);
    const outputs = first.output.flatMap((item): OpenAI.Responses.ResponseInputItem[] =>
      item.type === 'function_call' ? [{ type: 'function_call_output', call_id: item.call_id, output: 'sunny' }] : [],
    );
    return { client, first, outputs };
  };

  test('sends the items of the turn again, with what the user said meanwhile', async () => {
    const { client, first, outputs } = await firstTurn(false);
    const items = first.output as OpenAI.Responses.ResponseInputItem[];
    const hurry: OpenAI.Responses.ResponseInputItem = { role: 'user', content: 'Hurry!' };
    const input = [{ role: 'user' as const, content: 'Weather?' }, ...items, hurry, ...outputs];
    const next = await client.responses.create({ model, tools, input });
    expect(next.output_text).toBe('Sunny.');
    const { messages } = host.requests[1]?.body ?? {};
    expect(orderProblem(messages)).toBeUndefined();
    expect(messages).toMatchObject([...CONVERSATION, { role: 'user', content: 'Hurry!' }]);
  });

  test('refers to the response of the turn', async () => {
    const { client, first, outputs } = await firstTurn(true);
    const next = await client.responses.create({ model, tools, previous_response_id: first.id, input: outputs });
    expect(next.output_text).toBe('Sunny.');
    const { messages } = host.requests[1]?.body ?? {};
    expect(orderProblem(messages)).toBeUndefined();
    expect(messages).toMatchObject(CONVERSATION);
  });
});

test.each([false, true])(
  '@openai/agents runs both calls, and the host gets them in order: streamed %s',
  async (stream) => {
    const weather = agentTool({
      name: 'weather',
      description: 'The weather of a city',
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => `sunny in ${city}`,
    });
    const modelProvider = new OpenAIProvider({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY, useResponses: true });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const agent = new Agent({ name: 'Weather', model, tools: [weather] });
    const whole = {
      content: 'I ask.',
      tool_calls: [...call(0, 'Paris').tool_calls, ...call(1, 'Rome').tool_calls],
    };
    const turn = { body: { choices: [{ index: 0, message: whole, finish_reason: 'tool_calls' }] } };
    host.script = stream ? [twoCalls, streamed([{ content: 'Sunny.' }])] : [turn, answer('Sunny.')];
    const result = stream ? await runner.run(agent, 'Weather?', { stream: true }) : await runner.run(agent, 'Weather?');
    if ('completed' in result) await result.completed;
    expect(result.finalOutput).toBe('Sunny.');
    const { messages } = host.requests[1]?.body ?? {};
    expect(orderProblem(messages)).toBeUndefined();
    expect(messages).toMatchObject(CONVERSATION);
  },
);
