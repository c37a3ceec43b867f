import { announce } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { startWaiting } from './waiting.js';

/**
 * Runs one request at a time: a second one, or the button Stop, ends the first. Shows that it takes long, and
 * why it failed.
 *
 * @param {{ failure: HTMLElement, stop?: HTMLButtonElement }} places
 */
export function cancellable({ failure, stop }) {
  /** @type {AbortController | undefined} */
  let running;
  stop?.addEventListener('click', () => running?.abort());
  return {
    /**
     * @param {string} what it does
     * @param {(signal: AbortSignal) => Promise<void>} action
     */
    async run(what, action) {
      running?.abort();
      const controller = new AbortController();
      running = controller;
      clearFailure(failure);
      if (stop) stop.disabled = false;
      const endWaiting = startWaiting(failure, what);
      try {
        await action(controller.signal);
      } catch (error) {
        if (controller.signal.aborted) announce('Stopped.');
        showFailure(failure, error);
      } finally {
        endWaiting();
        if (running === controller) {
          running = undefined;
          if (stop) stop.disabled = true;
        }
      }
    },
  };
}
