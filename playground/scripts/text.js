import { ApiFailure, send } from './api.js';
import { entryOf, modelPicker } from './catalogue.js';
import { announce, find, make } from './dom.js';
import { streamEvents } from './events.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { snippetView } from './snippet-view.js';
import { chatSnippets } from './snippets-text.js';
import { EXAMPLES } from './text-examples.js';

/** @typedef {{ role: 'user' | 'assistant', content: string }} Turn */

/** The page Text: a chat, or raw text continued, token by token. */
export function startText() {
  const model = modelPicker('#text-model', ({ task }) => task === 'text-generation', 'text', '#text-note');
  const form = find('#text-form', HTMLFormElement);
  const prompt = find('#text-prompt', HTMLTextAreaElement);
  const temperature = find('#text-temperature', HTMLInputElement);
  const maxTokens = find('#text-max-tokens', HTMLInputElement);
  const stop = find('#text-stop', HTMLButtonElement);
  const start = find('#text-send', HTMLButtonElement);
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
  const showSnippets = () => snippets.show(chatSnippets(request()));

  const clear = () => {
    running?.abort();
    turns = [];
    talk.replaceChildren();
    readings.replaceChildren();
    clearFailure(failure);
    showSnippets();
  };

  async function ask() {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const { path, body } = request();
    const asked = prompt.value;
    const raw = mode() === 'prompt';
    if (raw) clearTalk();
    clearFailure(failure);
    readings.replaceChildren();
    const answer = appendTurns(talk, asked, raw);
    // A screen reader hears the whole answer when it is done, not each token.
    talk.setAttribute('aria-busy', 'true');
    stop.disabled = false;
    form.classList.add('running');
    const measured = meter();
    try {
      const { response, report } = await send(path, { body, signal: controller.signal });
      measured.report = report;
      if (!response.body) throw new ApiFailure({ code: 'stream_cut', message: 'The answer is empty.' });
      for await (const event of streamEvents(response.body)) {
        const [choice] = event.choices;
        const piece = choice?.delta?.content ?? choice?.text ?? '';
        if (piece) measured.piece();
        answer.append(piece);
        if (choice?.finish_reason) measured.finishReason = choice.finish_reason;
        if (event.usage) measured.usage = event.usage;
        showReadings(readings, measured.readings());
      }
      announce(`Answer: ${answer.textContent}`);
      if (!raw) {
        turns.push({ role: 'user', content: asked }, { role: 'assistant', content: answer.textContent ?? '' });
        prompt.value = '';
      }
    } catch (error) {
      if (controller.signal.aborted) {
        measured.finishReason = 'stopped by you';
        announce('Stopped.');
      }
      if (!answer.textContent) answer.closest('li')?.remove();
      showFailure(failure, error);
    } finally {
      showReadings(readings, measured.readings());
      if (running === controller) {
        running = undefined;
        talk.removeAttribute('aria-busy');
        stop.disabled = true;
        form.classList.remove('running');
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
  prompt.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) form.requestSubmit(start);
  });
  stop.addEventListener('click', () => running?.abort());
  find('#text-clear', HTMLButtonElement).addEventListener('click', () => {
    clear();
    prompt.focus();
  });
  form.addEventListener('input', showSnippets);
  for (const radio of form.querySelectorAll('input[name="text-mode"]')) radio.addEventListener('change', clear);
  onKeyChange(showSnippets);

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
}

/**
 * @param {HTMLOListElement} talk
 * @param {string} asked
 * @param {boolean} raw text that is continued stands in one piece with its continuation
 * @returns {HTMLElement} where the answer goes
 */
function appendTurns(talk, asked, raw) {
  const answer = make('span', { class: 'answer' });
  if (raw) {
    talk.append(make('li', { class: 'raw' }, make('span', { class: 'given' }, asked), answer));
  } else {
    talk.append(
      make('li', { class: 'user' }, make('span', { class: 'who' }, 'You'), make('span', {}, asked)),
      make('li', { class: 'assistant' }, make('span', { class: 'who' }, 'Model'), answer),
    );
  }
  answer.closest('li')?.scrollIntoView({ block: 'nearest' });
  return answer;
}

/** Times one answer: to its first token, and in all. */
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
        ['First token', first ? milliseconds(first - started) : undefined],
        ['Whole answer', first ? milliseconds(last - started) : undefined],
        ['Tokens', usage && `${usage.prompt_tokens} read, ${usage.completion_tokens} written`],
        // Over the whole wait: what the network bundles would make the time between tokens look like nothing.
        [
          'Speed',
          usage && first ? `${Math.round((usage.completion_tokens * 1000) / (last - started))} tokens/s` : undefined,
        ],
        ['Cost', usage && report && cost(report, usage)],
        ['Ended by', this.finishReason || undefined],
        ...(report ? commonReadings(report) : []),
      ];
    },
  };
}

/**
 * @param {import('./api.js').Report} report
 * @param {{ prompt_tokens: number, completion_tokens: number }} usage
 * @returns {string | undefined} undefined where the host publishes no one price
 */
function cost({ model, target }, usage) {
  if (target.startsWith('origin/')) return 'none: your own server';
  const price = entryOf(model)?.price;
  if (price?.promptPerMillion === undefined || price.completionPerMillion === undefined) return undefined;
  const millionths =
    usage.prompt_tokens * price.promptPerMillion + usage.completion_tokens * price.completionPerMillion;
  return `$${(millionths / 1_000_000).toFixed(6)}`;
}
