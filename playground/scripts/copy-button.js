import { announce, make } from './dom.js';

/**
 * Copies the text of an element.
 *
 * @param {HTMLElement} source
 * @param {() => string} [text] if it is another one than that which is shown
 */
export function copyButton(source, text = () => source.textContent ?? '') {
  const copy = make('button', { type: 'button', class: 'plain' }, 'Copy');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      copy.textContent = 'Copied';
      announce('Copied.');
    } catch {
      // No permission or no secure context: selects the text, so the user can copy it with the keyboard.
      getSelection()?.selectAllChildren(source);
      copy.textContent = 'Selected';
    }
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 1600);
  });
  return copy;
}
