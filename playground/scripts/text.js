import { find, make, submitByKeys } from './dom.js';
import { onKeyChange } from './key.js';
import { Lane } from './lane.js';
import { modelField } from './model-field.js';
import { pictureList } from './picture-list.js';
import { forgetRun, keptRun, RESUMABLE } from './recorded-stream.js';
import { rememberRequests } from './requests.js';
import { snippetView } from './snippet-view.js';
import { chatSnippets } from './snippets-text.js';
import { EXAMPLES } from './text-examples.js';
import { textForm } from './text-form.js';

const MAX_PICTURES = 8;
/** For how many seconds an answer is cached. */
const CACHED = { 'x-cedalion-cache': '300' };
const isText = (/** @type {import('./catalogue.js').Entry} */ { task }) => task === 'text-generation';

/** The Text page: streams chat responses, of one or two models, or the continuation of raw text. */
export function startText() {
  const page = textForm();
  const { form, prompt } = page;
  const stop = find('#text-stop', HTMLButtonElement);
  const resumable = find('#text-resumable', HTMLInputElement);
  const cached = find('#text-cached', HTMLInputElement);
  const snippets = snippetView(find('#text-snippets', HTMLElement));
  const lanes = [firstLane(), secondLane()];
  const requests = rememberRequests('text', form, { title: () => prompt.value, onOpened: () => begin() });
  modelField('#text-model', { fits: isText, first: 'text', note: '#text-note' });
  modelField('#text-model-2', { fits: isText, first: 'text' });
  const pictures = pictureList({
    section: find('#text', HTMLElement),
    list: find('#text-pictures', HTMLUListElement),
    files: find('#text-files', HTMLInputElement),
    mark: form,
    notice: find('#text-notice', HTMLElement),
    max: MAX_PICTURES,
    onChange: () => showSnippets(),
  });

  const asked = () => lanes.slice(0, page.models().length);
  // A recorded answer is never a cached one.
  const headers = (/** @type {number} */ lane) =>
    cached.checked ? CACHED : resumable.checked && lane === 0 ? RESUMABLE : {};
  const showSnippets = () => {
    const turn = page.turn(pictures.all().map(() => 'data:image/jpeg;base64,...'));
    const [model = ''] = page.models();
    snippets.show(chatSnippets({ ...page.request(model, lanes[0]?.turns ?? [], turn), headers: headers(0) }));
  };
  const showLanes = () => {
    const names = page.models();
    find('#text-second', HTMLElement).hidden = !page.isComparing();
    find('#text-lanes', HTMLElement).classList.toggle('two', page.isComparing());
    for (const [i, place] of document.querySelectorAll('#text-lanes .lane').entries()) {
      if (place instanceof HTMLElement) place.hidden = i >= names.length;
      find('.lane-name', HTMLElement, place).textContent = page.isComparing() ? (names[i] ?? '') : '';
    }
    find('#text-attach', HTMLElement).hidden = page.isRaw();
  };
  const update = () => {
    showLanes();
    showSnippets();
  };
  const clear = () => {
    forgetRun();
    for (const lane of lanes) lane.clear();
    showSnippets();
  };

  async function send() {
    const turn = page.turn(page.isRaw() ? [] : await pictures.dataUrls());
    requests.sent();
    stop.disabled = false;
    const answers = page.models().map((model, i) => {
      const lane = lanes[i];
      const request = page.request(model, lane?.turns ?? [], turn);
      return lane?.ask(turn, { ...request, headers: headers(i), isRaw: page.isRaw() });
    });
    const complete = await Promise.all(answers);
    settle();
    if (page.isRaw() || !complete.every(Boolean)) return;
    prompt.value = '';
    pictures.clear();
    requests.changed();
    showSnippets();
  }
  const settle = () => {
    if (lanes.some(({ isRunning }) => isRunning)) return;
    stop.disabled = true;
    if (document.activeElement === document.body || document.activeElement === stop) prompt.focus();
  };
  const resume = async () => {
    const run = keptRun();
    if (!run || lanes[0]?.isRunning) return;
    stop.disabled = false;
    await lanes[0]?.resume(run);
    settle();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (prompt.value.trim()) send();
    else prompt.focus();
  });
  submitByKeys(form, find('#text-send', HTMLButtonElement));
  stop.addEventListener('click', () => {
    for (const lane of asked()) lane.stop();
  });
  find('#text-clear', HTMLButtonElement).addEventListener('click', () => {
    clear();
    prompt.focus();
  });
  form.addEventListener('input', update);
  for (const radio of form.querySelectorAll('input[name="text-mode"]')) radio.addEventListener('change', clear);
  onKeyChange(() => {
    showSnippets();
    // After a reload the key has to be entered again.
    resume();
  });
  /** Begins a conversation with what is in the form. */
  const begin = () => {
    clear();
    update();
  };
  showExamples(page, () => {
    begin();
    requests.changed();
  });
  if (!requests.restore()) prompt.value = EXAMPLES[0]?.prompt ?? '';
  update();
  resume();
}

/** @param {ReturnType<typeof textForm>} page @param {() => void} onChosen */
function showExamples({ form, prompt }, onChosen) {
  find('#text-examples', HTMLElement).append(
    ...EXAMPLES.map(({ name, prompt: text, mode = 'chat' }) => {
      const click = () => {
        find(`input[name="text-mode"][value="${mode}"]`, HTMLInputElement, form).checked = true;
        prompt.value = text;
        onChosen();
        prompt.focus();
      };
      return make('button', { type: 'button', click }, name);
    }),
  );
}

function firstLane() {
  return new Lane({
    talk: find('#text-talk', HTMLElement),
    failure: find('#text-failure', HTMLElement),
    readings: find('#text-readings', HTMLElement),
  });
}

/** That of the model that the first one is compared with. */
function secondLane() {
  const talk = make('ol', { class: 'talk', 'aria-label': 'Conversation with the second model' });
  const failure = make('div', { class: 'failure', role: 'alert', hidden: true });
  const readings = make('dl', { class: 'readings' });
  const name = make('p', { class: 'lane-name' });
  find('#text-lanes', HTMLElement).append(make('div', { class: 'lane', hidden: true }, name, talk, failure, readings));
  return new Lane({ talk, failure, readings });
}
