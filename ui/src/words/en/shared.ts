/** The words that are said in more than one place, or that explain a figure. */
import type { DifferenceView } from '../../backend/wire/DifferenceView';
import type { ErrorView } from '../../backend/wire/ErrorView';
import type { EstimateView } from '../../backend/wire/EstimateView';
import type { Kind } from '../../backend/wire/Kind';
import type { MapView } from '../../backend/wire/MapView';
import type { MovedGroupView } from '../../backend/wire/MovedGroupView';
import { count, counted, figure, percent, similarity } from '../../format';

export const METHOD = { pca: 'PCA', tsne: 't-SNE', umap: 'UMAP', given: 'As given' } as const;

export const METHOD_NOTE = {
  pca: 'Turns the space so that the two directions with the most variance lie flat. Quick and exact; far apart here is far apart there.',
  tsne: 'Keeps each point’s nearest neighbours near. Good for groups; distances between groups mean little.',
  umap: 'Keeps neighbourhoods together, like t-SNE, but quicker and with more of the whole. Many neighbours show the whole, few the detail.',
  given:
    'These places came with the file. What they were made from is not known here, so nothing says how true they are.',
} as const;

/** What each figure of a space's health says, in a sentence. */
export const HEALTH_NOTE = {
  broken: 'Vectors that hold something that is no number. They are on no map; embed the items again.',
  twins: 'The share of vectors that are exactly like an earlier one: equal texts, or texts cut to the same beginning.',
  length: 'How long vectors are, and how much that varies. Where all are 1, cosine and dot product are the same.',
  one_way:
    'The mean cosine of all pairs (anisotropy). Near 0 vectors point everywhere; near 1 all point the same way, and even unlike items score high.',
  used: 'As how many equally used dimensions the space behaves (effective rank): far fewer than it has means that fewer would do.',
  near: 'How many dimensions neighbourhoods have (intrinsic dimension): the more, the more a flat map must leave out.',
  hubs: 'How unevenly items are among the nearest of others (hubness): above 3 or so, a few are near everything and turn up in every search.',
} as const;

/** What each way to find clusters does, and what it does not. */
export const FINDING_NOTE = {
  kmeans: 'Splits everything into groups of about the same width. Every item is in one.',
  hdbscan: 'Finds groups of any shape where items lie dense, fine to coarse. What lies between is in none.',
  dbscan: 'Joins items that lie dense and near on the map, in groups of any shape, fine to coarse. Loners are in none.',
  mixture: 'Fits overlapping clouds, long or round. Every item is in the likeliest one.',
} as const;

export const kindCount = (kind: Kind, n: number) => counted(n, kind === 'text' ? 'text' : 'picture');

/** "200 texts, 120 pictures". */
export const contents = ({ texts, images }: { texts: number; images: number }) =>
  [texts && kindCount('text', texts), images && kindCount('image', images)].filter(Boolean).join(', ');
/** "132 texts", "about 1,240 ± 90 texts", "roughly 1,200 texts" where the error is not known. */
export const estimated = ({ count: n, error }: EstimateView) =>
  error === 0
    ? counted(n, 'text')
    : error === null
      ? `roughly ${counted(n, 'text')}`
      : `about ${count(n)} ± ${counted(error, 'text')}`;

/** The one figure that says how far a map can be believed, short. */
export function truth(map: MapView, iteration = map.iteration): string {
  if (map.running)
    return map.paused
      ? `paused at ${map.iteration} of ${map.iterations}`
      : map.iterations
        ? `iteration ${Math.max(iteration, map.iteration)} of ${map.iterations}`
        : 'being laid out';
  if (map.trustworthiness !== null) return `trust ${figure(map.trustworthiness)}`;
  if (map.explained_variance) return `${percent(map.explained_variance)} of variance`;
  return 'not measured';
}

const howMany = (share: number) =>
  share > 0.95 ? 'nearly all' : share > 0.85 ? 'most' : share > 0.7 ? 'many' : 'only some';

export const trustNote = (value: number, others = '') =>
  `${figure(value)}: of every point’s 15 nearest on the map, ${howMany(value)} are also near in the full space.${others && ` ${others}`}`;

export const continuityNote = (value: number) =>
  `${figure(value)}: of the 15 items truly nearest to every point, ${howMany(value)} are also near on the map.`;
export const keptNote = (share: number) =>
  `${percent(share)} of the 15 items truly nearest to every point are among its 15 nearest on the map.`;
export const shepardNote = (value: number) =>
  `Distances on the map and in the full space are ranked alike by ${similarity(value)} (1 is the same order, 0 none).`;

export const varianceNote = (share: number, axes: number) =>
  `The ${axes === 3 ? 'three' : 'two'} axes hold ${percent(share)} of what varies in the full space; the rest cannot be seen here.`;

export const CKA_NOTE =
  'Centred kernel alignment: 1 when one space is a turned and scaled copy of the other, 0 when they share nothing.';
export const RSA_NOTE =
  'Rank correlation of all distances: 1 when both models order every pair from near to far alike, 0 when the orders are unrelated.';
export const PROCRUSTES_NOTE =
  'What remains after the best shift, turn and scale: 0 when one space is a turned copy of the other, 1 when nothing fits.';
export const CURVE_NOTE =
  'The share of the 1, 2, … nearest that both models agree on: flat where they agree alike near and far, rising where they agree on the wider surroundings only.';
export const OVERLAP_NOTE = 'Of each item’s nearest neighbours, the share that both models agree on.';

const quoted = (names: string[]) => names.map((name) => `“${name}”`).join(' and ');

/** What became of a group, in a sentence. */
export function becameOf({ overlap, near_a, near_b, parts }: MovedGroupView, a: string, b: string): string {
  if (overlap >= 0.7) return 'Almost the same neighbours in both.';
  if (parts.length > 1) return `In ${a} one group; in ${b} parted into ${quoted(parts)}.`;
  if (near_a !== near_b)
    return [near_a, near_b]
      .map((near, at) => `${at ? 'in' : 'In'} ${at ? b : a} ${near === null ? 'by itself' : `near “${near}”`}`)
      .join('; ')
      .concat('.');
  return 'It stays where it is; inside it, items have other neighbours.';
}

/** Whatever was thrown, as something that can be shown. */
export function asError(thrown: unknown): ErrorView {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string') {
    const { message, hint, code } = thrown as Partial<ErrorView> & { message: string };
    return { code: code ?? 'failed', message, hint: hint ?? null };
  }
  return { code: 'failed', message: String(thrown), hint: null };
}

export const TASK: Record<string, string> = {
  classification: 'Classification',
  clustering: 'Clustering',
  triplets: 'Which is nearer',
  sts: 'Likeness of sentences',
  'pair-classification': 'Pairs that belong together',
  retrieval: 'Finding answers',
  'text-image': 'Texts and pictures',
};
export const FIGURE: Record<string, string> = {
  accuracy: 'Accuracy',
  f1: 'F1',
  knn_accuracy: 'kNN',
  v_measure: 'V-measure',
  ari: 'ARI',
  triplets_right: 'Agrees',
  spearman: 'Spearman',
  pearson: 'Pearson',
  average_precision: 'Average precision',
  'ndcg@10': 'nDCG@10',
  'recall@10': 'Recall@10',
  'recall@100': 'Recall@100',
  mrr: 'MRR',
  map: 'MAP',
  'text_to_image_r@1': 'Text to picture R@1',
  'text_to_image_r@5': 'R@5',
  'text_to_image_r@10': 'R@10',
  'image_to_text_r@1': 'Picture to text R@1',
  'image_to_text_r@5': 'R@5 back',
  'image_to_text_r@10': 'R@10 back',
};
export const FIGURE_NOTE: Record<string, string> = {
  accuracy: 'Share of tested items put into their own class, from 8 examples of each.',
  f1: 'Precision and recall together, the mean over classes: small classes count as much as large ones.',
  knn_accuracy: 'Share of tested items whose 5 nearest examples vote for their own class.',
  v_measure: 'How far groups found without labels agree with the classes: 1 for the same groups, 0 for unrelated ones.',
  ari: 'Share of pairs grouped alike, adjusted for chance: 0 is chance.',
  triplets_right: 'Share of your judgements that the model agrees with; guessing would reach 0.5.',
  spearman: 'Whether pairs stand in the same order of likeness as people put them in: 1 is the same order.',
  pearson: 'Whether the cosine rises evenly with the given score: 1 is a straight line.',
  average_precision: 'Whether pairs that belong together come before those that do not: 1 is always.',
  'ndcg@10': 'How good the first ten answers are, the first ones counting most: 1 is the best order.',
  'recall@10': 'Share of the right answers among the first ten.',
  'recall@100': 'Share of the right answers among the first hundred.',
  mrr: 'One divided by the place of the first right answer, the mean over questions.',
  map: 'Mean over questions of the precision at every right answer.',
  'text_to_image_r@1': 'Share of texts whose own picture comes first.',
};

/** Whether one model is better than another, in a sentence. */
export const differs = ({ a, b, value, range, certain }: DifferenceView) => {
  const [low, high] = range.map((end) => figure(end).replace('-', '−'));
  return certain
    ? `${a} is better than ${b} by ${figure(value)} (${low} to ${high}).`
    : `${a} and ${b} are not different: ${figure(value)} apart, which could be anything from ${low} to ${high}.`;
};
