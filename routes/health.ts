import { configurationProblems } from '../src/hosts/models/resolve.ts';
import { route } from '../src/route.ts';

/** GET /livez: the Worker runs. */
export const livez = route({
  method: 'GET',
  path: '/livez',
  access: 'public',
  run: () => Response.json({ status: 'ok' }),
});

/**
 * GET /readyz: the Worker can answer. `degraded` if an unusable setting closes some models only; `unusable`,
 * with status 503, if every request is rejected.
 */
export const readyz = route({
  method: 'GET',
  path: '/readyz',
  access: 'public',
  run(_, { settings }) {
    const problems = configurationProblems(settings);
    const isClosed = settings.apiKeys.length === 0 || settings.problems.API_KEYS !== undefined;
    if (settings.apiKeys.length === 0 && !settings.problems.API_KEYS) {
      problems.push(
        'The setting API_KEYS is empty, so every request is rejected. Set it with: npx wrangler secret put API_KEYS',
      );
    }
    const status = isClosed ? 'unusable' : problems.length > 0 ? 'degraded' : 'ok';
    return Response.json({ status, problems }, { status: isClosed ? 503 : 200 });
  },
});
