import { parseArgs } from 'node:util';
import { FULL, only, type Plan, QUICK } from './plan.ts';

export interface Options {
  readonly plan: Plan;
  /** How many times the plan is run, each time with new processes. */
  readonly runs: number;
  /** Bundles of Cedalion to compare, by name. Empty: the Worker of this tree. */
  readonly bundles: ReadonlyMap<string, string>;
  /** The server of the peer, built with its cache: see docs/caching.md. */
  readonly cachingPeer?: string | undefined;
  /** Whether this is the run with the peer, which writes docs/benchmarks.md. */
  readonly full: boolean;
}

const FULL_RUNS = 2;

/** --quick, --repeat N, --only NAME,NAME, --bundle NAME=PATH, --peer PATH. All but the first imply it. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      repeat: { type: 'string' },
      only: { type: 'string' },
      bundle: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string' },
    },
  });
  const bundles = new Map(values.bundle.map(readBundle));
  const runs = Number(values.repeat ?? 1);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--repeat must be a number of runs.');
  const full =
    !values.quick &&
    values.repeat === undefined &&
    values.only === undefined &&
    bundles.size === 0 &&
    values.peer === undefined;
  if (full) return { plan: FULL, runs: FULL_RUNS, bundles, full };
  const plan = values.only === undefined ? QUICK : only(values.only.split(','));
  return { plan, runs, bundles, cachingPeer: values.peer, full };
}

function readBundle(text: string): [string, string] {
  const [, name, path] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new Error('--bundle must be NAME=PATH.');
  return [name, path];
}
