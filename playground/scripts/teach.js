import { send } from './api.js';
import { announce, deleteButton, find, make, refill, takeDropped, takePasted } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { modelField } from './model-field.js';
import { asPicture } from './picture-files.js';
import { commonReadings, showReadings } from './readings.js';
import { showScores } from './scores.js';
import { snippetView } from './snippet-view.js';
import { teachSnippets } from './snippets-teach.js';
import { exampleBoxes } from './teach-boxes.js';
import { DRAWN_KINDS, draw } from './teach-drawings.js';
import { showClassifier } from './teach-views.js';
import { startWaiting } from './waiting.js';

/** @typedef {import('./teach-views.js').Classifier} Classifier */

const PATH = '/v1/classifiers';
const DRAWINGS_OF_EACH = 12;
const SENTENCES = {
  praise: ['I love this lamp', 'works perfectly, thank you', 'the best purchase of the year'],
  complaint: ['it broke after a day', 'I want my money back', 'the screen is scratched'],
};

/** The Teach page: examples in boxes, a classifier from them, and new inputs to try it with. */
export function startTeach() {
  const section = find('#teach', HTMLElement);
  const form = find('#teach-form', HTMLFormElement);
  const failure = find('#teach-failure', HTMLElement);
  const notice = find('#teach-notice', HTMLElement);
  const tryForm = find('#teach-try', HTMLFormElement);
  const remove = find('#teach-delete', HTMLElement);
  const model = modelField('#teach-model', {
    ...{ first: 'clip', note: '#teach-note' },
    fits: ({ task }) => task === 'embedding',
  });
  const snippets = snippetView(find('#teach-snippets', HTMLElement));
  const boxes = exampleBoxes(find('#teach-boxes', HTMLOListElement), showSnippets, (error) =>
    showFailure(failure, error),
  );
  /** @type {Classifier | undefined} what Teach adds to, and what is tried */
  let current;
  /** Whether the examples in the boxes are those of the current classifier. */
  let isFromBoxes = false;

  let waiting = 0;
  let last = Promise.resolve();
  /**
   * Runs an action after those before it.
   *
   * @param {() => Promise<unknown>} action
   * @param {string} [what] it does, if that may take long
   */
  const act = (action, what) => {
    waiting++;
    section.setAttribute('aria-busy', 'true');
    last = last.then(async () => {
      clearFailure(failure);
      notice.textContent = '';
      const endWaiting = what ? startWaiting(failure, what) : undefined;
      try {
        await action();
      } catch (error) {
        showFailure(failure, error);
      } finally {
        endWaiting?.();
        if (--waiting === 0) section.removeAttribute('aria-busy');
      }
    });
    // A bug in one action must not stop those after it.
    const done = last;
    last = last.catch(() => {});
    return done;
  };

  /** @param {Classifier | undefined} next @param {boolean} [areBoxes] */
  const use = (next, areBoxes = false) => {
    current = next;
    isFromBoxes = areBoxes;
    tryForm.hidden = !next;
    remove.replaceChildren(...(next ? [deleteButton('this classifier', () => act(() => removeOne(next.id)))] : []));
    showClassifier(find('#teach-classifier', HTMLElement), next);
    showScores(find('#teach-scores', HTMLElement), []);
    showReadings(find('#teach-readings', HTMLElement), []);
    find('#teach-picture', HTMLUListElement).replaceChildren();
    model.disabled = isFromBoxes;
    showSnippets();
  };

  function showSnippets() {
    // Examples that are sent twice would count twice.
    const examples = !current ? boxes.all() : isFromBoxes ? boxes.untaught() : [];
    snippets.show(teachSnippets(model.value || 'clip', examples, current?.id));
  }

  async function teach() {
    const examples = boxes.untaught();
    if (examples.length === 0 || examples.some(({ label }) => label === '')) {
      notice.textContent = examples.length === 0 ? 'Add at least one new example.' : 'Give each label a name.';
      return;
    }
    const body = new FormData();
    const sent = examples.map(({ label, text, blob }, i) => {
      if (blob) body.set(`picture-${i}`, blob, `picture-${i}`);
      return { label, input: blob ? { image: `attach://picture-${i}` } : (text ?? '') };
    });
    const isUpdate = isFromBoxes && current !== undefined;
    const fields = isUpdate ? {} : { name: 'Playground', model: model.value || 'clip' };
    body.set('payload', JSON.stringify({ ...fields, examples: sent }));
    const path = isUpdate ? `${PATH}/${current?.id}` : PATH;
    const { response } = await send(path, { method: isUpdate ? 'PATCH' : 'POST', body });
    const classifier = /** @type {Classifier} */ (await response.json());
    boxes.setTaught();
    use(classifier, true);
    // The button is below long lists of examples, and on a phone the classifier is below the button.
    find('#teach-title', HTMLElement).focus({ preventScroll: true });
    find('#teach-classifier', HTMLElement).scrollIntoView({ block: 'nearest' });
    announce(`Classifier ready: ${classifier.labels.length} labels, ${classifier.examples} examples.`);
    await list();
  }

  /** @param {Blob | string} input */
  async function classify(input) {
    if (!current) return;
    const body = new FormData();
    const item = typeof input === 'string' ? input : { image: 'attach://picture' };
    body.set('payload', JSON.stringify({ classifier_id: current.id, input: item }));
    if (typeof input !== 'string') body.set('picture', input, 'picture');
    const { response, report } = await send('/v1/classify', { body });
    const { data } = await response.json();
    showScores(find('#teach-scores', HTMLElement), data[0].predictions);
    showReadings(find('#teach-readings', HTMLElement), commonReadings(report));
    announce(`${data[0].prediction}, ${Math.round(100 * data[0].score)} percent.`);
  }

  /** @param {Iterable<File>} files */
  const tryFiles = (files) =>
    act(async () => {
      const [file] = files;
      if (!file || !current) return;
      const picture = await asPicture(file);
      find('#teach-picture', HTMLUListElement).replaceChildren(
        make('li', {}, make('img', { src: URL.createObjectURL(picture), alt: file.name, width: 96, height: 96 })),
      );
      await classify(picture);
    }, 'Classifying');

  async function list() {
    const { response } = await send(PATH);
    const all = /** @type {Classifier[]} */ ((await response.json()).data);
    find('#teach-none', HTMLElement).hidden = all.length > 0;
    find('#teach-list', HTMLTableElement).hidden = all.length === 0;
    refill(find('#teach-list tbody', HTMLTableSectionElement), all.map(rowOf));
  }

  /** @param {string} id */
  const removeOne = async (id) => {
    await send(`${PATH}/${id}`, { method: 'DELETE' });
    announce('Classifier deleted.');
    if (current?.id === id) {
      boxes.setTaught(false);
      use(undefined);
    }
    await list();
  };

  /** @param {Classifier} classifier */
  function rowOf({ id, model, trained_method, examples, labels, leave_one_out: { accuracy } }) {
    const names = labels.map(({ label }) => label).join(', ');
    const open = async () => {
      const { response } = await send(`${PATH}/${id}`);
      boxes.clear();
      use(await response.json());
      find('#teach-title', HTMLElement).focus();
    };
    const button = (/** @type {string} */ text, /** @type {() => Promise<void>} */ action) =>
      make(
        'button',
        { type: 'button', class: 'plain', 'aria-label': `${text}: ${names}`, click: () => act(action) },
        text,
      );
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, names),
      make('td', {}, make('code', {}, model)),
      make('td', {}, trained_method),
      make('td', { class: 'number' }, String(examples)),
      make('td', { class: 'number' }, accuracy === null ? '' : `${Math.round(100 * accuracy)}%`),
      make(
        'td',
        { class: 'actions' },
        make(
          'div',
          { class: 'row' },
          button('Use', open),
          deleteButton(names, () => act(() => removeOne(id))),
        ),
      ),
    );
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(teach, 'Teaching');
  });
  tryForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = find('#teach-text', HTMLInputElement).value.trim();
    if (text === '') return;
    find('#teach-picture', HTMLUListElement).replaceChildren();
    act(() => classify(text), 'Classifying');
  });
  find('#teach-add', HTMLButtonElement).addEventListener('click', () => boxes.add().focus());
  find('#teach-new', HTMLButtonElement).addEventListener('click', () => startOver());
  find('#teach-drawings', HTMLButtonElement).addEventListener('click', () =>
    act(async () => {
      startOver();
      boxes.clear();
      for (const kind of DRAWN_KINDS) {
        const box = boxes.add(kind);
        const drawn = await Promise.all(Array.from({ length: DRAWINGS_OF_EACH }, (_, i) => draw(kind, i)));
        for (const [i, drawing] of drawn.entries()) box.addPicture(drawing, `${kind} ${i + 1}`);
      }
    }),
  );
  find('#teach-texts', HTMLButtonElement).addEventListener('click', () => {
    startOver();
    boxes.clear();
    for (const [label, texts] of Object.entries(SENTENCES)) boxes.add(label, texts);
  });
  function startOver() {
    use(undefined);
    boxes.clear();
    for (let i = 0; i < 2; i++) boxes.add();
  }

  const file = find('#teach-file', HTMLInputElement);
  file.addEventListener('change', async () => {
    await tryFiles(file.files ?? []);
    file.value = '';
  });
  takeDropped(section, find('#teach-drop', HTMLElement), tryFiles);
  takePasted(section, tryFiles);
  model.addEventListener('change', showSnippets);
  onKeyChange(() => {
    showSnippets();
    act(list);
  });
  startOver();
  act(list);
}
