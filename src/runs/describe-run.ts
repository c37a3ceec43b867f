import { toSeconds } from '../base/to-seconds.ts';
import type { ListedRun } from './run-list.ts';
import { hasEnded, type RunRecord } from './run-record.ts';

/** A run as callers see it. Times are seconds since 1970. */
export function describeRun(record: RunRecord, answered: { bytes: number; lastEvent: number }) {
  const { id, route, status, requestId, attempts, isBackground, answer, error, model, target, tokens } = record;
  return {
    id,
    object: 'run',
    status,
    route,
    background: isBackground,
    model: model ?? null,
    target: target ?? null,
    created_at: seconds(record.createdAt),
    started_at: seconds(record.startedAt),
    ended_at: seconds(record.endedAt),
    expires_at: seconds(record.expiresAt),
    attempts,
    request_id: requestId,
    answer: answer
      ? {
          status: answer.status,
          content_type: new Headers(answer.headers as [string, string][]).get('content-type'),
          bytes: answered.bytes,
          last_event: answer.isStream ? answered.lastEvent : null,
        }
      : null,
    usage: usage(tokens, record.images),
    timings: record.timings ?? {},
    error: hasEnded(record) ? (error ?? null) : null,
    urls: { self: `/v1/runs/${id}`, events: `/v1/runs/${id}/events`, result: `/v1/runs/${id}/result` },
  };
}

export function describeListed({ id, route, status, createdAt, expiresAt }: ListedRun) {
  return { id, object: 'run', status, route, created_at: seconds(createdAt), expires_at: seconds(expiresAt) };
}

function usage(tokens: RunRecord['tokens'], images = 0) {
  if (!tokens && images === 0) return null;
  const { prompt = 0, completion = 0, estimated = false } = tokens ?? {};
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    images,
    is_estimated: estimated,
  };
}

function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : toSeconds(milliseconds);
}
