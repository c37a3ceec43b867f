/** Paths of OpenAI's API that this one does not have, and why. They are listed in docs/compatibility.md. */
const NOT_OFFERED: readonly (readonly [paths: RegExp, why: string])[] = [
  [/^\/v1\/responses\/compact$/, 'Hosts with chat cannot compact a conversation. Send fewer items, or a summary.'],
  [/^\/v1\/chat\/completions\/./, 'Chats are not stored. A run or a response can be: see /v1/runs and /v1/responses.'],
  [/^\/v1\/conversations(\/|$)/, 'Send the earlier items, or `previous_response_id`.'],
  [/^\/v1\/(files|uploads|containers|vector_stores)(\/|$)/, 'This Worker stores no files. Send the data itself.'],
  [
    /^\/v1\/(messages\/)?batches(\/|$)/,
    'Send each request by itself; with `"background": true` it goes on without a connection.',
  ],
  [/^\/v1\/fine_tuning(\/|$)/, 'Models are not trained here. /v1/classifiers learns labels from examples.'],
  [/^\/v1\/(assistants|threads)(\/|$)/, 'Use /v1/responses with functions.'],
  [/^\/v1\/images\/variations$/, 'No host here makes variations. /v1/images/edits changes a picture as a prompt says.'],
  [/^\/v1\/(realtime|videos|evals|skills|organization|chatkit)(\/|$)/, 'No host here has it.'],
];

/** @returns the message for a path that OpenAI's clients know and this API does not have */
export function notOffered(path: string): string | undefined {
  const why = NOT_OFFERED.find(([paths]) => paths.test(path))?.[1];
  return why && `${path} is not offered. ${why}`;
}
