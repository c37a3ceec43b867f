import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Scenario } from './scenarios/scenario.ts';
import { quickScenarios, runScenario, scenarios, startFaultyUpstream } from './suite.ts';

/** Runs the chaos suite against any gateway that speaks OpenAI's API. Run it without arguments to read how. */

const CONCURRENCY = 5;

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    key: { type: 'string', default: 'sk-local' },
    'model-prefix': { type: 'string', default: '' },
    header: { type: 'string', multiple: true, default: [] },
    'upstream-port': { type: 'string', default: '8999' },
    only: { type: 'string', multiple: true, default: [] },
    slow: { type: 'boolean', default: false },
  },
});
const port = Number(values['upstream-port']);

if (values.target === undefined) {
  console.log(`Usage: npm run chaos -- --target URL [options]

Starts a faulty upstream on http://127.0.0.1:${port}/v1 and talks to it through the gateway at URL, which must be
set up to forward chat completions to that address, whatever the model. For Cedalion:

  npx wrangler dev --var API_KEYS:sk-local --var OPENAI_BASE_URL:http://127.0.0.1:${port}/v1 --var OPENAI_API_KEY:x
  npm run chaos -- --target http://127.0.0.1:8787 --model-prefix openai/

  --key KEY               sent as Authorization: Bearer KEY; sk-local where not given
  --model-prefix TEXT     put before each model id, where the gateway chooses the host by it
  --header NAME:VALUE     sent with every request; may be given again
  --upstream-port PORT    where the faulty upstream listens; 8999 where not given
  --only NAME             runs this scenario only; may be given again
  --slow                  also runs the scenarios that wait for the gateway's own limits: up to ten minutes`);
  process.exit(2);
}

const target = {
  url: values.target.replace(/\/+$/, ''),
  key: values.key,
  modelPrefix: values['model-prefix'],
  headers: Object.fromEntries(
    values.header.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  ),
};
const chosen = (values.slow ? scenarios : quickScenarios).filter(
  ({ name }) => values.only.length === 0 || values.only.includes(name),
);
const upstream = await startFaultyUpstream(port);
const outcomes = new Map<Scenario, string>();
const queue = chosen.values();
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (const scenario of queue) outcomes.set(scenario, await outcomeOf(scenario));
  }),
);
// In the order of the table, not of their ends.
for (const scenario of chosen) {
  const outcome = outcomes.get(scenario) ?? '';
  console.log(`${outcome === '' ? 'pass' : 'FAIL'}  ${scenario.name.padEnd(28)} ${outcome || scenario.correct}`);
}
const failures = [...outcomes.values()].filter((outcome) => outcome !== '').length;
console.log(`\n${chosen.length - failures} of ${chosen.length} scenarios passed.`);
process.exit(failures === 0 ? 0 : 1);

/** @returns nothing where the gateway was correct, else what was wrong */
async function outcomeOf(scenario: Scenario): Promise<string> {
  const limitSeconds = (scenario.seconds ?? 0) + 30;
  const hangs = setTimeout(limitSeconds * 1000, `no end within ${limitSeconds} s`, { ref: false });
  try {
    return (await Promise.race([runScenario(scenario, target, upstream), hangs])) ?? '';
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}
