/**
 * Writes a line to the log about stored or received counts that are no counts. Nothing that runs here writes
 * such counts, so an operator has to look: docs/operations.md.
 */
export function logDamage(
  damaged: 'limits' | 'usage',
  where: Readonly<Record<string, string | number | undefined>>,
): void {
  console.log(JSON.stringify({ level: 'error', damaged, ...where }));
}
