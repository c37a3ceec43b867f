import type { HostRow } from '../row.ts';
import { contents } from './content.ts';
import { events } from './events.ts';
import { failures } from './failures.ts';
import { statuses } from './statuses.ts';

/** The table. */
export const rows: readonly HostRow[] = [...failures, ...statuses, ...contents, ...events];
