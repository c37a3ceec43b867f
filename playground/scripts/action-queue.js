import { perform } from './perform.js';

/**
 * Runs actions one after the other, in the order in which they were asked for.
 *
 * @param {HTMLElement} section is marked as busy meanwhile
 * @param {HTMLElement} failure
 * @returns {(action: () => Promise<unknown>, what?: string) => Promise<void>}
 */
export function actionQueue(section, failure) {
  let waiting = 0;
  let last = Promise.resolve();
  return (action, what = 'Loading') => {
    waiting++;
    section.setAttribute('aria-busy', 'true');
    const done = last.then(async () => {
      try {
        await perform(failure, what, action);
      } finally {
        if (--waiting === 0) section.removeAttribute('aria-busy');
      }
    });
    // A bug in one action must not stop those after it.
    last = done.catch(() => {});
    return done;
  };
}
