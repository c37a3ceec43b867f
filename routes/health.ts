import type { AppContext } from '../src/app.ts';
import { configurationProblems } from '../src/models/resolve.ts';

/** GET /livez: this Worker runs. */
export function livez(c: AppContext): Response {
  return c.json({ status: 'ok' });
}

/** GET /readyz: this Worker can answer: keys are configured, and every setting is usable. */
export function readyz(c: AppContext): Response {
  const settings = c.get('settings');
  const problems = [...configurationProblems(settings)];
  if (settings.apiKeys.length === 0) {
    problems.push(
      'The setting API_KEYS is empty, so nobody is answered. Set it with: npx wrangler secret put API_KEYS',
    );
  }
  return c.json({ status: problems.length === 0 ? 'ok' : 'unusable', problems }, problems.length === 0 ? 200 : 503);
}
