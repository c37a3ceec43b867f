import { ApiFailure, send } from './api.js';
import { modelPicker } from './catalogue.js';
import { announce, find, make, submitByKeys } from './dom.js';
import { streamEvents } from './events.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import {
  canContinue,
  cancelRun,
  eventsPath,
  forgetRun,
  keptRun,
  RESUMABLE,
  recordedEvents,
} from './recorded-stream.js';
import { snippetView } from './snippet-view.js';
import { chatSnippets } from './snippets-text.js';
import { EXAMPLES } from './text-examples.js';
import { startWaiting } from './waiting.js';

/** @typedef {{ role: 'user' | 'assistant', content: string }} Turn */

/** The Text page: streams a chat response or the continuation of raw text. */
export function startText() {
  const model = modelPicker('#text-model', ({ task }) => task === 'text-generation', 'text', '#text-note');
  const form = find('#text-form', HTMLFormElement);
  const prompt = find('#text-prompt', HTMLTextAreaElement);
  const temperature = find('#text-temperature', HTMLInputElement);
  const maxTokens = find('#text-max-tokens', HTMLInputElement);
  const stop = find('#text-stop', HTMLButtonElement);
  const start = find('#text-send', HTMLButtonElement);
  const resumable = find('#text-resumable', HTMLInputElement);
  const talk = find('#text-talk', HTMLOListElement);
  const readings = find('#text-readings', HTMLDListElement);
  const failure = find('#text-failure', HTMLElement);
  const snippets = snippetView(find('#text-snippets', HTMLElement));
  /** @type {Turn[]} */
  let turns = [];
  /** @type {AbortController | undefined} */
  let running;

  const mode = () => find('input[name="text-mode"]:checked', HTMLInputElement, form).value;
  const request = () => {
    const common = {
      model: model.value || 'text',
      max_tokens: maxTokens.valueAsNumber,
      temperature: temperature.valueAsNumber,
      stream: true,
      stream_options: { include_usage: true },
    };
    if (mode() === 'prompt') return { path: '/v1/completions', body: { ...common, prompt: prompt.value } };
    const messages = [...turns, { role: 'user', content: prompt.value }];
    return { path: '/v1/chat/completions', body: { ...common, messages } };
  };
  const headers = () => (resumable.checked ? RESUMABLE : {});
  const showSnippets = () => snippets.show(chatSnippets({ ...request(), headers: headers() }));

  const clear = () => {
    running?.abort();
    forgetRun();
    turns = [];
    talk.replaceChildren();
    readings.replaceChildren();
    clearFailure(failure);
    showSnippets();
  };

  async function ask() {
    const { path, body } = request();
    const asked = prompt.value;
    const raw = mode() === 'prompt';
    if (raw) clearTalk();
    const answer = appendTurns(talk, asked, raw);
    if (!(await receive(answer, raw, path, { body, headers: headers() })) || raw) return;
    turns.push({ role: 'user', content: asked }, { role: 'assistant', content: answer.textContent ?? '' });
    prompt.value = '';
  }

  /** Continues the stream that was not complete when the page was left. It is shown from its start. */
  async function resume() {
    const run = keptRun();
    if (!run || running) return;
    clearTalk();
    const answer = appendTurns(talk, undefined, run.isRaw);
    answer.before(make('span', { class: 'who' }, 'Continued after reload. The prompt was not kept.'));
    announce('Continued after reload.');
    await receive(answer, run.isRaw, eventsPath(run.id), {});
  }

  /**
   * Shows a stream as it arrives.
   *
   * @param {HTMLElement} answer
   * @param {boolean} isRaw
   * @param {string} path
   * @param {{ body?: object, headers?: Record<string, string> }} options
   * @returns {Promise<boolean>} whether it is complete
   */
  async function receive(answer, isRaw, path, options) {
    running?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    running = controller;
    clearFailure(failure);
    readings.replaceChildren();
    // Screen readers announce the complete response, not each token.
    talk.setAttribute('aria-busy', 'true');
    stop.disabled = false;
    const measured = meter();
    const endWaiting = startWaiting(failure, 'Waiting for the first token');
    /** @type {string | null} */
    let id = null;
    try {
      const { response, report } = await send(path, { ...options, signal });
      measured.report = report;
      if (!response.body) throw new ApiFailure({ code: 'stream_cut', message: 'The response is empty.' });
      id = response.headers.get('x-run-id');
      const events = id ? recordedEvents({ id, isRaw }, response.body, signal) : streamEvents(response.body);
      for await (const event of events) {
        const [choice] = event.choices;
        const piece = choice?.delta?.content ?? choice?.text ?? '';
        if (piece) {
          endWaiting();
          measured.piece();
        }
        answer.append(piece);
        if (choice?.finish_reason) measured.finishReason = choice.finish_reason;
        if (event.usage) measured.usage = event.usage;
        showReadings(readings, measured.readings());
      }
      announce(`Response: ${answer.textContent}`);
      forgetRun();
      return true;
    } catch (error) {
      if (signal.aborted) {
        measured.finishReason = 'cancelled';
        announce('Stopped.');
        // Without a reader a recorded stream would go on.
        if (id) cancelRun(id).catch((problem) => showFailure(failure, problem));
      }
      if (signal.aborted ? running === controller : !canContinue(error)) forgetRun();
      if (!answer.textContent) removeTurns(answer);
      showFailure(failure, error);
      return false;
    } finally {
      endWaiting();
      showReadings(readings, measured.readings());
      if (running === controller) {
        running = undefined;
        talk.removeAttribute('aria-busy');
        stop.disabled = true;
        if (document.activeElement === document.body || document.activeElement === stop) prompt.focus();
      }
    }
  }

  function clearTalk() {
    turns = [];
    talk.replaceChildren();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (prompt.value.trim()) ask();
    else prompt.focus();
  });
  submitByKeys(form, start);
  stop.addEventListener('click', () => running?.abort());
  find('#text-clear', HTMLButtonElement).addEventListener('click', () => {
    clear();
    prompt.focus();
  });
  form.addEventListener('input', showSnippets);
  for (const radio of form.querySelectorAll('input[name="text-mode"]')) radio.addEventListener('change', clear);
  onKeyChange(() => {
    showSnippets();
    // After a reload the key has to be entered again.
    resume();
  });

  find('#text-examples', HTMLElement).append(
    ...EXAMPLES.map(({ name, prompt: text, mode: wanted = 'chat' }) =>
      make(
        'button',
        {
          type: 'button',
          click: () => {
            find(`input[name="text-mode"][value="${wanted}"]`, HTMLInputElement, form).checked = true;
            clear();
            prompt.value = text;
            showSnippets();
            prompt.focus();
          },
        },
        name,
      ),
    ),
  );
  prompt.value = EXAMPLES[0]?.prompt ?? '';
  showSnippets();
  resume();
}

/**
 * @param {HTMLOListElement} talk
 * @param {string | undefined} asked undefined if it is not known
 * @param {boolean} raw shows the prompt and its continuation as one text
 * @returns {HTMLElement} the element for the response
 */
function appendTurns(talk, asked, raw) {
  const answer = make('span', { class: 'answer' });
  if (raw) {
    talk.append(make('li', { class: 'raw' }, make('span', { class: 'given' }, asked ?? ''), answer));
  } else {
    if (asked !== undefined) {
      talk.append(make('li', { class: 'user' }, make('span', { class: 'who' }, 'You'), make('span', {}, asked)));
    }
    talk.append(make('li', { class: 'assistant' }, make('span', { class: 'who' }, 'Model'), answer));
  }
  answer.closest('li')?.scrollIntoView({ block: 'nearest' });
  return answer;
}

/** Removes a response without text, and what was asked: the form still has it. @param {HTMLElement} answer */
function removeTurns(answer) {
  const item = answer.closest('li');
  if (item?.previousElementSibling?.matches('.user')) item.previousElementSibling.remove();
  item?.remove();
}

/** Measures the time of one response to its first token and to its end. */
function meter() {
  const started = performance.now();
  let first = 0;
  let last = started;
  return {
    /** @type {import('./api.js').Report | undefined} */
    report: undefined,
    /** @type {{ prompt_tokens: number, completion_tokens: number } | undefined} */
    usage: undefined,
    finishReason: '',
    piece() {
      last = performance.now();
      first ||= last;
    },
    /** @returns {(readonly [string, string | undefined])[]} */
    readings() {
      const { usage, report } = this;
      return [
        ['Time to first token', first ? milliseconds(first - started) : undefined],
        ['Total time', first ? milliseconds(last - started) : undefined],
        ['Tokens', usage && `${usage.prompt_tokens} prompt, ${usage.completion_tokens} completion`],
        // Over the total time, because the network bundles tokens and the time between them is not
        // meaningful.
        [
          'Speed',
          usage && first ? `${Math.round((usage.completion_tokens * 1000) / (last - started))} tokens/s` : undefined,
        ],
        ['Finish reason', this.finishReason || undefined],
        ...(report ? commonReadings(report) : []),
      ];
    },
  };
}
