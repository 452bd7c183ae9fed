/** What the rail of what there is says: collections, models, groups, health, maps, and what was kept. */
import { count, counted, megabytes } from '../../../format';

const embedWith = (model: string, fetchMb: number | null) =>
  fetchMb === null ? `Embed with ${model}` : `Fetch ${megabytes(fetchMb)} and embed with ${model}`;

export const library = {
  collections: 'Collections',
  watched: (name: string, isThere: boolean) => (isThere ? `${name} is watched` : `${name} is not there`),
  lookedFor: 'Looked for until it is back',
  stopWatching: (name: string) => `Stop watching ${name}`,
  stopWatchingNote: (name: string) => `Stop watching ${name}; its items stay`,
  leftOut: (n: number) => `${counted(n, 'file')} left out`,
  filesLeftOut: 'Files left out',
  close: 'Close',
  models: 'Models',
  combine: 'Combine vectors',
  embed: 'Embed',
  embedWith,
  embedWithNote: (model: string, fetchMb: number | null, note: string) => `${embedWith(model, fetchMb)}. ${note}`,
  underWay: 'under way',
  rowsOf: (rows: number, all: number) => `${count(rows)} of ${count(all)}`,
  baseline: 'baseline',
  dims: (n: number) => `${n} dims`,
  cut: (texts: number) => `${counted(texts, 'text')} cut: longer than it reads`,
  embedded: (model: string) => `${model} embedded`,
  /** Where work was stopped, or files came that this model has not read. */
  embedRest: (n: number) => `Embed the other ${count(n)}`,
  embedRestWith: (n: number, model: string) => `Embed the other ${count(n)} with ${model}`,
  toFetch: (models: number) => `${counted(models, 'more model')} to fetch`,
  groups: 'Groups',
  findGroups: 'Find other groups',
  health: 'Health',
  openHealth: 'Health of the vectors',
  healthNote: 'Lengths, repeats, and how well the dimensions are used',
  maps: 'Maps',
  layOut: 'Lay out another map',
  mapOf: (method: string, model: string, parameters: string) => `${method} of ${model}, ${parameters}`,
  laidOut: (method: string, dims: number) => (dims === 3 ? `${method} in 3-D` : method),
  noMaps: 'Maps appear here as soon as something is embedded.',
};

export const clusterLayers = {
  groups: (n: number, loose: number) => `${counted(n, 'group')}${loose ? `, ${count(loose)} in none` : ''}`,
  apart: (silhouette: number) => `apart ${silhouette.toFixed(2)}`,
  apartNote: 'Silhouette: how much nearer items are to their own group than to the next, −1 to 1',
  coarser: 'Coarser',
  coarserNote: 'From many small groups to few large ones',
  reachNote: 'How far items reach, as a share of the map: from many small groups to few large ones',
};

export const health = {
  broken: 'Broken',
  repeated: 'Repeated',
  length: 'Length',
  oneWay: 'One way',
  used: 'Used',
  usedOf: (rank: number, dims: number) => `${count(rank)} of ${count(dims)}`,
  nearby: 'Nearby',
  dims: (n: number) => `${n.toFixed(1)} dims`,
  hubs: 'Hubs',
  measuring: 'Measuring…',
};

export const keptLists = {
  selections: 'Selections',
  newName: (name: string) => `New name of ${name}`,
  selectAgain: (name: string) => `Select “${name}” again; with Shift add it, or take it away`,
  rename: (name: string) => `Rename ${name}`,
  remove: (name: string) => `Delete ${name}`,
  removeNote: (name: string) => `Delete ${name}; its items stay`,
  tags: 'Tags',
  selectTagged: (tag: string) => `Select what is tagged “${tag}”; with Shift add it, or take it away`,
};
