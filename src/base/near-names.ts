/** `topK`, `top-k` and `TOP_K` are one name. */
export const plainOf = (name: string) => name.replaceAll(/[-_]/g, '').toLowerCase();

/** Whether one letter is missing, too many, another one, or changed its place with the next. */
export function isOneLetterAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return isSwapped || [restA.slice(1), restA].includes(restB.slice(1)) || restA.slice(1) === restB;
}
