import { ApiFailure, send } from './api.js';
import { streamEvents } from './events.js';

/**
 * Streams that the Worker records as runs, so that they survive a lost connection and a reload of the page.
 */

/**
 * @typedef {object} KeptRun what this tab keeps of a stream: neither the key nor the prompt
 * @property {string} id
 * @property {number} event the number of the last event that was received
 * @property {boolean} isRaw whether the answer continues raw text
 */

const STORAGE_KEY = 'cedalion-run';
const MAX_LOST_CONNECTIONS = 3;
const WAIT_MS = 1000;

/** The header that asks for a recorded stream. */
export const RESUMABLE = { 'x-cedalion-resume': 'true' };

/** @returns {KeptRun | undefined} the stream that was not complete when the page was left */
export function keptRun() {
  const kept = sessionStorage.getItem(STORAGE_KEY);
  return kept === null ? undefined : JSON.parse(kept);
}

export function forgetRun() {
  sessionStorage.removeItem(STORAGE_KEY);
}

/** The path of a run's events. @param {string} id @param {number} [after] 0 for the whole stream */
export function eventsPath(id, after = 0) {
  return `/v1/runs/${id}/events?starting_after=${after}`;
}

/** Closes the request to the host. A run that has ended stays as it is. @param {string} id */
export function cancelRun(id) {
  return send(`/v1/runs/${id}/cancel`, { method: 'POST' });
}

/** Whether a stream can be read later despite this error. @param {unknown} error */
export function canContinue(error) {
  return error instanceof ApiFailure && (['stream_cut', 'unreachable'].includes(error.code) || error.status === 401);
}

/**
 * Yields the events of a recorded stream, and keeps where it is. After a lost connection the stream continues
 * after the last event that was received.
 *
 * @param {{ id: string, isRaw: boolean }} run
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<any>}
 */
export async function* recordedEvents({ id, isRaw }, body, signal) {
  const keep = (/** @type {number} */ event) =>
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ id, event, isRaw }));
  let last = 0;
  /** @type {ReadableStream<Uint8Array<ArrayBuffer>> | null} */
  let open = body;
  keep(last);
  for (let lost = 0; ; ) {
    try {
      open ??= (await send(eventsPath(id, last), { signal })).response.body;
      // Status 204: no events are left.
      if (!open) return;
      const onId = (/** @type {string} */ eventId) => {
        last = Number(eventId.split(':')[1]);
        keep(last);
      };
      for await (const event of streamEvents(open, onId)) yield event;
      return;
    } catch (error) {
      if (signal.aborted || !canContinue(error) || ++lost > MAX_LOST_CONNECTIONS) throw error;
      open = null;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}
