/** What the ways out say: the export of items, the export of a figure, and the figure itself. */
import type { ExportFormat } from '../../backend/wire/ExportFormat';
import type { MapView } from '../../backend/wire/MapView';
import type { SetView } from '../../backend/wire/SetView';
import { count, counted, figure as fine, percent } from '../../format';
import { METHOD, kindCount } from './shared';

const FORMAT: Record<ExportFormat, { title: string; note: string }> = {
  parquet: { title: 'Parquet', note: 'One table, small and quick: pandas, polars, DuckDB.' },
  arrow: { title: 'Arrow', note: 'One table in Arrow’s file format (Feather).' },
  csv: { title: 'CSV', note: 'One table that every program reads; vectors as numbered columns.' },
  npy: { title: 'NumPy', note: 'A folder of .npy arrays, and JSON lines that say what each row is.' },
  safetensors: { title: 'safetensors', note: 'One file of tensors, and JSON lines beside it.' },
  projector: { title: 'Projector', note: 'A folder that the TensorBoard Embedding Projector opens.' },
  html: { title: 'Web page', note: 'One page of maps and figures that works offline.' },
  originals: { title: 'Files', note: 'A folder with copies of the files the items came from.' },
};

export const exportDialog = {
  export: 'Export',
  format: 'Format',
  FORMAT,
  items: 'Items',
  all: 'All',
  selection: (n: number) => `Selection (${count(n)})`,
  allItems: 'All items',
  /** Between the items and the set they are of. */
  of: 'of',
  set: 'Embedding set',
  workspace: 'the whole workspace, without vectors',
  selectFirst: 'Select items on the map to write only those.',
  with: 'With',
  pageHolds: 'Every map with its clusters, figures and small pictures; vectors are not in it.',
  filesHold: 'Each file once, with JSON lines that say what every item is; originals that moved are left out.',
  texts: 'Texts, files and columns',
  vectors: 'Vectors',
  numbers: (dim: number) => `${count(dim)} numbers each`,
  places: 'Places on the map',
  clusters: 'Clusters',
  tags: 'Tags',
  noneInSet: 'None of the selected items is in this set.',
  noVectors: 'The projector shows vectors; choose a set of them.',
  amount: (items: number, folder: boolean) =>
    `${counted(items, 'item')}${folder ? ', into a new folder where you say.' : '.'}`,
  after: (job: string) => `It is written when ${job} is done.`,
  cancel: 'Cancel',
  chooseFolder: 'Choose folder…',
  save: 'Save as…',
};

export const figure = {
  export: 'Export figure',
  preview: 'The figure as it will be',
  format: 'Format',
  FORMAT: {
    png: { label: 'PNG', hint: 'Pixels: for slides, pages and mail' },
    svg: { label: 'SVG', hint: 'Lines and letters: for print and for changing it later' },
  },
  size: 'Size',
  scale: (times: number) => `${times} × the window`,
  /** `width` and `height` in print, written. */
  pixels: (across: number, down: number, dpi: number, width: string, height: string) =>
    `${count(across)} × ${count(down)} pixels, at\u00a0${dpi}\u00a0dpi ${width}\u00a0×\u00a0${height}\u00a0cm`,
  /** `rastered`: how many points are one picture; null where each is a circle. */
  lines: (width: string, height: string, rastered: number | null) =>
    `${width} × ${height} cm, at any other size as sharp. ${
      rastered === null
        ? 'Every point is a circle, every word letters (Inter, where it is installed).'
        : `Its ${count(rastered)} points are one picture inside it; names, legend and words stay letters.`
    }`,
  part: 'What of the map',
  whole: 'All of it',
  stage: 'As on the stage',
  ground: 'Ground',
  white: 'White',
  light: 'Light',
  title: 'Title',
  noTitle: 'None',
  with: 'With',
  legend: 'Legend',
  names: 'Names of groups, words of items',
  caption: 'Caption: method, model, count and quality',
  faded: 'What is not selected is faded, as on the stage.',
  asOnStage: 'Colours and marks are as on the stage.',
  copy: 'Copy',
  cancel: 'Cancel',
  save: 'Save as…',
  drawing: 'Drawing…',
};

/** What a figure says of its map. */
export const said = {
  /** The classes that share the grey. */
  more: (classes: number) => `${count(classes)} more`,
  none: 'none',
  along: (axes: string) => `Along ${axes}.`,
  laidOut: ({ method, dims, parameters, iterations, iteration, running }: MapView) =>
    [
      METHOD[method],
      dims === 3 ? ' in 3-D' : '',
      parameters ? `, ${parameters}` : '',
      iterations ? `, ${counted(iteration, 'step')}` : '',
      running ? ', still moving' : '',
      '.',
    ].join(''),
  embedded: (loaded: number, { total, model, dim }: SetView) =>
    `${count(loaded)} of ${counted(total, 'item')}, embedded by ${model} (${count(dim)} dimensions).`,
  noPlace: (missing: SetView['left_out']) =>
    `${missing.map(({ kind, count: n }) => kindCount(kind, n)).join(' and ')} cannot be placed by this model.`,
  selected: (n: number) => `${count(n)} selected; the rest is faded.`,
  query: (text: string, hits: number) => `Lines lead from “${text}” to its ${count(hits)} nearest.`,
  trust: (value: number) => `Trustworthiness ${fine(value)} (k = 15).`,
  variance: (share: number) => `The axes hold ${percent(share)} of the variance.`,
  program: (version: string) => `Embedscope ${version}.`,
};
