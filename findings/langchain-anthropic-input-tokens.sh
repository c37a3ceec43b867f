#!/usr/bin/env bash
# @langchain/anthropic 1.5.11: a stream's input tokens are those of message_start, and its output tokens too
# many.
#
# Anthropic's stream names usage twice: in message_start, before a host has counted anything, and,
# cumulative, in message_delta. Anthropic's own SDK takes the later numbers. LangChain takes input_tokens
# from the first only, and adds its output_tokens to the cumulative ones of the second. A server that does
# not know the input at the start has to estimate it there, and should send output_tokens: 0.
#
# Seen, of a start that says 10 and 1, and an end that says 25 and 7:
#   input 10, output 8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @langchain/anthropic@1.5.11 @langchain/core@1.4.0
cat >check.mjs <<'JS'
import { createServer } from 'node:http';
import { ChatAnthropic } from '@langchain/anthropic';

const events = [
  { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 10, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { input_tokens: 25, output_tokens: 7 } },
  { type: 'message_stop' },
];
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const model = new ChatAnthropic({ model: 'm', apiKey: 'k', anthropicApiUrl: `http://127.0.0.1:${server.address().port}` });
let whole;
for await (const chunk of await model.stream('hi')) whole = whole ? whole.concat(chunk) : chunk;
const { input_tokens, output_tokens } = whole.usage_metadata;
console.log(`input ${input_tokens}, output ${output_tokens}`);
server.close();
JS
node check.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
input 10, output 8
SEEN
