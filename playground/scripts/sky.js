/**
 * The stars of Orion: right ascension in hours, declination in degrees and magnitude (J2000, from the Bright
 * Star Catalogue). The chart shows Orion lying on his side, as he rises.
 *
 * @type {Record<string, readonly [number, number, number]>}
 */
const STARS = {
  betelgeuse: [5.919, 7.41, 0.5],
  rigel: [5.242, -8.2, 0.1],
  bellatrix: [5.418, 6.35, 1.6],
  mintaka: [5.533, -0.3, 2.2],
  alnilam: [5.604, -1.2, 1.7],
  alnitak: [5.679, -1.94, 1.8],
  saiph: [5.796, -9.67, 2.1],
  meissa: [5.585, 9.93, 3.4],
  hatysa: [5.59, -5.91, 2.8],
  eta: [5.408, -2.4, 3.4],
  pi1: [4.915, 10.15, 4.6],
  pi2: [4.844, 8.9, 4.4],
  pi3: [4.83, 6.96, 3.2],
  pi4: [4.853, 5.61, 3.7],
  pi5: [4.904, 2.44, 3.7],
  pi6: [4.976, 1.71, 4.5],
  mu: [6.04, 9.65, 4.1],
  nu: [6.126, 14.77, 4.4],
  xi: [6.199, 14.21, 4.5],
  chi1: [5.906, 20.28, 4.4],
  chi2: [6.065, 20.14, 4.6],
};

const LINES = [
  ['chi1', 'nu', 'mu', 'betelgeuse', 'meissa', 'bellatrix', 'betelgeuse', 'alnitak', 'saiph', 'rigel', 'mintaka'],
  ['chi2', 'xi', 'mu'],
  ['alnitak', 'alnilam', 'mintaka', 'bellatrix', 'pi3'],
  ['alnilam', 'hatysa'],
  ['pi1', 'pi2', 'pi3', 'pi4', 'pi5', 'pi6'],
];

const CENTER = { hours: 5.53, degrees: 4.5 };
const PIXELS_PER_DEGREE = 13;
/** Tilt of Orion as he rises, seen from northern middle latitudes. */
const LEAN = (-52 * Math.PI) / 180;
const SIZE = { width: 480, height: 380 };

/**
 * East is left, as in the sky.
 *
 * @param {number} hours
 * @param {number} degrees
 * @returns {[number, number]}
 */
function project(hours, degrees) {
  const x = (CENTER.hours - hours) * 15 * Math.cos((degrees * Math.PI) / 180);
  const y = CENTER.degrees - degrees;
  return [
    SIZE.width / 2 + (x * Math.cos(LEAN) - y * Math.sin(LEAN)) * PIXELS_PER_DEGREE,
    SIZE.height / 2 + (x * Math.sin(LEAN) + y * Math.cos(LEAN)) * PIXELS_PER_DEGREE,
  ];
}

/**
 * Draws the chart into the header. It is decoration: hidden from screen readers, static with reduced motion.
 */
export function drawSky(/** @type {HTMLElement} */ place) {
  const svg = svgElement('svg', { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, 'aria-hidden': 'true' });
  for (let degrees = -30; degrees <= 40; degrees += 10) {
    svg.append(
      svgElement('path', { class: 'grid', d: curve(range(2.5, 8.5, 0.25).map((hours) => project(hours, degrees))) }),
    );
  }
  for (let hours = 3; hours <= 8; hours += 1) {
    svg.append(
      svgElement('path', { class: 'grid', d: curve(range(-35, 45, 5).map((degrees) => project(hours, degrees))) }),
    );
  }
  for (const names of LINES) {
    svg.append(svgElement('path', { class: 'figure', d: curve(names.map(placeOf)) }));
  }
  Object.entries(STARS).forEach(([name, [, , magnitude]], i) => {
    const [cx, cy] = placeOf(name);
    const star = svgElement('circle', { class: `star ${name}`, cx, cy, r: Math.max(1, 4.4 - magnitude * 0.8) });
    star.style.setProperty('--phase', `${-(i * 1.7) % 7}s`);
    svg.append(star);
  });
  const [x, y] = placeOf('betelgeuse');
  svg.append(
    svgElement('circle', { class: 'halo', cx: x, cy: y, r: 13 }),
    svgElement('circle', { class: 'halo', cx: x, cy: y, r: 22 }),
  );
  place.append(svg);
}

/** @param {string} name */
function placeOf(name) {
  const [hours, degrees] = STARS[name] ?? [0, 0];
  return project(hours, degrees);
}

/** @param {[number, number][]} points */
function curve(points) {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
function range(from, to, step) {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function svgElement(tag, attributes) {
  const element = /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag));
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, typeof value === 'number' ? value.toFixed(1) : value);
  }
  return element;
}
