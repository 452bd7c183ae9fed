/** What is said by what keeps the window's state: news of what was done, names of steps, where a selection came from. */
import type { JobKind } from '../../backend/wire/JobKind';
import { bytes, counted } from '../../format';

export const app = {
  readOnly: 'This workspace is open for reading only',
  found: (n: number) => (n === 1 ? 'The original was found' : `The originals of ${n} items were found`),
  colourBy: (what: string) => `colour by ${what}`,
  layer: 'coarser or finer groups',
  use: (model: string) => `use ${model}`,
};

export const axes = {
  sum: (sum: string) => `find ${sum}`,
  drop: 'drop the sum',
};

export const choosing = {
  everything: 'everything',
  wholeGroups: 'whole groups',
  answers: (sought: string) => `“${sought}”`,
  noGroups: 'There are no groups yet: they are found when everything is embedded',
  noSelection: 'Nothing is selected',
  copied: (n: number) => `${counted(n, 'item')} on the clipboard`,
};

export const compare = {
  arrange: 'the maps side by side',
  look: { maps: 'two maps', morph: 'one map becoming the other', difference: 'the difference of two' },
  subtract: { sample: 'the difference of a sample', selection: 'the difference of the selection' },
  colourByKept: 'colour by neighbours kept',
};

export const dimensions = {
  along: 'Axes between meanings are flat',
  given: 'These places came with the file',
  busy: 'Another map is being laid out',
  layingOut: (method: string, solid: boolean) =>
    `${method} is being laid out in ${solid ? '3-D' : '2-D'} with the parameters of this map`,
};

export const figure = {
  copied: 'The figure is on the clipboard',
  noPicture: 'The points could not be made a picture; choose a smaller size.',
};

/** What the system's notices say of long work that ended while nobody looked. */
export const ended = {
  import: { done: 'The import is done.', failed: 'The import failed.' },
  embed: { done: 'Everything is embedded.', failed: 'Embedding failed.' },
  project: { done: 'The map is laid out.', failed: 'The map failed.' },
  cluster: { done: 'The clusters are found.', failed: 'No clusters were found.' },
  fetch: { done: 'The model is here.', failed: 'The model could not be fetched.' },
  export: { done: 'The export is written.', failed: 'The export failed.' },
  evaluate: { done: 'The models are measured.', failed: 'The evaluation failed.' },
  keep: { done: 'Looking after the workspace is done.', failed: 'Looking after the workspace failed.' },
} satisfies Record<JobKind, { done: string; failed: string }>;

export const keeping = {
  freed: (n: number) => (n ? `${bytes(n)} given back` : 'There was nothing to give back'),
  forgotten: (n: number) => `${counted(n, 'item')} forgotten`,
  written: (file: string) => `${file} is written`,
  showInFolder: 'Show in folder',
};

export const lists = {
  keep: (name: string) => `keep “${name}”`,
  rename: (name: string) => `call it “${name}”`,
  drop: (name: string) => `delete “${name}”`,
  add: (name: string) => `add to “${name}”`,
  added: (name: string, n: number) =>
    n ? `${counted(n, 'item')} added to “${name}”` : `All of them were in “${name}” already`,
  tag: (name: string) => `tag “${name}”`,
  /** What came of putting a tag on items, or of taking it off. */
  tagged: (name: string, on: boolean, n: number) =>
    n
      ? `“${name}” ${on ? 'put on' : 'taken off'} ${counted(n, 'item')}`
      : on
        ? `“${name}” was there already`
        : `“${name}” was not there`,
  withTag: (name: string) => `tagged ${name}`,
};

export const map = {
  /** What items are coloured, filtered and measured by. */
  NAME: {
    cluster: 'group',
    kind: 'kind',
    file: 'file',
    collection: 'collection',
    tag: 'tag',
    misplaced: 'error of the map',
    disagreement: 'disagreement of models',
    similarity: 'similarity to the kept item',
    judged: 'which is nearer?',
  },
  /** Something is drawn from now on, or left out. */
  turn: {
    labels: (on: boolean) => (on ? 'show names' : 'hide names'),
    pictures: (on: boolean) => (on ? 'show pictures' : 'hide pictures'),
    trueNeighbours: (on: boolean) => (on ? 'show true neighbours' : 'hide true neighbours'),
    shaped: (on: boolean) => (on ? 'shapes beside colours' : 'colours without shapes'),
  },
};

export const matrix = {
  choose: { selection: 'the matrix of the selection', sample: 'the matrix of a sample' },
};

export const notices = { showLog: 'Show the log' };

/** What comes of putting something somewhere. */
export const putting = {
  /** The ends of the first axis and of the second. */
  END: {
    x: ['Put at the left end of the axis', 'Put at the right end of the axis'],
    y: ['Put at the bottom end of the axis', 'Put at the top end of the axis'],
  } as const,
  SUM: { '+': 'Add to the sum', '−': 'Take away from the sum' },
  search: 'Search for these words',
  select: 'Select',
  addToSelection: 'Add to the selection',
  addTo: (list: string) => `Add to “${list}”`,
  tag: (tag: string) => `Tag “${tag}”`,
  VIEW: { compare: 'Select and compare', matrix: 'Show in the matrix' },
};

export const releases = {
  newer: (version: string) => `Version ${version} has been published`,
  newest: 'This is the newest version.',
  nothing: 'No version has been published yet.',
};

export const search = {
  ask: (sought: string) => `search for “${sought}”`,
  drop: 'drop the search',
};

export const selection = {
  select: (origin: string) => `select ${origin}`,
  clear: 'clear the selection',
  everything: 'everything',
  /** What was done twice is said once. */
  allBut: (origin: string) => `all but ${origin.replace(/^all but /, '')}`,
  grown: (origin: string) => `${origin.replace(/, grown$/, '')}, grown`,
  against: (others: string) => (others ? `compare with ${others}` : 'compare with all others'),
  changed: (origin: string) => `${origin.replace(/, changed$/, '')}, changed`,
};

export const shelf = {
  unlisted: (model: string) => `${model} is not listed any more`,
  removed: (model: string, freed: number) => `${model} is gone; ${bytes(freed)} came free`,
  listed: (model: string) => `${model} is listed among the models`,
};

export const stage = {
  show: (method: string, solid: boolean, model: string) => `show the ${solid ? '3-D ' : ''}${method} map of ${model}`,
  lay: (ends: string[]) => `lay out between ${ends[0]} and ${ends[1]}`,
  leaveAxes: 'back to the map',
  keep: 'keep an item',
  release: 'let an item go',
};

export const table = {
  filter: 'filter the table',
  unfilter: 'lift all filters',
  sort: 'sort the table',
  limit: (onlySelected: boolean) => (onlySelected ? 'list only the selected' : 'list all, selected or not'),
  columns: 'other columns',
};
