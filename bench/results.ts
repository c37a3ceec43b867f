import type { Figures } from './figures.ts';
import type { Gateway } from './gateways.ts';
import type { Plan } from './plan.ts';

/** What a benchmark measured, and how. */
export interface Results {
  readonly figures: Figures;
  readonly gateways: readonly Gateway[];
  readonly plan: Plan;
  readonly runs: number;
}
