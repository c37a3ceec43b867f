import { make } from './dom.js';

/**
 * @typedef {object} Row an entry of GET /v1/usage: a count is null if it is unknown
 * @property {string} date
 * @property {string} [key] only for a key of the operator
 * @property {string} model
 * @property {number | null} requests
 * @property {number | null} failed_requests
 * @property {number | null} prompt_tokens
 * @property {number | null} completion_tokens
 * @property {number | null} images
 * @property {number | null} cache_hits
 * @property {number | null} cost_usd
 */

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 260;
const LEFT = 64;
const BOTTOM = 26;
const TOP = 10;
const RIGHT = 18;
/** More models than these are drawn as one. */
const MAX_COLORS = 5;

/**
 * Draws one bar per day, stacked by model, with a legend. Each bar says its day and values to screen readers
 * and on hover.
 *
 * @param {HTMLElement} place
 * @param {{ from: string, to: string, data: Row[] }} usage
 * @param {(row: Row) => number} of
 * @param {(value: number) => string} format
 */
export function drawUsage(place, { from, to, data }, of, format) {
  const days = daysBetween(from, to);
  const models = modelsOf(data, of);
  const stacks = days.map((day) => ({ day, values: models.map((model) => sumOf(data, day, model, models, of)) }));
  const top = niceTop(Math.max(...stacks.map(({ values }) => total(values))));
  const scale = (/** @type {number} */ value) => ((HEIGHT - TOP - BOTTOM) * value) / top;
  // As wide as its place, so that its text keeps its size on a phone.
  const width = Math.max(place.clientWidth, 280);
  const chart = draw('svg', {
    width,
    height: HEIGHT,
    role: 'img',
    'aria-label': `Usage from ${from} to ${to}`,
  });

  for (const share of [0, 0.5, 1]) {
    const y = HEIGHT - BOTTOM - scale(top * share);
    chart.append(
      draw('line', { x1: LEFT, x2: width - RIGHT, y1: y, y2: y, class: 'grid' }),
      draw('text', { x: LEFT - 8, y: y + 4, 'text-anchor': 'end' }, format(top * share)),
    );
  }
  const step = (width - LEFT - RIGHT) / days.length;
  const every = Math.ceil((days.length * 60) / width);
  stacks.forEach(({ day, values }, index) => {
    const x = LEFT + index * step;
    const parts = values.map((value, i) => `${models[i]} ${format(value)}`).filter((_, i) => values[i] !== 0);
    const bar = draw('g', {}, draw('title', {}, `${day}: ${parts.join(', ') || 'none'}`));
    let y = HEIGHT - BOTTOM;
    values.forEach((value, i) => {
      if (value === 0) return;
      y -= scale(value);
      const size = { x: x + step * 0.12, y, width: step * 0.76, height: scale(value) };
      bar.append(draw('rect', { ...size, class: `series-${i}` }));
    });
    // A tall area to hover over, also where the bar is low.
    bar.append(draw('rect', { x, y: TOP, width: step, height: HEIGHT - TOP - BOTTOM, class: 'hover' }));
    chart.append(bar);
    if ((days.length - 1 - index) % every === 0) {
      chart.append(draw('text', { x: x + step / 2, y: HEIGHT - 8, 'text-anchor': 'middle' }, day.slice(5)));
    }
  });
  const legend = models.map((model, i) => make('li', {}, make('i', { class: `series-${i}` }), model));
  place.replaceChildren(chart, make('ul', { class: 'usage-legend' }, ...legend));
}

/**
 * @param {string} from
 * @param {string} to
 */
function daysBetween(from, to) {
  const days = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  return days;
}

const OTHERS = 'others';

/**
 * @param {readonly Row[]} rows
 * @param {(row: Row) => number} of
 */
function modelsOf(rows, of) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const row of rows) sums.set(row.model, (sums.get(row.model) ?? 0) + of(row));
  const sorted = [...sums].sort((a, b) => b[1] - a[1]).map(([model]) => model);
  return sorted.length <= MAX_COLORS ? sorted : [...sorted.slice(0, MAX_COLORS - 1), OTHERS];
}

/**
 * @param {readonly Row[]} rows
 * @param {string} day
 * @param {string} model
 * @param {readonly string[]} models
 * @param {(row: Row) => number} of
 */
function sumOf(rows, day, model, models, of) {
  const isOf = (/** @type {string} */ name) => (model === OTHERS ? !models.includes(name) : name === model);
  return total(rows.filter((row) => row.date === day && isOf(row.model)).map(of));
}

/** @param {readonly number[]} values */
function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The next of 1, 2, 5, 10, ... @param {number} value */
function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return /** @type {number} */ ([1, 2, 5, 10].find((factor) => factor * power >= value)) * power;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
