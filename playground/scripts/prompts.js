import { ApiFailure, send } from './api.js';
import { cancellable } from './cancellable.js';
import { find, make, submitByKeys } from './dom.js';
import { clearFailure } from './failure-view.js';
import { writeState } from './form-state.js';
import { onKeyChange } from './key.js';
import { perform } from './perform.js';
import { promptForm } from './prompt-form.js';
import { clearAnswer, runPrompt } from './prompt-run.js';
import { rememberRequests } from './requests.js';
import { snippetView } from './snippet-view.js';
import { promptSnippets } from './snippets-prompts.js';

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

/** The Prompts page: a form for each prompt, the messages that it makes, and the answer to them. */
export function startPrompts() {
  const form = find('#prompts-form', HTMLFormElement);
  const select = find('#prompts-name', HTMLSelectElement);
  const stream = find('#prompts-stream', HTMLInputElement);
  const failure = find('#prompts-failure', HTMLElement);
  const snippets = snippetView(find('#prompts-snippets', HTMLElement));
  /** @type {Prompt[]} */
  let prompts = [];
  let fields = promptForm(find('#prompts-fields', HTMLElement), { type: 'object' });
  const work = cancellable({ failure, stop: find('#prompts-stop', HTMLButtonElement) });

  const requests = rememberRequests('prompts', form, { title: () => select.value, onOpened: (state) => show(state) });
  /** The fields of a prompt come after its name. @param {import('./form-state.js').FormState} state */
  const show = (state) => {
    choose();
    writeState(form, state);
    showSnippets();
  };
  const body = () => ({ variables: fields.values(), ...(stream.checked ? { stream: true } : {}) });
  const showSnippets = () => {
    if (select.value) snippets.show(promptSnippets(select.value, body()));
  };
  const choose = () => {
    work.stop();
    clearAnswer();
    clearFailure(failure);
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
    const chosen = select.value;
    prompts = [];
    await perform(failure, 'Loading', async () => {
      const { response } = await send('/v1/prompts');
      const list = await response.json();
      prompts = list.data;
      showMistakes(list.mistakes);
      fill(chosen);
    });
    if (prompts.length === 0) select.replaceChildren();
  };
  /** @param {string} chosen */
  const fill = (chosen) => {
    select.replaceChildren(...prompts.map(({ id }) => make('option', { value: id, selected: id === chosen }, id)));
    choose();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!select.value) return;
    requests.sent();
    clearAnswer();
    work.run('Waiting for the response', (signal) =>
      runPrompt(`/v1/prompts/${select.value}`, body(), signal).catch((error) => {
        pointAt(error);
        throw error;
      }),
    );
  });
  /** Moves the focus to the variable that the API rejects. @param {unknown} error */
  function pointAt(error) {
    const name = error instanceof ApiFailure ? /^variables\.(\w+)/.exec(error.param ?? '')?.[1] : undefined;
    if (name) fields.control(name)?.focus();
  }
  submitByKeys(form);
  form.addEventListener('input', showSnippets);
  select.addEventListener('change', () => {
    choose();
    requests.changed();
  });
  onKeyChange(load);
  // Back from the editor: what is wrong may have changed, what was typed here stays.
  window.addEventListener('focus', async () => {
    if (find('#prompts', HTMLElement).hidden) return;
    const answer = await send('/v1/prompts').catch(() => undefined);
    if (answer) showMistakes((await answer.response.json()).mistakes);
  });
  return load().then(() => {
    const state = requests.restore();
    if (state) show(state);
  });
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
