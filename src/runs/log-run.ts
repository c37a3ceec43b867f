import { logRequest } from '../call/log.ts';
import type { Reported } from '../call/report.ts';
import type { RunRecord } from './run-record.ts';

/** Writes the line of a run to the log, beside that of the request that started it. */
export function logRun(record: RunRecord, { outcome, report }: Reported): void {
  const { requestId, caller, route, answer, startedAt = record.createdAt, endedAt = startedAt } = record;
  logRequest({
    method: 'RUN',
    route,
    requestId,
    caller: caller.id,
    status: answer?.status ?? 500,
    outcome,
    report,
    milliseconds: endedAt - startedAt,
  });
}
