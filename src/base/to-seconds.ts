/** Whole seconds, as OpenAI's objects have times. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
