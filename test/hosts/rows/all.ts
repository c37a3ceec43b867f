import type { HostRow } from '../row.ts';
import { failures } from './failures.ts';

/** The table. */
export const rows: readonly HostRow[] = [...failures];
