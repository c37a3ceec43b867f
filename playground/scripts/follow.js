/** A little more than a line: readers at the end are rarely there to the pixel. */
const NEAR_END_PX = 48;

/**
 * Keeps the end of what grows in sight, in the element if it scrolls and else in the window, until the reader
 * scrolls up. At the end it goes on.
 *
 * @param {HTMLElement} element
 */
export function follow(element) {
  let isFollowing = true;
  let lastTop = 0;
  const target = () =>
    element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY !== 'visible'
      ? element
      : document.documentElement;
  /** How far the end is below what is seen. */
  const hidden = () =>
    target() === element
      ? element.scrollHeight - element.clientHeight - element.scrollTop
      : element.getBoundingClientRect().bottom - innerHeight;

  const onScroll = () => {
    const { scrollTop } = target();
    if (scrollTop < lastTop - 1) isFollowing = false;
    else if (hidden() < NEAR_END_PX) isFollowing = true;
    lastTop = scrollTop;
  };
  element.addEventListener('scroll', onScroll, { passive: true });
  window.addEventListener('scroll', onScroll, { passive: true });

  return {
    /** Begins anew: the reader has asked for something. */
    start() {
      isFollowing = true;
      lastTop = target().scrollTop;
    },
    /** Call it when the element has grown. */
    grown() {
      const distance = hidden();
      if (isFollowing && distance > 0) target().scrollBy({ top: distance, behavior: 'instant' });
    },
  };
}
