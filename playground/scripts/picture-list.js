import { announce, make, refill, takeDropped, takePasted } from './dom.js';
import { asPicture } from './picture-files.js';

/** @typedef {{ name: string, blob: Blob, url: string }} Picture `url` is an object URL for display */

const MAX_NAMED = 3;

/**
 * Images that the user selects, drops or pastes, with what was not taken of them, and why.
 *
 * @param {object} options
 * @param {HTMLElement} options.section that accepts dropped and pasted files
 * @param {HTMLUListElement} options.list that shows them
 * @param {HTMLInputElement} options.files
 * @param {HTMLElement} options.mark what shows that files can be dropped
 * @param {HTMLElement} options.notice that says what was taken and what not
 * @param {number} options.max
 * @param {{ maxSide: number, maxBytes: number }} [options.size] larger images are made smaller
 * @param {() => void} options.onChange
 */
export function pictureList({ section, list, files, mark, notice, max, size, onChange }) {
  /** @type {Picture[]} */
  let pictures = [];

  const show = () => {
    refill(list, pictures.map(item), files);
    onChange();
  };
  /** @param {Picture} picture */
  const item = (picture) => {
    const click = () => {
      remove(picture);
      notice.textContent = '';
    };
    return make(
      'li',
      {},
      make('img', { src: picture.url, alt: picture.name, width: 72, height: 72 }),
      make('button', { type: 'button', class: 'remove', 'aria-label': `Remove ${picture.name}`, click }, '×'),
    );
  };
  /** @param {Picture} picture */
  function remove(picture) {
    pictures = pictures.filter((other) => other !== picture);
    URL.revokeObjectURL(picture.url);
    show();
  }
  /** @param {Blob} blob @param {string} name @returns {boolean} whether there was room for it */
  function add(blob, name) {
    notice.textContent = '';
    const hasRoom = pictures.length < max;
    if (hasRoom) pictures.push({ name: unused(name, pictures), blob, url: URL.createObjectURL(blob) });
    else notice.textContent = `The limit is ${max} images.`;
    show();
    return hasRoom;
  }
  /** @param {readonly File[]} added */
  async function addFiles(added) {
    /** @type {string[]} */
    const tooMany = [];
    /** @type {string[]} */
    const unreadable = [];
    for (const file of added) {
      if (pictures.length >= max) tooMany.push(file.name);
      else {
        const picture = await asPicture(file, size).catch(() => undefined);
        if (picture) add(picture, file.name);
        else unreadable.push(file.name);
      }
    }
    notice.textContent = whatWasTaken({ count: added.length, max, tooMany, unreadable });
    if (notice.textContent) announce(notice.textContent);
  }

  files.addEventListener('change', async () => {
    await addFiles([...(files.files ?? [])]);
    files.value = '';
  });
  takeDropped(section, mark, addFiles);
  takePasted(section, addFiles);
  return {
    all: () => pictures,
    add,
    remove,
    /** @returns {Promise<string[]>} */
    dataUrls: () => Promise.all(pictures.map(({ blob }) => dataUrl(blob))),
    clear() {
      for (const { url } of pictures) URL.revokeObjectURL(url);
      pictures = [];
      notice.textContent = '';
      show();
    },
  };
}

/**
 * A sentence if not all files were taken.
 *
 * @param {{ count: number, max?: number, tooMany: readonly string[], unreadable: readonly string[] }} files
 */
export function whatWasTaken({ count, max, tooMany, unreadable }) {
  const taken = count - tooMany.length - unreadable.length;
  if (taken === count) return '';
  return [
    count > 1 ? `${taken} of ${count} images added.` : '',
    tooMany.length > 0 ? `The limit is ${max}: not added: ${named(tooMany)}.` : '',
    unreadable.length > 0 ? `Not readable as images: ${named(unreadable)}. Use PNG, JPEG, WebP or GIF files.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** @param {readonly string[]} names */
function named(names) {
  const others = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

/** Makes a name unique. Names are also the names of the parts of a request. @param {string} given @param {readonly Picture[]} pictures */
function unused(given, pictures) {
  const taken = new Set(['payload', ...pictures.map((picture) => picture.name)]);
  const name = given.replace(/[^\w.-]+/g, '-');
  const [, stem = name, extension = ''] = /^(.*?)(\.\w+)?$/.exec(name) ?? [];
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${stem}-${i}${extension}`;
  return candidate;
}

/** @param {Blob} blob */
async function dataUrl(blob) {
  return `data:${blob.type};base64,${new Uint8Array(await blob.arrayBuffer()).toBase64()}`;
}
