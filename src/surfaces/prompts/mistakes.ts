// Generated from prompts/*.md and hooks/*.md by `npm run compile`.
import type { Mistake } from './mistake.ts';

export const mistakes: readonly Mistake[] = [];
