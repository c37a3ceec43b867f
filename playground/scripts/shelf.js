import { find, make, refill, takeDropped, takePasted } from './dom.js';
import { asPicture } from './picture-files.js';

/** @typedef {{ name: string, blob: Blob, url: string }} Picture `url` is an object URL for display */

const SAMPLES = ['cat', 'dog', 'red-circle', 'blue-square', 'house', 'rocket', 'fish', 'tree'];
const CHOSEN_AT_FIRST = ['cat', 'dog'];
const MOST_PICTURES = 8;

/**
 * The images to compare: samples, dropped, pasted or selected files, photos and generated images.
 *
 * @param {HTMLElement} section that accepts dropped and pasted files
 * @param {() => void} onChange
 */
export function pictureShelf(section, onChange) {
  const list = find('#pictures', HTMLUListElement, section);
  const samples = find('#samples', HTMLElement, section);
  const drop = find('#drop', HTMLElement, section);
  const files = find('#picture-files', HTMLInputElement, section);
  const notice = find('#pictures-notice', HTMLElement, section);
  /** @type {Picture[]} */
  let pictures = [];

  const show = () => {
    refill(
      list,
      pictures.map((picture) =>
        make(
          'li',
          {},
          make('img', { src: picture.url, alt: picture.name, width: 72, height: 72 }),
          make(
            'button',
            { type: 'button', class: 'remove', 'aria-label': `Remove ${picture.name}`, click: () => remove(picture) },
            '×',
          ),
        ),
      ),
      files,
    );
    for (const button of samples.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(pictures.some(({ name }) => name === button.dataset.file)));
    }
    onChange();
  };

  /** @param {Picture} picture */
  function remove(picture) {
    pictures = pictures.filter((other) => other !== picture);
    URL.revokeObjectURL(picture.url);
    notice.textContent = '';
    show();
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  function add(blob, name) {
    notice.textContent = '';
    if (pictures.length >= MOST_PICTURES) {
      notice.textContent = `The limit is ${MOST_PICTURES} images.`;
    } else {
      pictures.push({ name: unused(name), blob, url: URL.createObjectURL(blob) });
    }
    show();
  }

  /** @param {Iterable<File>} added */
  async function addFiles(added) {
    const unreadable = [];
    for (const file of added) {
      try {
        add(await asPicture(file), file.name);
      } catch {
        unreadable.push(file.name);
      }
    }
    if (unreadable.length > 0) {
      notice.textContent = `Not readable as images: ${unreadable.join(', ')}. Use PNG, JPEG, WebP or GIF files.`;
    }
  }

  /** Makes a name unique. Names are also the names of the parts of the request. @param {string} given */
  function unused(given) {
    const taken = new Set(['payload', ...pictures.map((picture) => picture.name)]);
    const name = given.replace(/[^\w.-]+/g, '-');
    const [, stem = name, extension = ''] = /^(.*?)(\.\w+)?$/.exec(name) ?? [];
    let candidate = name;
    for (let i = 2; taken.has(candidate); i++) candidate = `${stem}-${i}${extension}`;
    return candidate;
  }

  /** @param {string} file */
  async function toggleSample(file) {
    const there = pictures.find(({ name }) => name === file);
    if (there) return remove(there);
    try {
      const response = await fetch(`/pictures/${file}`);
      add(await response.blob(), file);
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
          type: 'button',
          'data-file': file,
          'aria-pressed': 'false',
          'aria-label': `Sample: ${name.replace('-', ' ')}`,
          click: () => toggleSample(file),
        },
        make('img', { src: `/pictures/${file}`, alt: '', width: 44, height: 44, loading: 'lazy' }),
      );
    }),
  );
  files.addEventListener('change', async () => {
    await addFiles([...(files.files ?? [])]);
    files.value = '';
  });
  takeDropped(section, drop, addFiles);
  takePasted(section, addFiles);

  const ready = (async () => {
    for (const name of CHOSEN_AT_FIRST) await toggleSample(`${name}.png`);
  })();

  return {
    all: () => pictures,
    add,
    ready,
    /** Replaces all images with this one. @param {Blob} blob @param {string} name */
    replace(blob, name) {
      for (const picture of pictures) URL.revokeObjectURL(picture.url);
      pictures = [];
      add(blob, name);
    },
  };
}
