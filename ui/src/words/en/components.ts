/** What the parts say that many rooms share: cards, lists, rails, the stage and its tools. */
import type { JobView } from '../../backend/wire/JobView';
import type { Kind } from '../../backend/wire/Kind';
import { count, counted, duration } from '../../format';
import { kindCount } from './shared';

export const counter = {
  /** Each after its figure. */
  shown: 'shown',
  loaded: 'loaded',
  total: 'total',
  onAnotherMap: (kind: Kind, n: number) => `${kindCount(kind, n)} ${n === 1 ? 'is' : 'are'} on another map`,
  noPlace: (kind: Kind, n: number, model: string) => `${kindCount(kind, n)} cannot be placed by ${model}`,
};

export const heatmapView = {
  similarities: (items: number) => `Similarities of ${items} items, every pair a cell`,
  differences: (items: number) => `Differences of ${items} items, every pair a cell`,
  /** Below the colours of the legend. */
  similarity: 'similarity',
  keys: 'Arrow keys go from cell to cell, with Shift over a block. Enter selects it. Plus and minus go closer and farther, 0 shows all.',
  closer: 'Closer',
  closerBy: 'Closer  +',
  farther: 'Farther',
  fartherBy: 'Farther  −',
  fit: 'Fit',
  /** First and last in sight, counted from 1. */
  part: ({ rows, columns }: { rows: [number, number]; columns: [number, number] }, of: number) =>
    rows.join() === columns.join()
      ? `items ${rows[0]}–${rows[1]} of ${of}`
      : `rows ${rows[0]}–${rows[1]}, columns ${columns[0]}–${columns[1]} of ${of}`,
  all: (n: number) => `all ${counted(n, 'item')}`,
  block: (rows: number, columns: number) => `block of ${rows} × ${columns}`,
  selected: (n: number) => `selected: ${counted(n, 'item')}`,
};

const inCommon = (items: number, shared: number, of: number) =>
  `${counted(items, 'item')} with ${shared} of ${of} neighbours in common`;

export const histogram = {
  inCommon,
  select: (items: number, shared: number, of: number) => `Select ${inCommon(items, shared, of)}`,
  /** What both ends say. */
  none: 'none',
  all: (of: number) => `all ${of}`,
};

export const hoverCard = {
  card: 'Item under the pointer',
  nearest: 'Nearest in the full space',
  nearestByDistance: 'Nearest, with the distance',
  toKept: (title: string) => `To “${title}”`,
};

export const jobCard = {
  cancel: 'Cancel',
  stopping: 'Stopping',
  waiting: 'Waiting for its turn',
  paused: (stage: string) => `Paused: ${stage}`,
  nothingDone: 'Nothing done yet',
  /** Empty before anything is done of a whole that is not known. */
  done: ({ done, total, unit }: JobView) =>
    total ? `${count(done)} of ${count(total)} ${unit}` : done ? `${count(done)} ${unit}` : '',
  left: (seconds: number) => `${duration(seconds)} left`,
};

export const notices = {
  times: (n: number) => `${n} times`,
  dismiss: 'Dismiss',
};

export const pause = {
  pause: 'Pause',
  pausing: 'Pausing',
  goOn: 'Go on',
  kept: 'What is done is kept, even if the program is closed',
};

export const rail = {
  open: (rail: string) => `Open: ${rail}`,
  fold: (rail: string) => `Fold: ${rail}`,
  openBy: (key: string) => `Open  ${key}`,
  foldBy: (key: string) => `Fold  ${key}`,
};

export const recent = {
  open: (name: string, place: string, here: boolean) => `Open ${name}, ${place}${here ? '' : ', not found'}`,
  notFound: 'not found',
  takeOff: (name: string) => `Take ${name} off this list`,
  takeOffHint: 'Take off this list',
};

export const seed = { seed: 'Seed' };

export const shapesSwitch = {
  shapes: 'Shapes beside colours',
  shapesNote: 'Shapes tell more classes apart than colours alone  O',
};

export const sheet = { close: 'Close' };

export const stage = {
  inSight: 'Items in sight',
  bare: 'No point is in sight here.',
  blind: 'The map cannot be drawn: this window has no WebGL 2. The table, search and the matrix still work.',
  showTable: 'Show the table',
  noWebGL2: 'This computer offers no WebGL2 drawing, so the map cannot be shown.',
  /** Where a selection came from. */
  brush: 'brush',
};

export const toolbar = {
  tools: 'Tools',
  names: 'Names',
  pictures: 'Pictures',
  trueNeighbours: 'True neighbours',
  trueNeighboursHint: (key: string) =>
    `Lines from the kept item to its nearest in the full space: a long one is a distortion seen  ${key}`,
  fit: 'Fit',
  undoes: (done: string, key: string) => `Undo: ${done}  ${key}`,
  redoes: (undone: string, key: string) => `Redo: ${undone}  ${key}`,
};
