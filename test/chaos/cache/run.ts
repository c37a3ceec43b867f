import { checks } from './checks.ts';
import { type CachingGateway, type OtherGateway, otherGateway, startCachingCedalion } from './gateway.ts';
import { startCountingHost } from './host.ts';

export const REVOKED_KEY = 'sk-revoked';

/**
 * Runs the checks of caches against Cedalion, or against another gateway that forwards to the host, and
 * prints what came out wrong.
 *
 * @returns whether nothing did
 */
export async function runCacheChecks(
  other: OtherGateway | undefined,
  port: number,
  cleanUp: (work: () => Promise<void>) => void,
): Promise<boolean> {
  const host = await startCountingHost(port, REVOKED_KEY);
  cleanUp(() => host.stop());
  const gateway = other ? otherGateway(other) : await own(host.url, cleanUp);
  const chosen = checks.filter(({ needsMore }) => !needsMore || gateway.more);
  console.log(`Running ${chosen.length} checks of the cache against ${gateway.url}.\n`);
  let failed = 0;
  for (const { name, correct, run } of chosen) {
    const wrong = await run(gateway, host).catch((error: unknown) => String(error));
    if (wrong !== undefined) failed++;
    console.log(`${wrong === undefined ? 'pass' : 'FAIL'}  ${name.padEnd(28)} ${wrong ?? correct}`);
  }
  console.log(`\n${chosen.length - failed} of ${chosen.length} checks passed.`);
  return failed === 0;
}

async function own(hostUrl: string, cleanUp: (work: () => Promise<void>) => void): Promise<CachingGateway> {
  console.log('Building Cedalion and starting it ...');
  const gateway = await startCachingCedalion(hostUrl);
  cleanUp(() => gateway.stop());
  return gateway;
}
