import { send } from './api.js';
import { entryOf, modelPicker, onCatalogue } from './catalogue.js';
import { announce, find, make } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { snippetView } from './snippet-view.js';
import { imageSnippets } from './snippets-images.js';
import { startWaiting } from './waiting.js';

const EXAMPLES = ['a red house', 'a big yellow sun', 'three blue fish', 'a purple rocket', 'a dragon playing chess'];
const USUAL_SIDES = [64, 128, 256, 384, 512, 768, 1024, 1440];
const MOST_SEED = 2 ** 31 - 1;

/**
 * The Images page: generates an image from a prompt and a seed.
 *
 * @param {{ compare: (picture: Blob, name: string, caption: string) => void }} similarity
 */
export function startImages({ compare }) {
  const form = find('#images-form', HTMLFormElement);
  const model = modelPicker('#images-model', ({ task }) => task === 'text-to-image', 'image', '#images-note');
  const prompt = find('#images-prompt', HTMLInputElement);
  const size = find('#images-size', HTMLSelectElement);
  const seed = find('#images-seed', HTMLInputElement);
  const stop = find('#images-stop', HTMLButtonElement);
  const gallery = find('#gallery', HTMLElement);
  const readings = find('#images-readings', HTMLDListElement);
  const failure = find('#images-failure', HTMLElement);
  const snippets = snippetView(find('#images-snippets', HTMLElement));
  /** @type {AbortController | undefined} */
  let running;

  const request = () => ({
    model: model.value || 'image',
    prompt: prompt.value,
    size: size.value || 'auto',
    seed: seed.valueAsNumber || 0,
  });
  const showSnippets = () => snippets.show(imageSnippets(request()));

  function showSizes() {
    const sizes = entryOf(model.value)?.sizes;
    if (!sizes) return;
    const chosen = size.value;
    const sides = USUAL_SIDES.filter(
      (side) => side >= sizes.min && side <= sizes.max && side % sizes.multiple_of === 0,
    );
    const offered = [...new Set([...sides, sizes.default])].sort((a, b) => a - b).map((side) => `${side}x${side}`);
    size.replaceChildren(...offered.map((value) => make('option', { value }, value.replace('x', ' × '))));
    size.value = offered.includes(chosen) ? chosen : `${sizes.default}x${sizes.default}`;
    showSnippets();
  }

  async function draw() {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const body = request();
    clearFailure(failure);
    stop.disabled = false;
    const started = performance.now();
    const endWaiting = startWaiting(failure, 'Generating');
    try {
      const { response, report } = await send('/v1/images/generations', {
        body,
        headers: { accept: 'image/*' },
        signal: controller.signal,
      });
      const picture = await response.blob();
      const { width, height } = await createImageBitmap(picture);
      const madeWith = response.headers.get('x-cedalion-seed') ?? String(body.seed);
      show(picture, body.prompt, madeWith, { width, height });
      showReadings(readings, [
        ['Total time', milliseconds(performance.now() - started)],
        ['Image size', `${width} × ${height}`],
        ['File', `${picture.type.replace('image/', '').toUpperCase()}, ${(picture.size / 1024).toFixed(1)} KiB`],
        ['Seed', madeWith],
        ...commonReadings(report),
      ]);
      // On a phone it is below the form.
      gallery.firstElementChild?.scrollIntoView({ block: 'nearest' });
      announce(`Image generated: ${body.prompt}.`);
    } catch (error) {
      if (controller.signal.aborted) announce('Stopped.');
      showFailure(failure, error);
    } finally {
      endWaiting();
      if (running === controller) {
        running = undefined;
        stop.disabled = true;
      }
    }
  }

  /**
   * @param {Blob} picture
   * @param {string} text
   * @param {string} madeWith
   * @param {{ width: number, height: number }} size
   */
  function show(picture, text, madeWith, { width, height }) {
    const url = URL.createObjectURL(picture);
    const name = `${
      text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 40) || 'picture'
    }-${madeWith}.${picture.type.replace('image/', '')}`;
    gallery.prepend(
      make(
        'figure',
        {},
        make('img', { src: url, alt: `Generated: ${text}`, width, height }),
        make(
          'figcaption',
          {},
          make('span', {}, text),
          make(
            'span',
            { class: 'actions' },
            make('a', { class: 'plain', href: url, download: name }, 'Download'),
            make(
              'button',
              { type: 'button', class: 'plain', click: () => compare(picture, name, text) },
              'Compare with prompt',
            ),
          ),
        ),
      ),
    );
    while (gallery.children.length > 7) gallery.lastElementChild?.remove();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    draw();
  });
  stop.addEventListener('click', () => running?.abort());
  find('#images-dice', HTMLButtonElement).addEventListener('click', () => {
    seed.valueAsNumber = Math.floor(Math.random() * MOST_SEED);
    showSnippets();
  });
  model.addEventListener('change', showSizes);
  onCatalogue(showSizes);
  form.addEventListener('input', showSnippets);
  onKeyChange(showSnippets);
  find('#images-examples', HTMLElement).append(
    ...EXAMPLES.map((text) =>
      make(
        'button',
        {
          type: 'button',
          click: () => {
            prompt.value = text;
            showSnippets();
            prompt.focus();
          },
        },
        text,
      ),
    ),
  );
  prompt.value = EXAMPLES[0] ?? '';
  showSnippets();
}
