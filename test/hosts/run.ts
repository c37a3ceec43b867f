import { answersOf, cellsOf, collectedIn, wrongIn } from './check.ts';
import { startOwnGateway } from './gateway.ts';
import { startTableHost } from './host.ts';
import { rows } from './rows/all.ts';
import type { Gateway } from './surface.ts';
import { surfaces } from './surfaces.ts';

/**
 * Runs the table of host behaviours against Cedalion, or against another gateway on the surfaces that one can
 * be expected to have, and prints what came out wrong.
 *
 * @returns whether nothing did
 */
export async function runTable(
  target: Gateway | undefined,
  port: number,
  cleanUp: (work: () => Promise<void>) => void,
): Promise<boolean> {
  const host = await startTableHost(answersOf(rows), port);
  cleanUp(() => host.stop());
  const gateway = target ?? (await own(host.url, cleanUp));
  const chosen = target ? surfaces.filter(({ isCommon }) => isCommon) : surfaces;
  const cells = cellsOf(rows, chosen);
  // Not every row asks for something that all gateways have.
  const asked = rows.filter((row) => cells.some((cell) => cell.row === row));
  console.log(`Running ${asked.length} behaviours on ${chosen.length} surfaces against ${gateway.url}.\n`);
  const wrong = await wrongIn(cells, gateway);
  for (const { name, does, source } of asked) {
    const failures = wrong.get(name) ?? [];
    console.log(`${failures.length === 0 ? 'pass' : 'FAIL'}  ${name.padEnd(28)} a host that ${does} (${source})`);
    for (const failure of failures) console.log(`        ${failure.slice(0, 200)}`);
  }
  const bad = [...wrong.values()].flat().length;
  console.log(
    `\n${asked.length - wrong.size} of ${asked.length} behaviours, ${cells.length - bad} of ${cells.length} cases.`,
  );
  return wrong.size === 0;
}

async function own(hostUrl: string, cleanUp: (work: () => Promise<void>) => void): Promise<Gateway> {
  console.log('Building Cedalion and starting it on workerd ...');
  const gateway = await startOwnGateway(hostUrl, collectedIn(cellsOf(rows, surfaces)));
  cleanUp(() => gateway.stop());
  return gateway;
}
