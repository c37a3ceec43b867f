import { send } from './api.js';
import { cancellable } from './cancellable.js';
import { onCatalogue } from './catalogue.js';
import { announce, find, make } from './dom.js';
import { addToGallery } from './gallery.js';
import { offerSizes } from './image-sizes.js';
import { onKeyChange } from './key.js';
import { modelField } from './model-field.js';
import { formModes } from './modes.js';
import { pictureList } from './picture-list.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { rememberRequests } from './requests.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';

const EXAMPLES = ['a red house', 'a big yellow sun', 'three blue fish', 'a purple rocket', 'a dragon playing chess'];
const MAX_SEED = 2 ** 31 - 1;
const MAX_SOURCES = 4;
const SOURCE_SIZE = { maxSide: 2048, maxBytes: 4_000_000 };
const IMAGE = { accept: 'image/*' };

/**
 * The Images page: generates an image from a prompt and a seed, or changes images.
 *
 * @param {{ compare: (picture: Blob, name: string, caption: string) => void }} similarity
 */
export function startImages({ compare }) {
  const form = find('#images-form', HTMLFormElement);
  const prompt = find('#images-prompt', HTMLInputElement);
  const size = find('#images-size', HTMLSelectElement);
  const snippets = snippetView(find('#images-snippets', HTMLElement));
  const modes = formModes(form, 'images-mode');
  const requests = rememberRequests('images', form, { title: () => prompt.value, onOpened: () => update() });
  const model = modelField('#images-model', {
    ...{ first: 'image', note: '#images-note' },
    fits: ({ task }) => task === 'text-to-image',
  });
  modelField('#images-edit-model', { first: 'image', fits: ({ task }) => task === 'image-to-image' });
  const sources = pictureList({
    section: find('#images', HTMLElement),
    list: find('#images-sources', HTMLUListElement),
    files: find('#images-files', HTMLInputElement),
    mark: find('#images-drop', HTMLElement),
    notice: find('#images-notice', HTMLElement),
    ...{ max: MAX_SOURCES, size: SOURCE_SIZE, onChange: () => update() },
  });
  const request = () => imageRequest(modes.current() === 'edit', sources.all());
  const update = () => {
    modes.show();
    if (sources.all().length > 0 && modes.current() !== 'edit') showMode('edit');
    find('#images-form .main', HTMLButtonElement).textContent = modes.current() === 'edit' ? 'Edit' : 'Generate';
    snippets.show(requestSnippets({ ...request(), saveAs: 'picture.png' }));
  };
  const showMode = (/** @type {string} */ mode) => {
    find(`input[name="images-mode"][value="${mode}"]`, HTMLInputElement, form).checked = true;
    modes.show();
  };
  const change = (/** @type {Blob} */ blob, /** @type {string} */ name) => {
    showMode('edit');
    sources.clear();
    sources.add(blob, name);
    prompt.focus();
  };
  const work = cancellable({
    failure: find('#images-failure', HTMLElement),
    stop: find('#images-stop', HTMLButtonElement),
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const isEdit = modes.current() === 'edit';
    if (isEdit && sources.all().length === 0) {
      find('#images-notice', HTMLElement).textContent = 'Add at least one image to change.';
      return;
    }
    requests.sent();
    work.run(isEdit ? 'Editing' : 'Generating', (signal) => draw(request(), signal, { compare, change }));
  });
  find('#images-dice', HTMLButtonElement).addEventListener('click', () => {
    find('#images-seed', HTMLInputElement).valueAsNumber = Math.floor(Math.random() * MAX_SEED);
    requests.changed();
    update();
  });
  model.addEventListener('change', () => offerSizes(size, model.value));
  onCatalogue(() => {
    offerSizes(size, model.value);
    update();
  });
  for (const kind of ['input', 'change']) form.addEventListener(kind, update);
  onKeyChange(update);
  showExamples(prompt, () => {
    requests.changed();
    update();
  });
  if (!requests.restore()) prompt.value = EXAMPLES[0] ?? '';
  offerSizes(size, model.value);
  update();
}

/**
 * @param {boolean} isEdit
 * @param {readonly import('./picture-list.js').Picture[]} sources
 */
function imageRequest(isEdit, sources) {
  const prompt = find('#images-prompt', HTMLInputElement).value;
  const seed = find('#images-seed', HTMLInputElement).valueAsNumber || 0;
  if (isEdit) {
    const model = find('#images-edit-model', HTMLInputElement).value || 'image';
    const fields = Object.entries({ model, prompt, seed: String(seed) });
    const field = sources.length > 1 ? 'image[]' : 'image';
    const files = sources.map(({ name }) => /** @type {const} */ ([field, name]));
    const form = new FormData();
    for (const [name, value] of fields) form.set(name, value);
    for (const { blob, name } of sources) form.append(field, blob, name);
    const shown = files.length > 0 ? files : [/** @type {const} */ (['image', 'photo.jpg'])];
    return { path: '/v1/images/edits', headers: IMAGE, fields, files: shown, form, prompt, seed };
  }
  const model = find('#images-model', HTMLInputElement).value || 'image';
  const size = find('#images-size', HTMLSelectElement).value || 'auto';
  return { path: '/v1/images/generations', headers: IMAGE, body: { model, prompt, size, seed }, prompt, seed };
}

/**
 * @param {ReturnType<typeof imageRequest>} request
 * @param {AbortSignal} signal
 * @param {Parameters<typeof addToGallery>[2]} actions
 */
async function draw({ path, headers, body, form, prompt, seed }, signal, actions) {
  const gallery = find('#gallery', HTMLElement);
  const started = performance.now();
  const { response, report } = await send(path, { body: form ?? body, headers, signal });
  const blob = await response.blob();
  const { width, height } = await createImageBitmap(blob);
  const madeWith = response.headers.get('x-cedalion-seed') ?? String(seed);
  addToGallery(gallery, { blob, prompt, seed: madeWith, width, height }, actions);
  showReadings(find('#images-readings', HTMLDListElement), [
    ['Total time', milliseconds(performance.now() - started)],
    ['Image size', `${width} × ${height}`],
    ['File', `${blob.type.replace('image/', '').toUpperCase()}, ${(blob.size / 1024).toFixed(1)} KiB`],
    ['Seed', madeWith],
    ...commonReadings(report),
  ]);
  // On a phone it is below the form.
  gallery.firstElementChild?.scrollIntoView({ block: 'nearest' });
  announce(`Image generated: ${prompt}.`);
}

/** @param {HTMLInputElement} prompt @param {() => void} onChosen */
function showExamples(prompt, onChosen) {
  find('#images-examples', HTMLElement).append(
    ...EXAMPLES.map((text) => {
      const click = () => {
        prompt.value = text;
        onChosen();
        prompt.focus();
      };
      return make('button', { type: 'button', click }, text);
    }),
  );
}
