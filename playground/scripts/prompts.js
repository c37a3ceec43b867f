import { ApiFailure, send } from './api.js';
import { announce, find, make, submitByKeys } from './dom.js';
import { streamEvents } from './events.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { promptForm } from './prompt-form.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { snippetView } from './snippet-view.js';
import { promptSnippets } from './snippets-prompts.js';
import { startWaiting } from './waiting.js';

/**
 * @typedef {object} Prompt an entry of GET /v1/prompts
 * @property {string} id
 * @property {string} version
 * @property {string} description
 * @property {string} model
 * @property {import('./prompt-form.js').Schema} input_schema
 * @property {import('./prompt-form.js').Schema | null} output_schema
 */

/**
 * @typedef {{ file: string, line: number, message: string }} Mistake what is wrong with a file, under npm
 * start
 */

/** @typedef {{ role: string, content: string }} Message */

/** The Prompts page: a form for each prompt, the messages that it makes, and the answer to them. */
export function startPrompts() {
  const form = find('#prompts-form', HTMLFormElement);
  const select = find('#prompts-name', HTMLSelectElement);
  const stream = find('#prompts-stream', HTMLInputElement);
  const stop = find('#prompts-stop', HTMLButtonElement);
  const talk = find('#prompts-talk', HTMLOListElement);
  const readings = find('#prompts-readings', HTMLDListElement);
  const failure = find('#prompts-failure', HTMLElement);
  const snippets = snippetView(find('#prompts-snippets', HTMLElement));
  /** @type {Prompt[]} */
  let prompts = [];
  let fields = promptForm(find('#prompts-fields', HTMLElement), { type: 'object' });
  /** @type {AbortController | undefined} */
  let running;

  const body = () => ({ variables: fields.values(), ...(stream.checked ? { stream: true } : {}) });
  const showSnippets = () => {
    if (select.value) snippets.show(promptSnippets(select.value, body()));
  };
  const clear = () => {
    running?.abort();
    talk.replaceChildren();
    readings.replaceChildren();
    clearFailure(failure);
  };
  const choose = () => {
    clear();
    const prompt = prompts.find(({ id }) => id === select.value);
    if (!prompt) return;
    fields = promptForm(find('#prompts-fields', HTMLElement), prompt.input_schema);
    const checked = prompt.output_schema ? ' Its answer is checked by a schema, unless it is streamed.' : '';
    find('#prompts-note', HTMLElement).textContent = prompt.description + checked;
    find('#prompts-version', HTMLElement).textContent = `${prompt.id}@${prompt.version}, model ${prompt.model}`;
    stream.checked = prompt.output_schema === null;
    showSnippets();
  };
  const load = async () => {
    /** @type {unknown} */
    let problem;
    try {
      const { response } = await send('/v1/prompts');
      const list = await response.json();
      prompts = list.data;
      showMistakes(list.mistakes);
    } catch (error) {
      prompts = [];
      problem = error;
    }
    const chosen = select.value;
    select.replaceChildren(...prompts.map(({ id }) => make('option', { value: id, selected: id === chosen }, id)));
    choose();
    // Choosing clears what was shown of the prompt before.
    if (problem) showFailure(failure, problem);
  };

  async function run() {
    clear();
    const controller = new AbortController();
    const { signal } = controller;
    running = controller;
    stop.disabled = false;
    talk.setAttribute('aria-busy', 'true');
    const path = `/v1/prompts/${select.value}`;
    const sent = body();
    const started = performance.now();
    const answer = make('span', { class: 'answer' });
    const endWaiting = startWaiting(failure, 'Waiting for the response');
    try {
      talk.append(...(await renderedMessages(path, sent.variables, signal)));
      const options = sent.stream ? { ...sent, stream_options: { include_usage: true } } : sent;
      const { response, report } = await send(path, { body: options, signal });
      if (sent.stream) endWaiting();
      talk.append(make('li', { class: 'assistant' }, make('span', { class: 'who' }, 'Model'), answer));
      const usage = await (sent.stream ? receiveStream(response, answer) : receiveWhole(response, answer));
      showReadings(readings, [
        ['Total time', milliseconds(performance.now() - started)],
        ['Tokens', usage && `${usage.prompt_tokens} prompt, ${usage.completion_tokens} completion`],
        ...commonReadings(report),
      ]);
      announce(`Response: ${answer.textContent}`);
    } catch (error) {
      showFailure(failure, error);
      pointAt(error);
    } finally {
      endWaiting();
      if (running === controller) {
        running = undefined;
        stop.disabled = true;
        talk.removeAttribute('aria-busy');
      }
    }
  }

  /** Moves the focus to the variable that the API rejects. @param {unknown} error */
  function pointAt(error) {
    const name = error instanceof ApiFailure ? /^variables\.(\w+)/.exec(error.param ?? '')?.[1] : undefined;
    if (name) fields.control(name)?.focus();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (select.value) run();
  });
  submitByKeys(form);
  form.addEventListener('input', showSnippets);
  select.addEventListener('change', choose);
  stop.addEventListener('click', () => running?.abort());
  onKeyChange(load);
  // Back from the editor: what is wrong may have changed, what was typed here stays.
  window.addEventListener('focus', async () => {
    if (find('#prompts', HTMLElement).hidden) return;
    const answer = await send('/v1/prompts').catch(() => undefined);
    if (answer) showMistakes((await answer.response.json()).mistakes);
  });
  return load();
}

/**
 * Under `npm start`: which files have a mistake. Until it is fixed, the page shows the last prompts without
 * one.
 *
 * @param {Mistake[]} [mistakes]
 */
function showMistakes(mistakes = []) {
  const place = find('#prompts-mistakes', HTMLElement);
  place.hidden = mistakes.length === 0;
  place.replaceChildren(
    ...(place.hidden
      ? []
      : [make('p', { class: 'failure-message' }, 'A file has a mistake. The last version without one is used.')]),
    ...mistakes.map(({ file, line, message }) => make('p', {}, make('code', {}, `${file}:${line}`), ` ${message}`)),
  );
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
      make('li', { class: 'user' }, make('span', { class: 'who' }, role), make('span', {}, content)),
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
  let usage;
  for await (const event of streamEvents(response.body)) {
    answer.append(event.choices[0]?.delta?.content ?? '');
    usage = event.usage ?? usage;
  }
  return usage;
}

/**
 * @param {Response} response
 * @param {HTMLElement} answer
 */
async function receiveWhole(response, answer) {
  const { choices, usage, output } = await response.json();
  if (output === undefined || typeof output === 'string') answer.append(output ?? choices[0]?.message.content ?? '');
  else answer.append(make('code', {}, JSON.stringify(output, null, 2)));
  return usage;
}
