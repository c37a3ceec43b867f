import { announce, make, takeDropped } from './dom.js';
import { asPicture } from './picture-files.js';
import { whatWasTaken } from './picture-list.js';

/** @typedef {{ label: string, text?: string, blob?: Blob }} Example a text or a picture */
/** @typedef {{ blob: Blob, name: string, url: string, isTaught: boolean }} Picture */

let boxCount = 0;

/**
 * One box for each label, with its pictures and texts. What was taught stays, and cannot be changed.
 *
 * @param {HTMLOListElement} list
 * @param {() => void} onChange
 */
export function exampleBoxes(list, onChange) {
  /** @type {ReturnType<typeof create>[]} */
  let boxes = [];

  /** @param {string} [label] @param {readonly string[]} [texts] */
  const add = (label, texts) => {
    const onRemove = () => {
      boxes = boxes.filter((other) => other !== box);
      box.element.remove();
      onChange();
    };
    const box = create(label ?? '', texts ?? [], { onChange, onRemove });
    boxes.push(box);
    list.append(box.element);
    onChange();
    return box;
  };
  return {
    add,
    /** All examples. @returns {Example[]} */
    all: () => boxes.flatMap((box) => box.examples(true)),
    /** Those that no classifier has learned yet. @returns {Example[]} */
    untaught: () => boxes.flatMap((box) => box.examples(false)),
    setTaught: (isTaught = true) => {
      for (const box of boxes) box.setTaught(isTaught);
    },
    clear() {
      for (const box of boxes) box.release();
      boxes = [];
      list.replaceChildren();
      onChange();
    },
  };
}

/**
 * @param {string} label
 * @param {readonly string[]} lines
 * @param {{ onChange: () => void, onRemove: () => void }} listeners
 */
function create(label, lines, { onChange, onRemove }) {
  const id = `box-${++boxCount}`;
  const name = make('input', { type: 'text', maxlength: 200, required: true, spellcheck: 'false', value: label });
  const texts = make('textarea', { rows: 2, spellcheck: 'false' });
  texts.value = lines.join('\n');
  const files = make('input', {
    ...{ id, class: 'unseen', type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif', multiple: true },
    'aria-label': 'Add images',
  });
  const shelf = make('ul', { class: 'shelf', 'aria-label': 'Images of this label' });
  const notice = make('p', { class: 'notice', role: 'status' });
  const drop = make(
    'div',
    { class: 'drop' },
    shelf,
    make('p', {}, make('label', { class: 'link', for: id }, 'Add images'), ' or drop them here.'),
    files,
    notice,
  );
  const removeLabel = make('button', { type: 'button', class: 'plain', click: () => removeBox() }, 'Remove label');
  const element = make(
    'li',
    {},
    make('div', { class: 'row' }, make('label', { class: 'field grow' }, make('span', {}, 'Label'), name), removeLabel),
    drop,
    make('label', { class: 'field' }, make('span', {}, 'Texts (one per line)'), texts),
  );
  /** @type {Picture[]} */
  let pictures = [];
  /** @type {ReadonlySet<string>} */
  let taughtTexts = new Set();

  const linesOf = () => [...new Set(texts.value.split('\n').map((line) => line.trim()))].filter(Boolean);

  const show = () => {
    shelf.replaceChildren(
      ...pictures.map((picture) =>
        make(
          'li',
          picture.isTaught ? { class: 'taught' } : {},
          make('img', {
            src: picture.url,
            alt: picture.isTaught ? `${picture.name}, taught` : picture.name,
            width: 48,
            height: 48,
          }),
          ...(picture.isTaught
            ? []
            : [
                make(
                  'button',
                  {
                    ...{ type: 'button', class: 'remove', 'aria-label': `Remove ${picture.name}` },
                    click: () => remove(picture),
                  },
                  '×',
                ),
              ]),
        ),
      ),
    );
    onChange();
  };

  /** @param {Picture} picture */
  function remove(picture) {
    URL.revokeObjectURL(picture.url);
    pictures = pictures.filter((other) => other !== picture);
    show();
  }

  function removeBox() {
    release();
    onRemove();
  }

  function release() {
    for (const { url } of pictures) URL.revokeObjectURL(url);
  }

  /** @param {Blob} blob @param {string} name */
  function addPicture(blob, name) {
    pictures.push({ blob, name, url: URL.createObjectURL(blob), isTaught: false });
    show();
  }

  /** @param {readonly File[]} added */
  async function addFiles(added) {
    /** @type {string[]} */
    const unreadable = [];
    for (const file of added) {
      const picture = await asPicture(file).catch(() => undefined);
      if (picture) addPicture(picture, file.name);
      else unreadable.push(file.name);
    }
    notice.textContent = whatWasTaken({ count: added.length, tooMany: [], unreadable });
    if (notice.textContent) announce(notice.textContent);
  }

  files.addEventListener('change', async () => {
    await addFiles([...(files.files ?? [])]);
    files.value = '';
  });
  takeDropped(element, drop, addFiles);
  element.addEventListener('input', onChange);

  return {
    element,
    addPicture,
    release,
    focus: () => name.focus(),
    /** @param {boolean} withTaught @returns {Example[]} */
    examples(withTaught) {
      const label = name.value.trim();
      return [
        ...pictures.filter(({ isTaught }) => withTaught || !isTaught).map(({ blob }) => ({ label, blob })),
        ...linesOf()
          .filter((text) => withTaught || !taughtTexts.has(text))
          .map((text) => ({ label, text })),
      ];
    },
    /** @param {boolean} isTaught */
    setTaught(isTaught) {
      for (const picture of pictures) picture.isTaught = isTaught;
      taughtTexts = new Set(isTaught ? linesOf() : []);
      name.readOnly = isTaught && (pictures.length > 0 || taughtTexts.size > 0);
      // The classifier keeps what it has learned.
      removeLabel.hidden = name.readOnly;
      show();
    },
  };
}
