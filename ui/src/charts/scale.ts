/** Numbers to colours for a heat map: which range of values the colours span. Pure. */

export interface Domain {
  low: number;
  high: number;
}

/** At most so many values are looked at; they are taken evenly. */
const SAMPLE = 50_000;

/**
 * The range that separates most pairs: from the 1st to the 99th percentile of an n × n matrix, its diagonal left out
 * (an item is always alike to itself), so that one odd pair does not grey out the rest.
 */
export function domainOf(values: Float32Array, n: number): Domain {
  const step = Math.max(1, Math.floor((n * n) / SAMPLE));
  const seen: number[] = [];
  // Coprime with most n, so that the samples do not stay in a few columns.
  const stride = step === 1 ? 1 : step % n === 0 ? step + 1 : step;
  for (let at = 0; at < n * n; at += stride) {
    const value = values[at]!;
    if (at % (n + 1) !== 0 && Number.isFinite(value)) seen.push(value);
  }
  if (seen.length === 0) return { low: 0, high: 1 };
  seen.sort((a, b) => a - b);
  const at = (share: number) => seen[Math.round(share * (seen.length - 1))]!;
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

/** RGBA bytes of an n × n matrix in 256 colours (r, g, b bytes); values that are not numbers stay clear. */
export function paintCells(
  values: Float32Array,
  { low, high }: Domain,
  colours: Uint8ClampedArray,
  into: Uint8ClampedArray,
): void {
  const rate = 255 / (high - low);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      into[i * 4 + 3] = 0;
      continue;
    }
    const at = Math.max(0, Math.min(255, Math.round((value - low) * rate))) * 3;
    into[i * 4] = colours[at]!;
    into[i * 4 + 1] = colours[at + 1]!;
    into[i * 4 + 2] = colours[at + 2]!;
    into[i * 4 + 3] = 255;
  }
}
