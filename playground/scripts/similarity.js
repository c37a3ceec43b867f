import { send } from './api.js';
import { startCamera } from './camera.js';
import { cancellable } from './cancellable.js';
import { entryOf } from './catalogue.js';
import { announce, find } from './dom.js';
import { heatMap } from './heat-map.js';
import { onKeyChange } from './key.js';
import { modelField } from './model-field.js';
import { formModes } from './modes.js';
import { commonReadings, showReadings } from './readings.js';
import { rememberRequests } from './requests.js';
import { showScores } from './scores.js';
import { pictureShelf } from './shelf.js';
import { appendCall } from './similarity-calls.js';
import { similarityForm } from './similarity-form.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';
import { similaritySnippets } from './snippets-similarity.js';

/** The Similarity page: a heat map of images or texts with texts, or documents ranked by a query. */
export function startSimilarity() {
  const section = find('#similarity', HTMLElement);
  const form = find('#similarity-form', HTMLFormElement);
  const captions = find('#captions', HTMLTextAreaElement);
  const place = find('#heat-place', HTMLElement);
  const snippets = snippetView(find('#similarity-snippets', HTMLElement));
  const modes = formModes(form, 'similarity-mode');
  const read = similarityForm(modes.current);
  const requests = rememberRequests('similarity', form, { title: () => read.title(), onOpened: () => update() });
  modelField('#similarity-model', {
    ...{ first: 'clip', note: '#similarity-note' },
    fits: ({ task }) => task === 'embedding' || task === 'text-ranking',
  });
  const shelf = pictureShelf(section, () => update());
  startCamera(shelf.add);
  const work = cancellable({ failure: find('#similarity-failure', HTMLElement) });

  const update = () => {
    modes.show();
    const { path, body, files } = read.request(shelf.all());
    snippets.show(files.length > 0 ? similaritySnippets(body) : requestSnippets({ path, body }));
  };
  const compare = async () => {
    const request = read.request([...shelf.all()]);
    const notice = find('#similarity-notice', HTMLElement);
    notice.textContent = request.missing;
    announce(request.missing);
    if (request.missing) return;
    requests.sent();
    await work.run(request.isRanking ? 'Ranking' : 'Comparing', (signal) => show(request, signal, place));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    compare();
  });
  for (const kind of ['input', 'change']) form.addEventListener(kind, update);
  onKeyChange(update);
  requests.restore();
  update();

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
      find('input[name="similarity-mode"][value="images"]', HTMLInputElement, form).checked = true;
      shelf.replace(picture, name);
      captions.value = [...new Set([caption, ...read.lines('captions')])].slice(0, 5).join('\n');
      requests.changed();
      update();
      location.hash = 'similarity';
      await compare();
    },
  };
}

/**
 * Sends a request and shows its answer.
 *
 * @param {ReturnType<ReturnType<typeof similarityForm>['request']>} request
 * @param {AbortSignal} signal
 * @param {HTMLElement} place
 */
async function show({ path, body, files, columns, isRanking }, signal, place) {
  const scores = find('#rerank-scores', HTMLElement);
  const note = find('#heat-note', HTMLElement);
  const form = new FormData();
  form.set('payload', JSON.stringify(body));
  for (const { name, blob } of files) form.set(name, blob, name);
  const { response, report } = await send(path, { body: files.length > 0 ? form : body, signal });
  const answer = await response.json();
  scores.replaceChildren();
  place.replaceChildren();
  if (isRanking) {
    const ranked = /** @type {{ index: number, relevance_score: number }[]} */ (answer.results);
    showScores(
      scores,
      ranked.map(({ index, relevance_score }) => ({ label: body.documents[index] ?? '', score: relevance_score })),
      (score) => score.toFixed(4),
    );
    note.textContent = 'Documents by their relevance to the query, the most relevant first.';
    announce(`Ranked ${ranked.length} documents.`);
  } else {
    const scale = entryOf(body.model)?.logit_scale ?? null;
    place.replaceChildren(heatMap(columns, body.documents, answer.matrix, scale));
    const what = files.length > 0 ? 'an image' : 'a text';
    note.textContent =
      scale === null
        ? 'Cosine similarity. The logit scale of this model is unknown, so no softmax is shown.'
        : `Cosine similarity, and below it the softmax over the captions of ${what}. The model's logit scale is ${scale}.`;
    appendCall(find('#calls', HTMLOListElement), report, answer.usage);
    announce(`Comparison complete. Cache: ${answer.usage.cache_hits} hits, ${answer.usage.cache_misses} misses.`);
  }
  // On a phone they are below the form.
  (isRanking ? scores : place).scrollIntoView({ block: 'nearest' });
  showReadings(find('#similarity-readings', HTMLDListElement), commonReadings(report));
}
