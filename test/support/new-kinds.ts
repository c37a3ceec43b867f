import sharp from 'sharp';

/**
 * Drawings of kinds that the tiny CLIP was not trained on (inference/training/world has those that it was).
 * Each varies in color, line width, size, place, rotation and background.
 */

const SIDE = 128;

const line = (points: readonly (readonly [number, number])[], close = '') =>
  `<path d="M${points.map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`).join('L')}${close}" fill="none"/>`;
const circle = (x: number, y: number, r: number) => `<circle cx="${x}" cy="${y}" r="${r}" fill="none"/>`;

type Random = () => number;
const between = (random: Random, least: number, most: number) => least + random() * (most - least);

/** Each draws in a square from -1 to 1. */
const SHAPES: Readonly<Record<string, (random: Random) => string>> = {
  spiral(random) {
    const turns = between(random, 2, 3.2);
    const direction = random() < 0.5 ? 1 : -1;
    return line(
      Array.from({ length: 80 }, (_, i) => {
        const angle = (direction * i * turns * 2 * Math.PI) / 79;
        return [(i / 79) * Math.cos(angle), (i / 79) * Math.sin(angle)] as const;
      }),
    );
  },
  zigzag(random) {
    const corners = Math.round(between(random, 4, 7));
    const height = between(random, 0.25, 0.5);
    return line(
      Array.from({ length: corners + 1 }, (_, i) => [(2 * i) / corners - 1, i % 2 ? height : -height] as const),
    );
  },
  ladder(random) {
    const rungs = Math.round(between(random, 3, 6));
    const half = between(random, 0.3, 0.45);
    const rails = [-half, half].map((x) =>
      line([
        [x, -1],
        [x, 1],
      ]),
    );
    const steps = Array.from({ length: rungs }, (_, i) => {
      const y = ((i + 0.5) / rungs) * 2 - 1;
      return line([
        [-half, y],
        [half, y],
      ]);
    });
    return [...rails, ...steps].join('');
  },
  key(random) {
    const bow = between(random, 0.3, 0.42);
    const tooth = between(random, 0.25, 0.4);
    return (
      circle(bow - 1, 0, bow) +
      line([
        [2 * bow - 1, 0],
        [1, 0],
        [1, tooth],
      ]) +
      line([
        [0.7, 0],
        [0.7, tooth],
      ])
    );
  },
  glasses(random) {
    const lens = between(random, 0.32, 0.42);
    return (
      circle(-0.55, 0, lens) +
      circle(0.55, 0, lens) +
      line([
        [lens - 0.55, 0],
        [0.55 - lens, 0],
      ])
    );
  },
  hourglass(random) {
    const half = between(random, 0.5, 0.8);
    return line(
      [
        [-half, -1],
        [half, -1],
        [-half, 1],
        [half, 1],
      ],
      'Z',
    );
  },
  comb(random) {
    const teeth = Math.round(between(random, 5, 8));
    const length = between(random, 0.6, 0.9);
    const tines = Array.from({ length: teeth }, (_, i) => {
      const x = (2 * i) / (teeth - 1) - 1;
      return line([
        [x, -0.4],
        [x, length - 0.4],
      ]);
    });
    return (
      line([
        [-1, -0.4],
        [1, -0.4],
      ]) + tines.join('')
    );
  },
  anchor(random) {
    const reach = between(random, 0.6, 0.85);
    const arc = Array.from({ length: 20 }, (_, i) => {
      const angle = (i / 19) * Math.PI;
      return [reach * Math.cos(angle), 0.3 + 0.6 * Math.sin(angle)] as const;
    });
    return (
      circle(0, -0.8, 0.2) +
      line([
        [0, -0.6],
        [0, 0.9],
      ]) +
      line([
        [-0.4, -0.3],
        [0.4, -0.3],
      ]) +
      line(arc)
    );
  },
};

export const NEW_KINDS = Object.keys(SHAPES);

const COLORS = ['#c0392b', '#2471a3', '#1e8449', '#7d3c98', '#d35400', '#2c3e50', '#111111', '#b7950b'];
const GROUNDS = ['#ffffff', '#f4f1e8', '#e8f0f7', '#eef5e9', '#f7e9ee'];
const oneOf = (random: Random, values: readonly string[]) => values[Math.floor(random() * values.length)];

/** @returns a PNG */
export function drawNewKind(kind: string, random: Random): Promise<Buffer> {
  const size = between(random, 26, 46);
  const room = SIDE / 2 - size;
  const [x, y] = [SIDE / 2 + between(random, -room, room), SIDE / 2 + between(random, -room, room)];
  const turn = between(random, -25, 25);
  const width = between(random, 0.09, 0.17);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
    <rect width="100%" height="100%" fill="${oneOf(random, GROUNDS)}"/>
    <g transform="translate(${x} ${y}) rotate(${turn}) scale(${size})" stroke="${oneOf(random, COLORS)}"
      stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round">${SHAPES[kind]?.(random)}</g></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
}
