import { announce } from './dom.js';
import { perform } from './perform.js';

/**
 * Runs one request at a time: a second one, or the button Stop, ends the first.
 *
 * @param {{ failure: HTMLElement, stop?: HTMLButtonElement }} places
 */
export function cancellable({ failure, stop }) {
  /** @type {AbortController | undefined} */
  let running;
  stop?.addEventListener('click', () => running?.abort());
  return {
    stop: () => running?.abort(),
    /**
     * @param {string} what it does
     * @param {(signal: AbortSignal) => Promise<void>} action
     */
    async run(what, action) {
      running?.abort();
      const controller = new AbortController();
      running = controller;
      if (stop) stop.disabled = false;
      await perform(failure, what, async () => {
        try {
          await action(controller.signal);
        } catch (error) {
          if (controller.signal.aborted) announce('Stopped.');
          throw error;
        }
      });
      if (running !== controller) return;
      running = undefined;
      if (stop) stop.disabled = true;
    },
  };
}
