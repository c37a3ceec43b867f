import { make } from './dom.js';

const MAX_SHOWN = 7;

/** @typedef {{ blob: Blob, prompt: string, seed: string, width: number, height: number }} Made */

/**
 * Adds an image to those that were generated, the latest first.
 *
 * @param {HTMLElement} gallery
 * @param {Made} made
 * @param {{ compare: (blob: Blob, name: string, prompt: string) => void, change: (blob: Blob, name: string) => void }} actions
 */
export function addToGallery(gallery, { blob, prompt, seed, width, height }, { compare, change }) {
  const url = URL.createObjectURL(blob);
  const name = fileName(prompt, seed, blob.type);
  const button = (/** @type {string} */ text, /** @type {() => void} */ click) =>
    make('button', { type: 'button', class: 'plain', click }, text);
  const actions = make(
    'span',
    { class: 'actions' },
    make('a', { class: 'plain', href: url, download: name }, 'Download'),
    button('Compare with prompt', () => compare(blob, name, prompt)),
    button('Edit', () => change(blob, name)),
  );
  gallery.prepend(
    make(
      'figure',
      {},
      make('img', { src: url, alt: `Generated: ${prompt}`, width, height }),
      make('figcaption', {}, make('span', { dir: 'auto' }, prompt), actions),
    ),
  );
  while (gallery.children.length > MAX_SHOWN) gallery.lastElementChild?.remove();
}

/**
 * @param {string} prompt
 * @param {string} seed
 * @param {string} type
 */
function fileName(prompt, seed, type) {
  const words = prompt
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${words || 'picture'}-${seed}.${type.replace('image/', '')}`;
}
