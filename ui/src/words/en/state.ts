/** What is said by what keeps the window's state: news of what was done, names of steps, where a selection came from. */
import type { JobKind } from '../../backend/wire/JobKind';
import { bytes, counted } from '../../format';

export const app = {
  readOnly: 'This workspace is open for reading only',
  found: (n: number) => (n === 1 ? 'The original was found' : `The originals of ${n} items were found`),
  keptItem: 'the kept item',
  colourBy: (what: string) => `colour by ${what}`,
};

export const choosing = {
  everything: 'everything',
  wholeGroups: 'whole groups',
  answers: (sought: string) => `“${sought}”`,
  noGroups: 'There are no groups yet: they are found when everything is embedded',
  noSelection: 'Nothing is selected',
  copied: (n: number) => `${counted(n, 'item')} on the clipboard`,
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
  tag: (name: string) => `tag “${name}”`,
  /** What came of putting a tag on items, or of taking it off. */
  tagged: (name: string, on: boolean, n: number) =>
    n
      ? `“${name}” is ${on ? 'on' : 'off'} ${counted(n, 'item')}`
      : on
        ? `All of them had “${name}” already`
        : `None of them had “${name}”`,
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
};

export const notices = { showLog: 'Show the log' };

export const releases = {
  newer: (version: string) => `Version ${version} has been published`,
  newest: 'This is the newest version.',
  nothing: 'No version has been published yet.',
};

export const selection = {
  select: (origin: string) => `select ${origin}`,
  clear: 'clear the selection',
  everything: 'everything',
  /** What was done twice is said once. */
  allBut: (origin: string) => `all but ${origin.replace(/^all but /, '')}`,
  grown: (origin: string) => `${origin.replace(/, grown$/, '')}, grown`,
  changed: (origin: string) => `${origin.replace(/, changed$/, '')}, changed`,
};

export const shelf = {
  unlisted: (model: string) => `${model} is not listed any more`,
  removed: (model: string, freed: number) => `${model} is gone; ${bytes(freed)} came free`,
  listed: (model: string) => `${model} is listed among the models`,
};

export const table = {
  filter: 'filter the table',
  unfilter: 'lift all filters',
  sort: 'sort the table',
};
