import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Answering, Case, HostRow, Sent } from './row.ts';
import type { Gateway, Surface } from './surface.ts';

/** One case of a row on one surface. */
export interface Cell {
  readonly row: HostRow;
  readonly case: Case;
  readonly surface: Surface;
  /** The host finds it in the request. */
  readonly id: string;
}

const idOf = ({ name }: HostRow, index: number) => `case-${name}-${index}`;

export function cellsOf(rows: readonly HostRow[], surfaces: readonly Surface[]): Cell[] {
  return rows.flatMap((row) =>
    surfaces.flatMap((surface) => {
      const all = row.cases.map((one, i): Cell => ({ row, case: one, surface, id: idOf(row, i) }));
      const fitting = all.filter((cell) => cell.case.asked.includes(surface.asks));
      return surface.isCostly ? fitting.slice(-1) : fitting;
    }),
  );
}

/** What the host sends in each case. */
export function answersOf(rows: readonly HostRow[]): Map<string, Sent | Answering> {
  return new Map(rows.flatMap((row) => row.cases.map(({ sends }, i) => [idOf(row, i), sends] as const)));
}

/**
 * The model of a cell. A surface has its own: what the gateway learns of a target must not spare the next one
 * a rejection. The host reads the id up to the point.
 */
export const modelOf = ({ surface, id }: Cell): string => `${id}.${surface.name.replaceAll(/\W+/g, '-')}`;

/** The models of the surfaces whose whole answers are collected from streams. */
export const collectedIn = (cells: readonly Cell[]): string[] =>
  cells.filter(({ surface }) => surface.isCollected).map(modelOf);

/** @throws Error that says what came out instead */
export async function check(cell: Cell, gateway: Gateway): Promise<void> {
  const {
    case: { gives, except },
    surface,
  } = cell;
  const wanted = except?.[surface.name] ?? gives;
  const seen = await surface.ask(gateway, gateway.modelPrefix + modelOf(cell));
  if ('words' in wanted) {
    ok(seen.failed, `says that it is complete: ${JSON.stringify(seen)}`);
    ok(
      seen.failed.message.includes(wanted.words),
      `says ${JSON.stringify(seen.failed.message)}, without the host's words`,
    );
    if (wanted.code !== undefined && seen.failed.code !== undefined) equal(seen.failed.code, wanted.code);
    // Nothing of an answer that is collected is sent before it has failed.
    if (wanted.after !== undefined && !surface.isCollected) equal(seen.text, wanted.after);
    else if (seen.status >= 400) equal(seen.status, wanted.status);
    return;
  }
  deepEqual(seen.failed, undefined);
  ok(!seen.isOpen, 'ends neither complete nor with an error');
  match(`${seen.status}`, /^200$/);
  equal(seen.text, wanted.text);
  if (wanted.isKeptAlive && gateway.keepsAlive && seen.comments !== undefined)
    ok(seen.comments > 0, 'has no comment where the host is silent');
  if (surface.hasReasoning && wanted.reasoning !== undefined) equal(seen.reasoning, wanted.reasoning);
}

/** Most of them wait: for a silence, or until a request is repeated. */
const AT_ONCE = 96;

/** Checks all cells. @returns what is wrong, by the name of the row */
export async function wrongIn(cells: readonly Cell[], gateway: Gateway): Promise<Map<string, string[]>> {
  const wrong = new Map<string, string[]>();
  const queue = cells.values();
  const work = async () => {
    for (const cell of queue) {
      try {
        await check(cell, gateway);
      } catch (error) {
        const { row, surface, id } = cell;
        wrong.set(row.name, [...(wrong.get(row.name) ?? []), `${id} on ${surface.name}: ${(error as Error).message}`]);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return wrong;
}
