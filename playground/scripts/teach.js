import { actionQueue } from './action-queue.js';
import { send } from './api.js';
import { announce, deleteButton, find } from './dom.js';
import { onKeyChange } from './key.js';
import { modelField } from './model-field.js';
import { snippetView } from './snippet-view.js';
import { teachSnippets } from './snippets-teach.js';
import { exampleBoxes } from './teach-boxes.js';
import { addDrawings, addSentences, keepExamples, restoreExamples } from './teach-examples.js';
import { classifierList } from './teach-list.js';
import { startTrying } from './teach-try.js';
import { showClassifier } from './teach-views.js';

/** @typedef {import('./teach-views.js').Classifier} Classifier */

const PATH = '/v1/classifiers';

/** The Teach page: examples in boxes, a classifier from them, and new inputs to try it with. */
export function startTeach() {
  const failure = find('#teach-failure', HTMLElement);
  const notice = find('#teach-notice', HTMLElement);
  const model = modelField('#teach-model', {
    ...{ first: 'clip', note: '#teach-note' },
    fits: ({ task }) => task === 'embedding',
  });
  const snippets = snippetView(find('#teach-snippets', HTMLElement));
  const boxes = exampleBoxes(find('#teach-boxes', HTMLOListElement), showSnippets);
  const act = actionQueue(find('#teach', HTMLElement), failure);
  /** @type {Classifier | undefined} what Teach adds to, and what is tried */
  let current;
  /** Whether the examples in the boxes are those of the current classifier. */
  let isFromBoxes = false;
  let isStarted = false;
  const trial = startTrying({ act, current: () => current });
  const list = classifierList({
    open: (id) => act(() => open(id)),
    remove: (id) => act(() => remove(id), 'Deleting'),
  });

  /** @param {Classifier | undefined} next @param {boolean} [areBoxes] */
  const use = (next, areBoxes = false) => {
    current = next;
    isFromBoxes = areBoxes;
    find('#teach-delete', HTMLElement).replaceChildren(
      ...(next ? [deleteButton('this classifier', () => act(() => remove(next.id), 'Deleting'))] : []),
    );
    showClassifier(find('#teach-classifier', HTMLElement), next);
    trial.clear();
    model.disabled = isFromBoxes;
    showSnippets();
  };
  function showSnippets() {
    // The two empty boxes of the beginning must not replace what was kept.
    if (isStarted) keepExamples(boxes.all());
    // Examples that are sent twice would count twice.
    const examples = !current ? boxes.all() : isFromBoxes ? boxes.untaught() : [];
    snippets.show(teachSnippets(model.value || 'clip', examples, current?.id));
  }
  async function teach() {
    const examples = boxes.untaught();
    const isNamed = examples.every(({ label }) => label !== '');
    notice.textContent =
      examples.length === 0 ? 'Add at least one new example.' : isNamed ? '' : 'Give each label a name.';
    if (notice.textContent) return;
    const id = isFromBoxes ? current?.id : undefined;
    const classifier = await sendExamples(examples, { id, model: model.value || 'clip' });
    boxes.setTaught();
    use(classifier, true);
    // On a phone the classifier is below the form.
    find('#teach-title', HTMLElement).focus({ preventScroll: true });
    find('#teach-classifier', HTMLElement).scrollIntoView({ block: 'nearest' });
    announce(`Classifier ready: ${classifier.labels.length} labels, ${classifier.examples} examples.`);
    await list.load();
  }
  /** @param {string} id */
  async function open(id) {
    const { response } = await send(`${PATH}/${id}`);
    boxes.clear();
    use(await response.json());
    find('#teach-title', HTMLElement).focus();
  }
  /** @param {string} id */
  async function remove(id) {
    await send(`${PATH}/${id}`, { method: 'DELETE' });
    announce('Classifier deleted.');
    if (current?.id === id) {
      boxes.setTaught(false);
      use(undefined);
    }
    await list.load();
  }
  function startOver() {
    use(undefined);
    notice.textContent = '';
    boxes.clear();
    for (let i = 0; i < 2; i++) boxes.add();
  }

  find('#teach-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    act(teach, 'Teaching');
  });
  const onClick = (/** @type {string} */ id, /** @type {() => void} */ action) =>
    find(`#teach-${id}`, HTMLButtonElement).addEventListener('click', action);
  onClick('add', () => boxes.add().focus());
  onClick('new', startOver);
  onClick('drawings', () => {
    startOver();
    act(() => addDrawings(boxes), 'Drawing');
  });
  onClick('texts', () => {
    startOver();
    addSentences(boxes);
  });
  model.addEventListener('change', showSnippets);
  onKeyChange(() => {
    showSnippets();
    act(list.load);
  });
  startOver();
  restoreExamples(boxes);
  isStarted = true;
  act(list.load);
}

/**
 * Makes a classifier from examples, or adds them to one.
 *
 * @param {readonly import('./teach-boxes.js').Example[]} examples
 * @param {{ id: string | undefined, model: string }} classifier
 * @returns {Promise<Classifier>}
 */
async function sendExamples(examples, { id, model }) {
  const body = new FormData();
  const sent = examples.map(({ label, text, blob }, i) => {
    if (blob) body.set(`picture-${i}`, blob, `picture-${i}`);
    return { label, input: blob ? { image: `attach://picture-${i}` } : (text ?? '') };
  });
  const fields = id ? {} : { name: 'Playground', model };
  body.set('payload', JSON.stringify({ ...fields, examples: sent }));
  const { response } = await send(id ? `${PATH}/${id}` : PATH, { method: id ? 'PATCH' : 'POST', body });
  return response.json();
}
