/** A little more than a line: readers at the end are rarely there to the pixel. */
const NEAR_END_PX = 48;
/** How long after it has grown the page may still change: its last text is drawn anew, a time comes below. */
const SETTLE_MS = 2000;
/** How long after an input the page may still scroll because of it. */
const INPUT_MS = 1000;
const INPUTS = /** @type {const} */ (['wheel', 'touchmove', 'keydown', 'pointerdown']);

/**
 * Keeps the end of what grows in sight, in the element if it scrolls and in the window, until the reader
 * scrolls up. At the end it goes on.
 *
 * @param {HTMLElement} element
 */
export function follow(element) {
  const root = document.documentElement;
  let isFollowing = true;
  let inputAt = Number.NEGATIVE_INFINITY;
  let grownAt = Number.NEGATIVE_INFINITY;
  const stateOf = (/** @type {HTMLElement} */ { scrollTop, scrollHeight }) => ({ scrollTop, scrollHeight });
  const last = new Map([element, root].map((scroller) => [scroller, stateOf(scroller)]));
  /** How far the end is below what is seen of each. */
  const hiddenIn = (/** @type {HTMLElement} */ scroller) =>
    scroller === element
      ? element.scrollHeight - element.clientHeight - element.scrollTop
      : element.getBoundingClientRect().bottom - innerHeight;

  const onScroll = (/** @type {HTMLElement} */ scroller) => {
    const before = last.get(scroller) ?? stateOf(scroller);
    const now = stateOf(scroller);
    last.set(scroller, now);
    if (now.scrollTop < before.scrollTop - 1) {
      // The page itself scrolls up when what is above gets smaller.
      const isReader = performance.now() - inputAt < INPUT_MS || now.scrollHeight === before.scrollHeight;
      if (isReader) isFollowing = false;
    } else if (hiddenIn(element) < NEAR_END_PX && hiddenIn(root) < NEAR_END_PX) isFollowing = true;
  };
  element.addEventListener('scroll', () => onScroll(element), { passive: true });
  window.addEventListener('scroll', () => onScroll(root), { passive: true });
  const onInput = () => {
    inputAt = performance.now();
  };
  for (const input of INPUTS) window.addEventListener(input, onInput, { passive: true });

  const showEnd = () => {
    if (!isFollowing) return;
    for (const scroller of last.keys()) {
      const distance = hiddenIn(scroller);
      // What has become shorter can leave its end above the window: its last text is drawn anew as a whole.
      const isAbove = scroller === root && element.getBoundingClientRect().bottom < NEAR_END_PX;
      if (distance > 0 || isAbove) scroller.scrollBy({ top: distance, behavior: 'instant' });
    }
  };
  new ResizeObserver(() => {
    if (performance.now() - grownAt < SETTLE_MS) showEnd();
  }).observe(document.body);

  return {
    /** Begins anew: the reader has asked for something. */
    start() {
      isFollowing = true;
      inputAt = Number.NEGATIVE_INFINITY;
      for (const scroller of last.keys()) last.set(scroller, stateOf(scroller));
    },
    /** Call it when the element has grown. */
    grown() {
      grownAt = performance.now();
      showEnd();
    },
  };
}
