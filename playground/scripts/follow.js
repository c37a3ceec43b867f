/** A little more than a line: readers at the end are rarely there to the pixel. */
const NEAR_END_PX = 48;

/**
 * Keeps the end of what grows in sight, in the element if it scrolls and in the window, until the reader
 * scrolls up. At the end it goes on.
 *
 * @param {HTMLElement} element
 */
export function follow(element) {
  const root = document.documentElement;
  let isFollowing = true;
  const last = new Map([
    [element, 0],
    [root, 0],
  ]);
  /** How far the end is below what is seen of each. */
  const hiddenIn = (/** @type {HTMLElement} */ scroller) =>
    scroller === element
      ? element.scrollHeight - element.clientHeight - element.scrollTop
      : element.getBoundingClientRect().bottom - innerHeight;

  const onScroll = (/** @type {HTMLElement} */ scroller) => {
    const { scrollTop } = scroller;
    if (scrollTop < (last.get(scroller) ?? 0) - 1) isFollowing = false;
    else if (hiddenIn(element) < NEAR_END_PX && hiddenIn(root) < NEAR_END_PX) isFollowing = true;
    last.set(scroller, scrollTop);
  };
  element.addEventListener('scroll', () => onScroll(element), { passive: true });
  window.addEventListener('scroll', () => onScroll(root), { passive: true });

  return {
    /** Begins anew: the reader has asked for something. */
    start() {
      isFollowing = true;
      for (const scroller of last.keys()) last.set(scroller, scroller.scrollTop);
    },
    /** Call it when the element has grown. */
    grown() {
      if (!isFollowing) return;
      for (const scroller of last.keys()) {
        const distance = hiddenIn(scroller);
        if (distance > 0) scroller.scrollBy({ top: distance, behavior: 'instant' });
      }
    },
  };
}
