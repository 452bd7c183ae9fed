/** What the engine says, by source. Made by `npm run words`, and never changed by hand. */
export const space = [
  // agreement.rs
  '{0} labels',
  // bootstrap.rs
  'at least 1',
  'above 0 and below 1',
  'a bootstrap',
  // compare.rs
  'at least 2',
  '{rows} rows',
  '{0} rows',
  'a comparison',
  // confusion.rs
  '{0} classes',
  'below {0}',
  // davies_bouldin.rs
  'at least two clusters',
  // dbscan.rs
  'above 0',
  'at least 1 row',
  '0 rows',
  'a map of at most 3 dimensions',
  '{0} dimensions',
  'whole rows',
  'eps and min_points',
  // eigen.rs
  'the eigenvalue decomposition',
  'the singular value decomposition',
  // error.rs
  'expected {expected}, found {found}',
  '{what} needs at least {needed} rows, found {found}',
  '{name} must be {expected}, found {found}',
  'row {row} holds a number that is not finite',
  '{what} did not converge',
  'cancelled',
  // hdbscan.rs
  'a distance',
  'neighbours of {rows} rows',
  '{others} neighbours of each row',
  // index.rs
  'cosine, dot or euclidean',
  'cosine or euclidean for bits',
  '{0} numbers',
  // kmeans.rs
  'k-means',
  // layout.rs
  'a layout of {rows} × {dims}',
  'a first layout of {rows} × {dims}',
  // logistic.rs
  'at least 0',
  'classes',
  // metric.rs
  'cosine, dot, euclidean or manhattan',
  // mixture.rs
  'a mixture of Gaussians',
  'at most {0} rows of {1}',
  'k, iterations and tolerance',
  'the mixture of Gaussians',
  // pairs.rs
  'a threshold',
  '{0} truths',
  // pca.rs
  'PCA',
  'at most the dimension {dim}',
  'rows of {dim}',
  'rows of {0}',
  // precision.rs
  'binary',
  'ubinary',
  // quality.rs
  'the quality of a map',
  // similarity.rs
  'at most {MATRIX_LIMIT} pairs',
  // tsne.rs
  '2 or 3',
  't-SNE',
  // umap.rs
  'from 0 to below {0}',
  'UMAP',
  // vectors.rs
  'at least one number a row',
  'none',
  '{len} values',
  // vote.rs
  'a vote',
] as const;
