import type { Reported } from './report.ts';

/** What an answer says about the model that gave it. */
export function addReportHeaders(headers: Headers, { outcome, report }: Reported): void {
  const { attempts } = outcome;
  const { model, prompt, target, ignored, cacheStatus, age } = report;
  if (model) headers.set('x-cedalion-model', headerSafe(model));
  if (prompt) headers.set('x-cedalion-prompt', prompt);
  if (target) headers.set('x-cedalion-target', headerSafe(target));
  if (ignored) headers.set('x-cedalion-ignored', ignored.join(', '));
  if (cacheStatus) headers.set('cache-status', cacheStatus);
  if (age !== undefined) headers.set('age', String(age));
  if (attempts > 0) headers.set('x-cedalion-attempts', String(attempts));
}

/** A caller can name a model in any alphabet; a header cannot. */
function headerSafe(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text.toWellFormed());
}
