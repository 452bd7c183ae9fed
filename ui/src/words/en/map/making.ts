/** What the forms in the rail say: to combine vectors, to find groups, to lay out another map. */

export const combining = {
  combineVectors: 'Combine vectors',
  combined: 'What is combined',
  items: 'Items',
  pictures: 'Pictures and captions',
  itemsNote: 'One point for all items that share a label; the first of them stands for the others.',
  by: 'By',
  file: 'file',
  stem: 'file name without its ending',
  tag: 'tag',
  how: 'How',
  mean: 'Mean',
  meanNote: 'The mean of their vectors',
  max: 'Max',
  maxNote: 'Of each number the greatest',
  picturesNote: (captionAlone: boolean) =>
    `One point for every picture that has a caption, ${captionAlone ? 'from the caption alone' : 'from both'}.`,
  meanOfBothNote: 'The mean of both; one model must read pictures and texts',
  beside: 'Side by side',
  besideNote: 'Both vectors one after the other; any model may read',
  captions: 'Captions',
  captionsNote: 'The same pictures as a model of texts sees them, to be compared with what a model of pictures sees',
  readsNone: (model: string) =>
    `${model} reads no texts, so there is no mean of pictures and captions. Put them side by side.`,
  share: 'Captions’ share',
  captionsBy: 'Captions by',
  combine: (model: string) => `Combine ${model}`,
};

export const findClusters = {
  findOther: 'Find other groups',
  method: 'Method',
  METHOD: { kmeans: 'k-means', hdbscan: 'HDBSCAN', dbscan: 'DBSCAN', mixture: 'Mixture of Gaussians' },
  among: 'Found among',
  vectors: 'Vectors',
  vectorsNote: 'Among the vectors themselves',
  map: (method: string) => `${method} map`,
  mapNote: 'Among the places on this map, as the eye finds them; what the map distorts, they inherit',
  groups: 'Groups',
  groupsNote: 'At the left end: six to twelve, whichever stand apart best',
  best: 'best',
  dense: 'Dense with',
  denseNote: 'Items within reach that make a place dense; how far they reach is chosen afterwards, fine to coarse',
  smallest: 'Smallest',
  smallestNote: 'Items that make a group in the finest layer',
  find: 'Find groups',
};

export const newMap = {
  layOutAnother: 'Lay out another map',
  method: 'Method',
  dimensions: 'Dimensions',
  flat: '2-D',
  deep: '3-D',
  perplexity: 'Perplexity',
  fast: 'Fast',
  fastNote: 'every neighbour counts alike',
  steps: 'Steps',
  neighbours: 'Neighbours',
  distance: 'Min. distance',
  layOut: (model: string) => `Lay out ${model}`,
};
