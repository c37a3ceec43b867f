import { entryOf } from './catalogue.js';
import { make } from './dom.js';

const USUAL_SIDES = [64, 128, 256, 384, 512, 768, 1024, 1440];

/**
 * Offers the sizes that a model makes; the chosen one stays if it can.
 *
 * @param {HTMLSelectElement} size
 * @param {string} model
 */
export function offerSizes(size, model) {
  const sizes = entryOf(model)?.sizes;
  const chosen = size.value;
  if (!sizes) {
    // Of an unlisted model nothing is known.
    if (size.options.length === 0 || entryOf(model)) size.replaceChildren(make('option', { value: 'auto' }, 'auto'));
    return;
  }
  const sides = USUAL_SIDES.filter((side) => side >= sizes.min && side <= sizes.max && side % sizes.multiple_of === 0);
  const offered = [...new Set([...sides, sizes.default])].sort((a, b) => a - b).map((side) => `${side}x${side}`);
  size.replaceChildren(...offered.map((value) => make('option', { value }, value.replace('x', ' × '))));
  size.value = offered.includes(chosen) ? chosen : `${sizes.default}x${sizes.default}`;
}
