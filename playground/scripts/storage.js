/**
 * What this browser keeps. Storage can be full, or denied: then nothing is kept, and nothing breaks.
 *
 * @param {'localStorage' | 'sessionStorage'} kind
 * @param {string} name
 * @returns {unknown} undefined if there is nothing that can be read
 */
export function kept(kind, name) {
  try {
    return JSON.parse(window[kind].getItem(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {'localStorage' | 'sessionStorage'} kind
 * @param {string} name
 * @param {unknown} value undefined removes it
 */
export function keep(kind, name, value) {
  try {
    if (value === undefined) window[kind].removeItem(name);
    else window[kind].setItem(name, JSON.stringify(value));
  } catch {
    // See above.
  }
}
