import { send } from './api.js';
import { startCamera } from './camera.js';
import { entryOf, modelPicker } from './catalogue.js';
import { announce, find, make } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { heatMap } from './heat-map.js';
import { onKeyChange } from './key.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { pictureShelf } from './shelf.js';
import { snippetView } from './snippet-view.js';
import { similaritySnippets } from './snippets-similarity.js';
import { startWaiting } from './waiting.js';

/** The Similarity page: compares images with captions and shows a heat map. */
export function startSimilarity() {
  const section = find('#similarity', HTMLElement);
  const form = find('#similarity-form', HTMLFormElement);
  const model = modelPicker(
    '#similarity-model',
    ({ task, modalities }) => task === 'embedding' && (modalities?.includes('image') ?? true),
    'clip',
    '#similarity-note',
  );
  const captions = find('#captions', HTMLTextAreaElement);
  const place = find('#heat-place', HTMLElement);
  const note = find('#heat-note', HTMLElement);
  const calls = find('#calls', HTMLOListElement);
  const readings = find('#similarity-readings', HTMLDListElement);
  const failure = find('#similarity-failure', HTMLElement);
  const snippets = snippetView(find('#similarity-snippets', HTMLElement));
  /** @type {AbortController | undefined} */
  let running;

  const texts = () => [
    ...new Set(
      captions.value
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
  const payload = (/** @type {readonly { name: string }[]} */ pictures) => ({
    model: model.value || 'clip',
    query: pictures.map(({ name }) => ({ image: `attach://${name}` })),
    documents: texts(),
  });
  const shelf = pictureShelf(section, showSnippets);
  startCamera(shelf.add);

  function showSnippets() {
    snippets.show(similaritySnippets(payload(shelf.all())));
  }

  async function compare() {
    const pictures = [...shelf.all()];
    const body = payload(pictures);
    if (pictures.length === 0 || body.documents.length === 0) {
      announce('Add at least one image and one caption.');
      find('#pictures-notice', HTMLElement).textContent = 'Add at least one image and one caption.';
      return;
    }
    running?.abort();
    const controller = new AbortController();
    running = controller;
    clearFailure(failure);
    const endWaiting = startWaiting(place, 'Comparing');
    const parts = new FormData();
    parts.set('payload', JSON.stringify(body));
    for (const { name, blob } of pictures) parts.set(name, blob, name);
    try {
      const { response, report } = await send('/v1/similarity', { body: parts, signal: controller.signal });
      const answer = await response.json();
      const scale = entryOf(model.value)?.logit_scale ?? null;
      place.replaceChildren(heatMap(pictures, body.documents, answer.matrix, scale));
      note.textContent =
        scale === null
          ? 'Cosine similarity. The logit scale of this model is unknown, so no softmax is shown.'
          : `Cosine similarity, and below it the softmax over the captions of an image. The model's logit scale is ${scale}.`;
      appendCall(calls, report, answer.usage);
      // On a phone they are below the form.
      place.scrollIntoView({ block: 'nearest' });
      showReadings(readings, commonReadings(report));
      announce(`Comparison complete. Cache: ${answer.usage.cache_hits} hits, ${answer.usage.cache_misses} misses.`);
    } catch (error) {
      showFailure(failure, error);
    } finally {
      endWaiting();
      if (running === controller) running = undefined;
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    compare();
  });
  form.addEventListener('input', showSnippets);
  onKeyChange(showSnippets);
  showSnippets();

  return {
    /**
     * Opens this page with one image, adds its caption, and compares them.
     *
     * @param {Blob} picture
     * @param {string} name
     * @param {string} caption
     */
    async compare(picture, name, caption) {
      await shelf.ready;
      shelf.replace(picture, name);
      captions.value = [...new Set([caption, ...texts()])].slice(0, 5).join('\n');
      location.hash = 'similarity';
      await compare();
    },
  };
}

/**
 * Adds a line to the list of requests: cache hits and misses, and the time of each stage.
 *
 * @param {HTMLOListElement} calls
 * @param {import('./api.js').Report} report
 * @param {{ cache_hits: number, cache_misses: number }} usage
 */
function appendCall(calls, { stages, cacheStatus, roundTripMs }, { cache_hits: hits, cache_misses: misses }) {
  const chips = [
    ...(misses > 0 ? [make('span', { class: 'chip miss' }, counted(misses, 'miss', 'misses'))] : []),
    ...(hits > 0 ? [make('span', { class: 'chip hit' }, counted(hits, 'hit', 'hits'))] : []),
    ...stages.map(({ name, ms }) => make('span', { class: 'chip' }, `${name} ${milliseconds(ms)}`)),
    make('span', { class: 'chip' }, `round trip ${milliseconds(roundTripMs)}`),
  ];
  const total = stages.find(({ name }) => name === 'total')?.ms ?? roundTripMs;
  const bar = make('span', { class: `bar ${misses > 0 ? 'miss' : 'hit'}`, 'aria-hidden': 'true' });
  const item = make('li', { title: cacheStatus, 'data-ms': total }, bar, make('span', { class: 'chips' }, ...chips));
  calls.prepend(item);
  while (calls.children.length > 4) calls.lastElementChild?.remove();
  const items = [...calls.querySelectorAll('li')];
  const longest = Math.max(...items.map(({ dataset }) => Number(dataset.ms)));
  for (const { dataset, firstElementChild } of items) {
    if (firstElementChild instanceof HTMLElement) {
      firstElementChild.style.setProperty('--share', String(Number(dataset.ms) / longest));
    }
  }
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}
