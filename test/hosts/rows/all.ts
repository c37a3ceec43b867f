import type { HostRow } from '../row.ts';
import { calledTools } from './calls.ts';
import { contents } from './content.ts';
import { events } from './events.ts';
import { failures } from './failures.ts';
import { rejections } from './rejections.ts';
import { silences } from './silence.ts';
import { statuses } from './statuses.ts';

/** The table. What takes longest begins first. */
export const rows: readonly HostRow[] = [
  ...silences,
  ...failures,
  ...statuses,
  ...contents,
  ...events,
  ...calledTools,
  ...rejections,
];
