import { parseArgs } from 'node:util';
import type { Target } from './observe.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { quickScenarios, scenarios } from './suite.ts';

export interface Options {
  /** Undefined: Cedalion itself, which the suite starts. */
  readonly target: Target | undefined;
  readonly upstreamPort: number;
  readonly chosen: readonly Scenario[];
  /** Whether the table of host behaviours is run, in place of the scenarios. */
  readonly hosts: boolean;
  /** Whether the checks of caches are run, in place of the scenarios; and the second key they need. */
  readonly cache: boolean;
  readonly otherKey: string;
}

export const USAGE = `Usage: npm run chaos -- [options]

Without --target: builds Cedalion, starts it on workerd, and runs the suite against it.

  --only NAME             runs this scenario only; may be repeated
  --hosts                 runs the table of what real hosts send (test/hosts/) in place of the scenarios
  --cache                 runs the checks of caches (test/chaos/cache/) in place of the scenarios
  --slow                  also runs the scenarios that wait for the gateway's own limits: up to ten minutes
  --help                  prints this text

With --target: runs the suite against any gateway that speaks OpenAI's chat completions. The gateway must forward them
to http://127.0.0.1:8999/v1, for every model.

  --target URL            the gateway, without /v1
  --key KEY               sent as Authorization: Bearer KEY; default: sk-local
  --model-prefix TEXT     put before each model id, if the gateway chooses the host by it
  --header NAME:VALUE     sent with every request; may be repeated
  --other-key KEY         with --cache: of another tenant; default: sk-other. {ttl} in a header stands for seconds
  --upstream-port PORT    port of the faulty upstream; default: 8999 with --target, otherwise any free port`;

/** @throws Error that says which option is invalid. @returns nothing if the usage is wanted */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: 'string' },
      key: { type: 'string' },
      'model-prefix': { type: 'string' },
      header: { type: 'string', multiple: true },
      'upstream-port': { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      slow: { type: 'boolean', default: false },
      hosts: { type: 'boolean', default: false },
      cache: { type: 'boolean', default: false },
      'other-key': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.target === undefined) {
    const alone = (['key', 'other-key', 'model-prefix', 'header'] as const).find((name) => values[name] !== undefined);
    if (alone !== undefined) throw new Error(`--${alone} needs --target.`);
  }
  return {
    target: values.target === undefined ? undefined : readTarget({ ...values, target: values.target }),
    upstreamPort: Number(values['upstream-port'] ?? (values.target === undefined ? 0 : 8999)),
    chosen: choose(values.only, values.slow),
    hosts: values.hosts,
    cache: values.cache,
    otherKey: values['other-key'] ?? 'sk-other',
  };
}

function readTarget(values: { target: string; key?: string; 'model-prefix'?: string; header?: string[] }): Target {
  return {
    url: values.target.replace(/\/+$/, ''),
    key: values.key ?? 'sk-local',
    modelPrefix: values['model-prefix'] ?? '',
    headers: Object.fromEntries(
      (values.header ?? []).map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      }),
    ),
  };
}

function choose(only: string[], slow: boolean): readonly Scenario[] {
  if (only.length === 0) return slow ? scenarios : quickScenarios;
  const unknown = only.find((wanted) => !scenarios.some(({ name }) => name === wanted));
  if (unknown === undefined) return scenarios.filter(({ name }) => only.includes(name));
  const names = scenarios.map(({ name }) => name).join(', ');
  throw new Error(`No scenario is named ${unknown}. The scenarios: ${names}.`);
}
