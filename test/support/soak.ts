import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether this is `npm run soak`. */
    soak: boolean;
  }
}

export const isSoak = inject('soak');

/**
 * How often something random is tried: often enough in `npm test` to find what is broken, more often in `npm
 * run soak`.
 */
export const times = (few: number, many: number) => (isSoak ? many : few);
