import { keep, kept } from './storage.js';
import { DRAWN_KINDS, draw } from './teach-drawings.js';

/** @typedef {ReturnType<typeof import('./teach-boxes.js').exampleBoxes>} Boxes */

const DRAWINGS_OF_EACH = 12;
const SENTENCES = {
  praise: ['I love this lamp', 'works perfectly, thank you', 'the best purchase of the year'],
  complaint: ['it broke after a day', 'I want my money back', 'the screen is scratched'],
};

/** Replaces what is in the boxes by drawings. @param {Boxes} boxes */
export async function addDrawings(boxes) {
  boxes.clear();
  for (const kind of DRAWN_KINDS) {
    const box = boxes.add(kind);
    const drawn = await Promise.all(Array.from({ length: DRAWINGS_OF_EACH }, (_, i) => draw(kind, i)));
    for (const [i, drawing] of drawn.entries()) box.addPicture(drawing, `${kind} ${i + 1}`);
  }
}

/** Replaces what is in the boxes by sentences. @param {Boxes} boxes */
export function addSentences(boxes) {
  boxes.clear();
  for (const [label, texts] of Object.entries(SENTENCES)) boxes.add(label, texts);
}

const DRAFT = 'draft-teach';

/** Keeps labels and texts over a reload; pictures are not kept. @param {readonly import('./teach-boxes.js').Example[]} examples */
export function keepExamples(examples) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const { label, text } of examples) {
    if (text !== undefined) texts.set(label, [...(texts.get(label) ?? []), text]);
  }
  keep('sessionStorage', DRAFT, texts.size > 0 ? [...texts] : undefined);
}

/** @param {Boxes} boxes */
export function restoreExamples(boxes) {
  const draft = kept('sessionStorage', DRAFT);
  if (!Array.isArray(draft)) return;
  boxes.clear();
  for (const [label, texts] of draft) boxes.add(label, texts);
}
