import type { AppContext } from '../src/app.ts';
import { aliases } from '../src/models.ts';
import { configurationProblems } from '../src/resolve.ts';

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

/** GET /: what this is, for people and programs who find it. */
export function about(c: AppContext): Response {
  return c.json({
    name: 'Cedalion',
    description: "Text generation, CLIP similarity, embeddings and image generation at the edge, over OpenAI's API.",
    base_url: new URL('/v1', c.req.url).href,
    models: Object.keys(aliases),
    routes: [
      'POST /v1/chat/completions',
      'POST /v1/completions',
      'POST /v1/embeddings',
      'POST /v1/similarity',
      'POST /v1/classify',
      'POST /v1/images/generations',
      'GET /v1/models',
      'GET /livez',
      'GET /readyz',
    ],
    documentation: 'README.md and docs/ of the repository this was deployed from',
  });
}
