/**
 * The pictures and texts of ../fixtures/reference.json. To compute it anew, from this folder:
 *
 *     node inputs.ts FOLDER && python reference.py FOLDER
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkerboard,
  icon,
  type Pixels,
  photo,
  pipeline,
  stripes,
  textPage,
  zonePlate,
} from '../../../test/pictures/drawings.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/pictures');

const DRAWINGS: Record<string, () => Pixels> = {
  'photo-3x2': () => photo(600, 400),
  'photo-2x3': () => photo(333, 500, 2),
  'photo-square': () => photo(256, 256, 3),
  'photo-64': () => photo(64, 64, 4),
  'photo-63x65': () => photo(63, 65, 5),
  'photo-small': () => photo(20, 31, 6),
  'photo-wide': () => photo(900, 90, 7),
  'photo-tall': () => photo(40, 700, 8),
  'photo-224': () => photo(224, 224, 9),
  'photo-large': () => photo(900, 601, 10),
  'zone-plate-300': () => zonePlate(300),
  'zone-plate-65': () => zonePlate(65),
  'checkerboard-301': () => checkerboard(301, 301),
  'checkerboard-200x100': () => checkerboard(200, 100, 3),
  'checkerboard-2x2': () => checkerboard(2, 2),
  'page-a4': () => textPage(496, 702),
  'page-small': () => textPage(200, 283, 1),
  'page-wide': () => textPage(640, 200, 3),
  'stripes-240x160': () => stripes(240, 160),
  'stripes-97x389': () => stripes(97, 389),
  'one-pixel': () => photo(1, 1),
  'disc-on-yellow': () => icon('disc', 100, { ink: [210, 30, 30], ground: [250, 220, 60] }),
  'ring-on-nothing': () => icon('ring', 128, { ink: [30, 60, 200], hidden: [255, 0, 255] }),
  'moon-on-nothing': () => icon('moon', 61),
};

const FILES = ['cat.png', 'cat.jpg', 'cat.webp', 'cat.gif', 'dog.png', 'house.png', 'blue-circle.png', 'boat.png'];
const MORE = ['yellow-star.png', 'mushroom.png', 'rocket.png', 'purple-heart.png', 'umbrella.png'];

/**
 * 37 encoded pictures by name. PNG, so that they do not depend on an encoder; the others are files of the
 * repository.
 */
export async function referencePictures(): Promise<Record<string, Buffer>> {
  const files = [...FILES, ...MORE].map((name) => [name, readFileSync(join(FIXTURES, name))] as const);
  const drawings = await Promise.all(
    Object.entries(DRAWINGS).map(
      async ([name, draw]) => [`${name}.png`, await pipeline(draw()).png().toBuffer()] as const,
    ),
  );
  return Object.fromEntries([...drawings, ...files]);
}

const THINGS = ['circle', 'square', 'cat', 'dog', 'house', 'tree', 'fish', 'umbrella', 'snowman', 'rocket'];
const COLORS = ['red', 'blue', 'green', 'yellow', 'black', 'white', 'purple', 'orange'];

const ODD = [
  'café',
  'naïve façade, crème brûlée',
  'Ünïcödé ÀÉÎÕÜ ß ﬁ',
  'E\u0301cole, decomposed',
  '“curly” quotes and ‘single’ ones',
  'it’s a dog’s house',
  "it's a dog's house",
  '"straight" quotes',
  '猫と犬',
  'кошка и собака',
  'γάτα και σκύλος',
  'ขนมแมว',
  'हिन्दी बिल्ली',
  'emoji 🐱 and 👩‍👩‍👧 family',
  '½ of 3² is Ⅷ',
  'snake_case and kebab-case',
  'a\tb\nc   d',
  '  leading and trailing  ',
  '\u00a0no-break\u00a0space\u3000ideographic',
  'zero\u200bwidth\u200djoiner',
  '!!! ??? ... --- ***',
  '(a) [b] {c} <d>',
  'a@b.example, https://example.com/?q=cat&n=1',
  '<|startoftext|> and <|endoftext|> in a text',
  '3.14159 and 1,000,000',
  'ALL CAPITALS',
  'İstanbul ıstanbul',
  'Straße STRASSE',
  'x',
  '.',
  'a '.repeat(40).trim(),
  'a small red house left of a large blue tree '.repeat(6).trim(),
  'supercalifragilisticexpialidocious'.repeat(5),
  'word'.repeat(100),
  `${'a photo of a cat, '.repeat(4)}end`,
  'control\u0001character',
];

/** 216 texts: captions as in training, other wordings, and what a tokenizer can split in several ways. */
export const REFERENCE_TEXTS: string[] = [
  ...THINGS.flatMap((thing) => COLORS.map((color) => `a ${color} ${thing}`)),
  ...THINGS.flatMap((thing) =>
    COLORS.map((color, i) => `A photo of ${i + 2} ${color.toUpperCase()} ${thing}s, side by side.`),
  ),
  ...THINGS.map((thing) => `a small ${thing} above a large tree`),
  ...THINGS.map((thing) => thing),
  ...ODD,
];

if (import.meta.main) {
  const folder = process.argv[2] as string;
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of Object.entries(await referencePictures())) writeFileSync(join(folder, name), file);
  writeFileSync(join(folder, 'texts.json'), JSON.stringify(REFERENCE_TEXTS));
}
