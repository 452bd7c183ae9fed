/**
 * What a plot is given and what it tells: the types of its public face, without behaviour.
 *
 * A *row* is an index into the columns of one embedding set; a plot knows rows, never items (pictures excepted, whose
 * addresses are made from item ids). Lengths on the screen are CSS pixels from the plot's top left corner; lengths in
 * the data are the map's own, with y upwards.
 */

/** The tokens a plot draws with, read from the interface's one file of tokens. Colours are `#rrggbb`. */
export interface PlotTheme {
  dark: boolean;
  canvas: string;
  text: string;
  secondary: string;
  accent: string;
  query: string;
  unselected: string;
  /** A CSS font family, as in `"Inter Variable", sans-serif`. */
  font: string;
}

/** Parts of the stage that something else covers, kept free when the map is fitted. */
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** The name of a class, drawn where its points are densest. */
export interface PlotLabel {
  /** An index as in `PlotProps.classes`. */
  class: number;
  text: string;
  /** A second, quieter line: usually the count. */
  note: string;
  /** Larger ones win a place first. */
  weight: number;
}

/** A direction with a name at each end, in the data's own coordinates (z is 0 on a flat map). */
export interface PlotAxis {
  from: readonly [number, number, number];
  to: readonly [number, number, number];
  names: readonly [string, string];
}

/** A question and its answers. */
export interface PlotQuery {
  /** The question itself. */
  text: string;
  /** Rows that answer it, best first. */
  hits: readonly number[];
  /** The similarity of each hit: nearer ones draw the dot to them. */
  scores: readonly number[];
}

/** From one meaning to another; each stands among what is nearest to it. */
export interface PlotArrow {
  from: PlotQuery;
  to: PlotQuery;
}

/** Pictures that may stand in for points. */
export interface PlotPictures {
  /** The item of each row. */
  items: Uint32Array;
  /** The kind of each row: 1 for a picture. */
  kinds: Uint8Array;
  /** Where the small picture of an item is found. */
  url(item: number): string;
}

export type Tool = 'pointer' | 'lasso' | 'box' | 'brush' | 'axis';

export interface PlotProps {
  /** Which embedding set the rows belong to. When it changes, rows mean other things and nothing moves smoothly. */
  set: number;
  /** Which map this is. When it changes within a set, the cloud morphs; otherwise new positions are a layout's next step. */
  map: number;
  /** `rows × dims`. A row whose place is not a number is not drawn. */
  positions: Float32Array;
  dims: 2 | 3;
  /** Rows in the order of drawing, shuffled once, so that any prefix is a fair sample. Rows beyond `positions` are passed over. */
  order: Uint32Array;
  /** The class of each row, 65535 for none; null before colours are known. */
  classes: Uint16Array | null;
  /** The colour of each class (see `classColours`); classes beyond it are grey. */
  palette: readonly string[];
  /** The shape of each class, 0 for a disc (see `classShapes`); null where all are discs. */
  shapes: readonly number[] | null;
  /** One byte a row, not 0 for chosen; null when nothing is chosen. The rest fades but stays; grey is left to it. */
  selected: Uint8Array | null;
  /** The row under somebody's pointer elsewhere (a list, a linked plot). */
  hovered: number | null;
  /** The row that is kept. */
  pinned: number | null;
  /** The row whose true neighbours are shown. */
  hub: number | null;
  /** Its true neighbours, each joined to it by a hairline. */
  neighbours: readonly number[];
  /** Directions with a meaning, drawn below the names. */
  axes: readonly PlotAxis[];
  query: PlotQuery | null;
  arrows: readonly PlotArrow[];
  labels: readonly PlotLabel[];
  pictures: PlotPictures | null;
  /** The words of rows, beside their points where there is room (see `onNear`); null for none. */
  texts: ReadonlyMap<number, string> | null;
  tool: Tool;
  margins: Margins;
  theme: PlotTheme;
  reducedMotion: boolean;
  /** What a screen reader says the plot is. */
  title: string;
}

/** Where one looks from on a flat map: the data point in the middle, and CSS pixels for one unit. */
export interface FlatView {
  kind: 'flat';
  x: number;
  y: number;
  scale: number;
}

/** Where one looks from in 3-D: around a point, at a distance, turned by two angles (radians). */
export interface OrbitView {
  kind: 'orbit';
  x: number;
  y: number;
  z: number;
  distance: number;
  azimuth: number;
  elevation: number;
}

export type View = FlatView | OrbitView;

/** What is on a stage and how one looks at it: enough to draw it elsewhere. */
export interface Sight {
  props: PlotProps;
  view: View;
  /** Of the stage, in CSS pixels. */
  size: { width: number; height: number };
}

/** A closed line that was drawn. */
export interface Lasso {
  /** x, y, x, y …: in the data's own coordinates on a flat map, in clip coordinates (−1 to 1) after `matrix` in 3-D. */
  polygon: Float32Array;
  /** Column-major 4 × 4 from data to clip coordinates in 3-D; null on a flat map. */
  matrix: Float32Array | null;
  /** With Shift adds to what is chosen, with Ctrl or Alt takes away. */
  mode: 'replace' | 'add' | 'subtract';
}

export interface Place {
  x: number;
  y: number;
}

/** Told when the user does something; never in answer to `update` or `setView`. */
export interface PlotEvents {
  /** At once when another row comes within 14 px of the pointer; null when none is. */
  onHover?(row: number | null, at: Place): void;
  /** A click: the row, or null on empty canvas. */
  onPick?(row: number | null, at: Place): void;
  onDoubleClick?(row: number | null, at: Place): void;
  onLasso?(lasso: Lasso): void;
  /** Rows were brushed over, ascending. */
  onBrush?(rows: Uint32Array, mode: Lasso['mode']): void;
  /** A line was drawn from one row to another. */
  onAxis?(from: number, to: number): void;
  /** The user moved the view (also by keys and by fitting). */
  onView?(view: View): void;
  /** The rows in sight, whenever the view has come to rest on few enough to be read; none after that on more. */
  onNear?(rows: readonly number[]): void;
  /** The view has come to rest where no point is in sight, or where one is again. */
  onBare?(bare: boolean): void;
  /** How many points the last frame drew: fewer than there are while much moves. */
  onShown?(shown: number): void;
}
