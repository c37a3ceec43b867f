/**
 * Drawings of kinds that the tiny CLIP was not trained on, each a little different. They are the same on each
 * visit, so the cache knows their vectors.
 */

const SIDE = 128;
const COLORS = ['#c0392b', '#2471a3', '#1e8449', '#7d3c98', '#d35400', '#111'];

const GROUNDS = ['#fff', '#f4f1e8', '#e8f0f7', '#eef5e9', '#f7e9ee'];

/** @typedef {() => number} Random from 0 to 1 */

/** mulberry32 @param {number} seed @returns {Random} */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {Random} random @param {number} least @param {number} most */
const between = (random, least, most) => least + random() * (most - least);

/** @typedef {readonly (readonly [x: number, y: number])[]} Line in a square from -1 to 1 */

/** @type {Readonly<Record<string, (random: Random) => Line[]>>} */
const SHAPES = {
  spiral(random) {
    const turns = between(random, 2, 3.2);
    const points = Array.from({ length: 80 }, (_, i) => {
      const angle = (i * turns * 2 * Math.PI) / 79;
      return /** @type {const} */ ([(i / 79) * Math.cos(angle), (i / 79) * Math.sin(angle)]);
    });
    return [points];
  },
  zigzag(random) {
    const corners = Math.round(between(random, 4, 7));
    const height = between(random, 0.25, 0.5);
    return [Array.from({ length: corners + 1 }, (_, i) => [(2 * i) / corners - 1, i % 2 ? height : -height])];
  },
  ladder(random) {
    const rungs = Math.round(between(random, 3, 6));
    const half = between(random, 0.3, 0.45);
    const steps = Array.from({ length: rungs }, (_, i) => ((i + 0.5) / rungs) * 2 - 1);
    return [
      ...[-half, half].map(
        (x) =>
          /** @type {Line} */ ([
            [x, -1],
            [x, 1],
          ]),
      ),
      ...steps.map(
        (y) =>
          /** @type {Line} */ ([
            [-half, y],
            [half, y],
          ]),
      ),
    ];
  },
};

export const DRAWN_KINDS = Object.keys(SHAPES);

/**
 * @param {string} kind
 * @param {number} number another one is another drawing
 * @returns {Promise<Blob>} a PNG
 */
export async function draw(kind, number) {
  const random = randomFrom(100 * DRAWN_KINDS.indexOf(kind) + number);
  const oneOf = (/** @type {readonly string[]} */ values) => values[Math.floor(random() * values.length)] ?? '#111';
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw.');
  context.fillStyle = oneOf(GROUNDS);
  context.fillRect(0, 0, SIDE, SIDE);
  const size = between(random, 28, 46);
  const room = SIDE / 2 - size;
  context.translate(SIDE / 2 + between(random, -room, room), SIDE / 2 + between(random, -room, room));
  context.rotate(between(random, -0.4, 0.4));
  context.scale(size, size);
  context.lineWidth = between(random, 0.09, 0.17);
  context.lineJoin = context.lineCap = 'round';
  context.strokeStyle = oneOf(COLORS);
  for (const line of SHAPES[kind]?.(random) ?? []) {
    context.beginPath();
    for (const [x, y] of line) context.lineTo(x, y);
    context.stroke();
  }
  return canvas.convertToBlob({ type: 'image/png' });
}
