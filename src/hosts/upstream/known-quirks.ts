import { isolateState } from '../../base/isolate-state.ts';
import type { QuirkName } from '../../base/quirk-names.ts';
import type { Call } from '../../call/call.ts';
import { hostOptions } from '../../call/host-options.ts';
import type { Target } from '../../call/tasks.ts';
import { oppositeOf } from './quirks.ts';

/** What rejections have shown of targets, per isolate, for an hour: a host can be replaced by a newer one. */
const REMEMBERED_MS = 3_600_000;
/**
 * Callers can name any model of an OpenAI-compatible host, so the number of targets has no limit of its own.
 */
const MAX_TARGETS = 256;

const learned = isolateState('quirks', () => new Map<string, Map<QuirkName, number>>());
const NONE: readonly QuirkName[] = [];

/**
 * The quirks of a target: as rejections have shown them, then as the operator and the host's line name them,
 * then as its provider assumes. Of two that are opposite, the first counts.
 */
export function quirksOf(target: Target, call: Call, assumed = NONE): readonly QuirkName[] {
  const named = hostOptions(target, call.settings)?.quirks ?? NONE;
  if (learned.size === 0) return named.length === 0 ? assumed : consistent([...named, ...assumed]);
  const now = Date.now();
  const shown = [...(learned.get(keyOf(target, call)) ?? [])].filter(([, until]) => now < until).map(([name]) => name);
  return consistent([...shown, ...named, ...assumed]);
}

export function rememberQuirk(target: Target, name: QuirkName, call: Call): void {
  const key = keyOf(target, call);
  const quirks = learned.get(key) ?? new Map<QuirkName, number>();
  const opposite = oppositeOf(name);
  if (opposite) quirks.delete(opposite);
  quirks.set(name, Date.now() + REMEMBERED_MS);
  // A Map keeps the order of insertion: the first entry is the one that has learned nothing for the longest
  // time.
  learned.delete(key);
  learned.set(key, quirks);
  for (const oldest of learned.keys()) {
    if (learned.size <= MAX_TARGETS) break;
    learned.delete(oldest);
  }
}

function consistent(names: readonly QuirkName[]): readonly QuirkName[] {
  return names.filter((name, at) => {
    const opposite = oppositeOf(name);
    return opposite === undefined || !names.slice(0, at).includes(opposite);
  });
}

/** With the URL: another endpoint of the same name is another host. */
function keyOf({ host, upstreamModel }: Target, { settings }: Call): string {
  return `${host.endpoint(settings)?.url} ${host.name}/${upstreamModel}`;
}
