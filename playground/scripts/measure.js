import { send } from './api.js';
import { make } from './dom.js';
import { milliseconds } from './readings.js';
import { startWaiting } from './waiting.js';

/**
 * The smallest request of each task that measures latency. Embeddings bypass the cache.
 *
 * @type {Record<string, (model: string, smallest: number) => { path: string, body: object, headers?:
 * Record<string, string> }>}
 */
const PROBES = {
  'text-generation': (model) => ({
    path: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1 },
  }),
  embedding: (model) => ({
    path: '/v1/embeddings',
    body: { model, input: 'hello' },
    headers: { 'cache-control': 'no-cache' },
  }),
  'text-to-image': (model, smallest) => ({
    path: '/v1/images/generations',
    body: { model, prompt: 'a red circle', seed: 0, size: `${smallest}x${smallest}` },
    headers: { accept: 'image/*' },
  }),
};

/**
 * A button that sends the smallest request to a model, and what it took.
 *
 * @param {import('./catalogue.js').Entry} entry
 * @returns {HTMLElement[]} nothing if the model cannot be measured
 */
export function measureButton({ id, task = '', available, sizes }) {
  const probe = PROBES[task];
  if (!available || !probe) return [];
  const result = make('output');
  const measure = async () => {
    button.disabled = true;
    result.replaceChildren();
    const endWaiting = startWaiting(result, 'Measuring');
    try {
      result.textContent = await took(probe(id, sizes?.min ?? 256));
    } catch (error) {
      result.textContent = error instanceof Error ? error.message : 'failed';
    }
    endWaiting();
    button.disabled = false;
    // It lost the focus when it was disabled.
    if (document.activeElement === document.body) button.focus();
  };
  const attributes = { type: 'button', class: 'plain', 'aria-label': `Measure ${id}`, click: measure };
  const button = make('button', attributes, 'Measure');
  return [button, result];
}

/** @param {{ path: string, body: object, headers?: Record<string, string> }} request */
async function took({ path, body, headers = {} }) {
  const started = performance.now();
  const { response, report } = await send(path, { body, headers });
  await response.arrayBuffer();
  const upstream = report.stages.find(({ name }) => name === 'upstream')?.ms;
  const host = upstream === undefined ? '' : `, host ${milliseconds(upstream)}`;
  return `${milliseconds(performance.now() - started)}${host}`;
}
