import { ApiFailure, send } from './api.js';
import { announce, find, make } from './dom.js';
import { streamEvents } from './events.js';
import { follow } from './follow.js';
import { markdownView } from './markdown.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';

/** @typedef {{ role: string, content: string }} Message */

const talk = find('#prompts-talk', HTMLOListElement);
const readings = find('#prompts-readings', HTMLDListElement);
const follower = follow(talk);

let latest = 0;

export function clearAnswer() {
  latest++;
  talk.removeAttribute('aria-busy');
  talk.replaceChildren();
  readings.replaceChildren();
}

/**
 * Shows the messages that a prompt makes, and the answer to them.
 *
 * @param {string} path
 * @param {{ variables: object, stream?: boolean }} sent
 * @param {AbortSignal} signal
 */
export async function runPrompt(path, sent, signal) {
  const mine = ++latest;
  talk.setAttribute('aria-busy', 'true');
  const started = performance.now();
  const answer = make('div', { class: 'answer markdown', dir: 'auto' });
  follower.start();
  try {
    talk.append(...(await renderedMessages(path, sent.variables, signal)));
    const options = sent.stream ? { ...sent, stream_options: { include_usage: true } } : sent;
    const { response, report } = await send(path, { body: options, signal });
    talk.append(make('li', { class: 'assistant' }, make('span', { class: 'who' }, 'Model'), answer));
    const usage = await (sent.stream ? receiveStream(response, answer) : receiveWhole(response, answer));
    showReadings(readings, [
      ['Total time', milliseconds(performance.now() - started)],
      ['Tokens', usage && `${usage.prompt_tokens} prompt, ${usage.completion_tokens} completion`],
      ...commonReadings(report),
    ]);
    announce(`Response: ${answer.textContent}`);
  } finally {
    follower.grown();
    if (mine === latest) talk.removeAttribute('aria-busy');
  }
}

/**
 * The messages that the prompt sends. Only API keys see them: with a client token there are none.
 *
 * @param {string} path
 * @param {object} variables
 * @param {AbortSignal} signal
 */
async function renderedMessages(path, variables, signal) {
  try {
    const { response } = await send(`${path}/render`, { body: { variables }, signal });
    /** @type {Message[]} */
    const messages = (await response.json()).request.messages;
    return messages.map(({ role, content }) =>
      make('li', { class: 'user' }, make('span', { class: 'who' }, role), make('div', { dir: 'auto' }, content)),
    );
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'scope_missing') return [];
    throw error;
  }
}

/**
 * @param {Response} response
 * @param {HTMLElement} answer
 */
async function receiveStream(response, answer) {
  if (!response.body) throw new ApiFailure({ code: 'stream_cut', message: 'The response is empty.' });
  const view = markdownView(answer);
  let text = '';
  let usage;
  for await (const event of streamEvents(response.body)) {
    text += event.choices[0]?.delta?.content ?? '';
    usage = event.usage ?? usage;
    await view.show(text);
    follower.grown();
  }
  return usage;
}

/**
 * @param {Response} response
 * @param {HTMLElement} answer
 */
async function receiveWhole(response, answer) {
  const { choices, usage, output } = await response.json();
  if (output === undefined || typeof output === 'string') {
    await markdownView(answer).show(output ?? choices[0]?.message.content ?? '');
  } else answer.append(make('pre', { tabindex: 0, 'aria-label': 'Output' }, JSON.stringify(output, null, 2)));
  return usage;
}
