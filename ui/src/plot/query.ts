/** Where a question stands on a map it was never laid out on: among its answers. */
import type { PlotQuery } from './props';
import type { Anchor } from './labels';

const ROUNDS = 24;

/**
 * The weighted geometric median of the hits (Weiszfeld 1937): unlike a mean it stays with the many when a hit lies far
 * off. A hit weighs by how much more similar it is than the last one. Null when no hit has a place.
 */
export function queryPlace(
  positions: Float32Array,
  dims: 2 | 3,
  { hits, scores }: Pick<PlotQuery, 'hits' | 'scores'>,
): Anchor | null {
  const worst = Math.min(...scores);
  const range = Math.max(...scores) - worst || 1;
  const known: { at: Anchor; weight: number }[] = [];
  hits.forEach((row, i) => {
    const at: Anchor = [positions[row * dims]!, positions[row * dims + 1]!, dims === 3 ? positions[row * 3 + 2]! : 0];
    if (at.every(Number.isFinite)) known.push({ at, weight: 0.2 + ((scores[i] ?? worst) - worst) / range });
  });
  if (known.length === 0) return null;
  const mean = (weightOf: (hit: { at: Anchor; weight: number }) => number): Anchor => {
    let [x, y, z, all] = [0, 0, 0, 0];
    for (const hit of known) {
      const weight = weightOf(hit);
      x += hit.at[0] * weight;
      y += hit.at[1] * weight;
      z += hit.at[2] * weight;
      all += weight;
    }
    return [x / all, y / all, z / all];
  };
  let median = mean((hit) => hit.weight);
  const spread = Math.max(
    ...known.map(({ at }) => Math.hypot(at[0] - median[0], at[1] - median[1], at[2] - median[2])),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const [x, y, z] = median;
    median = mean(
      (hit) => hit.weight / Math.max(spread * 1e-3 + 1e-12, Math.hypot(hit.at[0] - x, hit.at[1] - y, hit.at[2] - z)),
    );
  }
  return median;
}
