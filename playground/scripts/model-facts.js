import { speedOf } from './speeds.js';

/** @typedef {import('./catalogue.js').Entry} Entry */

/** @type {readonly (readonly [part: keyof NonNullable<Entry['pricing']>, unit: string])[]} */
const UNITS = [
  ['input', 'per 1M input tokens'],
  ['output', 'per 1M output tokens'],
  ['picture', 'per image'],
  ['minute', 'per minute'],
  ['request', 'per request'],
];

/** Such as "1 USD per 1M input tokens, 4 USD per 1M output tokens". @param {Entry} entry */
export function priceOf({ pricing, task }) {
  if (!pricing) return '';
  return UNITS.flatMap(([part, unit]) => {
    const usd = pricing[part];
    // Speech is priced by its letters.
    const of = task === 'text-to-speech' && part === 'input' ? 'per 1M characters' : unit;
    return usd === undefined ? [] : [`${usd} USD ${of}`];
  }).join(', ');
}

/** Such as "131,072 tokens". @param {Entry} entry */
export function contextOf({ context_length }) {
  return context_length ? `${context_length.toLocaleString('en-US')} tokens` : '';
}

/** What it costs, how much it reads, and how fast it was: short, for a list. @param {Entry} entry */
export function factsOf(entry) {
  const { pricing } = entry;
  const price =
    pricing?.output === undefined ? priceOf(entry) : `${pricing.input ?? 0} / ${pricing.output} USD per 1M tokens`;
  return [contextOf(entry), price, speedOf(entry.resolves_to ?? entry.id)].filter(Boolean).join(' · ');
}
