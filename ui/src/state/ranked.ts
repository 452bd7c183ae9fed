/** Which of some named things somebody means by a few letters. */

interface Named {
  title: string;
  /** Other words for it. */
  also?: string;
}

const WORD = /[\p{L}\p{N}]+/gu;

/**
 * How well letters fit a name: 3 where it begins with them, 2 where each typed word begins a word of it, 1 where each begins
 * another word for it, 0 where they do not fit.
 */
function fit({ title, also = '' }: Named, sought: string): number {
  const name = title.toLowerCase();
  if (name.startsWith(sought)) return 3;
  const begins = (words: string[]) => (typed: string) => words.some((word) => word.startsWith(typed));
  const typed = sought.match(WORD) ?? [];
  if (typed.length === 0) return 0;
  const own = name.match(WORD) ?? [];
  if (typed.every(begins(own))) return 2;
  return typed.every(begins([...own, ...(also.toLowerCase().match(WORD) ?? [])])) ? 1 : 0;
}

/** Those that fit, the best first; equal ones, and all where nothing is typed, in their own order. */
export function ranked<T extends Named>(things: readonly T[], sought: string): T[] {
  const letters = sought.trim().toLowerCase();
  if (!letters) return [...things];
  return things
    .map((thing) => ({ thing, fits: fit(thing, letters) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .map(({ thing }) => thing);
}
