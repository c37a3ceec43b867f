/** The longest time for which an answer is cached: a day. */
export const MAX_CACHE_SECONDS = 86_400;
