/** The state of a seeded set's space: lengths, repeats and directions as they are, the other figures as if. */
import type { SetHealthView } from '../wire/SetHealthView';
import { cosine } from './space';
import type { Set } from './world';

export function health({ vectors }: Set): SetHealthView {
  const lengths = vectors.map((vector) => Math.sqrt(cosine(vector, vector)));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const spread = lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0) / lengths.length;
  const middle = vectors[0]!.map((_, at) => vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length);
  const different = new globalThis.Set(vectors.map((vector) => vector.join())).size;
  return {
    non_finite: 0,
    norm_mean: mean,
    norm_std: Math.sqrt(spread),
    duplicate_share: 1 - different / vectors.length,
    anisotropy: cosine(middle, middle) / mean ** 2,
    effective_rank: 41.3,
    intrinsic_dimension: 11.8,
    hubness_skew: 2.1,
  };
}
