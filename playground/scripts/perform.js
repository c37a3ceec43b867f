import { clearFailure, showFailure } from './failure-view.js';
import { startWaiting } from './waiting.js';

/**
 * Does something that can fail or take long, and shows both.
 *
 * @param {HTMLElement} failure the place for errors; the sign of waiting is above it
 * @param {string} what it does, such as "Loading"
 * @param {() => Promise<unknown>} action
 */
export async function perform(failure, what, action) {
  clearFailure(failure);
  const endWaiting = startWaiting(failure, what);
  try {
    await action();
  } catch (error) {
    showFailure(failure, error);
  } finally {
    endWaiting();
  }
}
