/** Says what hosts reject in the order of messages: the results of calls follow directly, one for each. */
export function orderProblem(messages: unknown): string | undefined {
  let waiting = new Set<unknown>();
  for (const { role, tool_calls, tool_call_id, content } of messages as readonly Record<string, unknown>[]) {
    if (role === 'tool') {
      if (!waiting.delete(tool_call_id)) return `The result ${tool_call_id} answers no call.`;
      continue;
    }
    if (waiting.size > 0)
      return `A message of the role ${role} comes before the results of ${[...waiting].join(', ')}.`;
    if (role === 'assistant' && typeof content === 'string' && content.trim() === '') return 'A message has no text.';
    waiting = new Set(((tool_calls ?? []) as readonly { id: string }[]).map(({ id }) => id));
  }
  return waiting.size > 0 ? `The results of ${[...waiting].join(', ')} are missing.` : undefined;
}
