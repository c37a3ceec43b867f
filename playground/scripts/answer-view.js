import { copyButton } from './copy-button.js';
import { make } from './dom.js';
import { markdownView } from './markdown.js';

/** @typedef {import('./text-form.js').Turn} Turn */

/**
 * Adds what was asked, and the place of its answer, to a conversation.
 *
 * @param {HTMLElement} talk
 * @param {{ turn?: Turn, isRaw: boolean }} options without a turn if it is not known; raw text and its
 * continuation are one text
 */
export function answerView(talk, { turn, isRaw }) {
  const element = make('div', { class: isRaw ? 'answer' : 'answer markdown', dir: 'auto' });
  const thoughts = make('details', { class: 'thoughts', hidden: true }, make('summary', {}, 'Reasoning'));
  const thinking = make('p', { dir: 'auto' });
  thoughts.append(thinking);
  const item = isRaw
    ? make('li', { class: 'raw' }, make('span', { class: 'given' }, turn ? textOf(turn) : ''), element)
    : make('li', { class: 'assistant' }, make('span', { class: 'who' }, 'Model'), thoughts, element);
  if (turn && !isRaw) talk.append(question(turn));
  talk.append(item);
  const view = markdownView(element);
  let text = '';
  let frame = 0;
  let isSettled = false;

  const show = async () => {
    if (isRaw) element.textContent = text;
    else await view.show(text);
  };
  return {
    element,
    get text() {
      return text;
    },
    /**
     * Shows what has arrived, at most once a frame.
     *
     * @param {string} piece
     * @param {string} thought
     * @param {() => void} whenShown
     */
    add(piece, thought, whenShown) {
      text += piece;
      if (thought) {
        thoughts.hidden = false;
        thinking.append(thought);
      }
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (isSettled) return;
        show();
        whenShown();
      });
    },
    /** Shows the whole text. Windows that are not seen have no frames. */
    async settle() {
      isSettled = true;
      await show();
      if (text && !isRaw)
        item.append(
          make(
            'div',
            { class: 'row' },
            copyButton(element, () => text),
          ),
        );
    },
    /** Removes an answer without text, and what was asked: the form still has it. */
    remove() {
      if (item.previousElementSibling?.matches('.user')) item.previousElementSibling.remove();
      item.remove();
    },
  };
}

/** @param {Turn} turn */
function question(turn) {
  const pictures = typeof turn.content === 'string' ? [] : turn.content.filter((part) => part.type === 'image_url');
  return make(
    'li',
    { class: 'user' },
    make('span', { class: 'who' }, 'You'),
    ...pictures.map(({ image_url }) =>
      make('img', { src: image_url?.url ?? '', alt: 'Attached image', class: 'attached' }),
    ),
    make('div', { dir: 'auto' }, textOf(turn)),
  );
}

/** @param {Turn} turn */
function textOf({ content }) {
  return typeof content === 'string' ? content : (content.find(({ type }) => type === 'text')?.text ?? '');
}
