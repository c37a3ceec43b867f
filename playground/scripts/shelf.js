import { find, make } from './dom.js';
import { pictureList } from './picture-list.js';

/** @typedef {import('./picture-list.js').Picture} Picture */

const SAMPLES = ['cat', 'dog', 'red-circle', 'blue-square', 'house', 'rocket', 'fish', 'tree'];
const CHOSEN_AT_FIRST = ['cat', 'dog'];
const MAX_PICTURES = 8;

/**
 * The images to compare: samples, dropped, pasted or selected files, photos and generated images.
 *
 * @param {HTMLElement} section that accepts dropped and pasted files
 * @param {() => void} onChange
 */
export function pictureShelf(section, onChange) {
  const samples = find('#samples', HTMLElement, section);
  const notice = find('#pictures-notice', HTMLElement, section);
  const pictures = pictureList({
    section,
    list: find('#pictures', HTMLUListElement, section),
    files: find('#picture-files', HTMLInputElement, section),
    mark: find('#drop', HTMLElement, section),
    notice,
    max: MAX_PICTURES,
    onChange() {
      for (const button of samples.querySelectorAll('button')) {
        button.setAttribute('aria-pressed', String(pictures.all().some(({ name }) => name === button.dataset.file)));
      }
      onChange();
    },
  });

  /** @param {string} file */
  async function toggleSample(file) {
    const there = pictures.all().find(({ name }) => name === file);
    if (there) return pictures.remove(there);
    try {
      const response = await fetch(`/pictures/${file}`);
      pictures.add(await response.blob(), file);
    } catch {
      notice.textContent = 'The Worker is not reachable, so the sample was not loaded.';
    }
  }

  samples.append(
    ...SAMPLES.map((name) => {
      const file = `${name}.png`;
      return make(
        'button',
        {
          ...{ type: 'button', 'data-file': file, 'aria-pressed': 'false' },
          'aria-label': `Sample: ${name.replace('-', ' ')}`,
          click: () => toggleSample(file),
        },
        make('img', { src: `/pictures/${file}`, alt: '', width: 44, height: 44, loading: 'lazy' }),
      );
    }),
  );
  const ready = (async () => {
    for (const name of CHOSEN_AT_FIRST) await toggleSample(`${name}.png`);
  })();

  return {
    all: pictures.all,
    add: pictures.add,
    ready,
    /** Replaces all images with this one. @param {Blob} blob @param {string} name */
    replace(blob, name) {
      pictures.clear();
      pictures.add(blob, name);
    },
  };
}
