import { send } from './api.js';
import { announce, find, make, takeDropped, takePasted } from './dom.js';
import { asPicture } from './picture-files.js';
import { commonReadings, showReadings } from './readings.js';
import { showScores } from './scores.js';

/** @typedef {import('./teach-views.js').Classifier} Classifier */
/** @typedef {ReturnType<typeof import('./action-queue.js').actionQueue>} Act */

/**
 * Classifies new images and texts by the classifier of the page.
 *
 * @param {{ act: Act, current: () => Classifier | undefined }} page
 * @returns {{ clear: () => void }}
 */
export function startTrying({ act, current }) {
  const form = find('#teach-try', HTMLFormElement);
  const picture = find('#teach-picture', HTMLUListElement);
  const scores = find('#teach-scores', HTMLElement);
  const readings = find('#teach-readings', HTMLElement);
  const notice = find('#teach-try-notice', HTMLElement);
  const file = find('#teach-file', HTMLInputElement);

  /** @param {Blob | string} input */
  async function classify(input) {
    const id = current()?.id;
    if (!id) return;
    const { response, report } = await send('/v1/classify', { body: requestOf(id, input) });
    const { data } = await response.json();
    showScores(scores, data[0].predictions);
    showReadings(readings, commonReadings(report));
    announce(`${data[0].prediction}, ${Math.round(100 * data[0].score)} percent.`);
  }
  /** @param {readonly File[]} files */
  const tryFiles = ([first, ...others]) =>
    act(async () => {
      if (!first || !current()) return;
      notice.textContent = others.length > 0 ? `1 of ${others.length + 1} images is classified: ${first.name}.` : '';
      const blob = await asPicture(first);
      const image = make('img', { src: URL.createObjectURL(blob), alt: first.name, width: 96, height: 96 });
      picture.replaceChildren(make('li', {}, image));
      await classify(blob);
    }, 'Classifying');

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = find('#teach-text', HTMLInputElement).value.trim();
    if (text === '') return;
    picture.replaceChildren();
    notice.textContent = '';
    act(() => classify(text), 'Classifying');
  });
  file.addEventListener('change', async () => {
    await tryFiles([...(file.files ?? [])]);
    file.value = '';
  });
  takeDropped(find('#teach', HTMLElement), find('#teach-drop', HTMLElement), tryFiles);
  takePasted(find('#teach', HTMLElement), tryFiles);
  return {
    clear() {
      form.hidden = !current();
      notice.textContent = '';
      picture.replaceChildren();
      showScores(scores, []);
      showReadings(readings, []);
    },
  };
}

/** @param {string} id of a classifier @param {Blob | string} input */
function requestOf(id, input) {
  const body = new FormData();
  const item = typeof input === 'string' ? input : { image: 'attach://picture' };
  body.set('payload', JSON.stringify({ classifier_id: id, input: item }));
  if (typeof input !== 'string') body.set('picture', input, 'picture');
  return body;
}
