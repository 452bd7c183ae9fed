/** What a heat map shows and tells. Nothing here does anything. */
import type { Block, Cell, Sight } from './sight';
import type { ChartTheme } from './theme';

/** Where the cells are on their surface (CSS px). */
export interface Frame {
  left: number;
  top: number;
  side: number;
  /** Room for names left of the cells. */
  names: number;
}

/** Cells from `start` on that belong together. */
export interface HeatmapGroup {
  label: string;
  start: number;
  count: number;
}

export interface HeatmapProps {
  /** The item of each row and column. */
  items: Uint32Array;
  /** `n × n` similarities, row-major, in the order of `items`. */
  values: Float32Array;
  groups: readonly HeatmapGroup[];
  /** An item marked in both directions: the one kept, or pointed at elsewhere. */
  marked: number | null;
  theme: ChartTheme;
  /** What a screen reader says the picture is. */
  title: string;
  /** What the values are: said below the legend where there is room. */
  what: string;
  /** Values are differences around 0: what both ends of the legend say. Null for similarities. */
  ends: readonly [string, string] | null;
}

export interface HeatmapEvents {
  /** Row and column that are pointed at; null outside the cells. */
  onHover?(cell: Cell | null): void;
  /** The items of a block, its rows and columns together; of one group when its name is clicked. */
  onSelect?(items: Uint32Array): void;
  /** A click on one cell, or Enter. */
  onPick?(i: number, j: number): void;
  /** What is in sight now, and where the cells are. */
  onSight?(sight: Sight, frame: Frame): void;
  /** A key led to another cell, and so far stretches this block. */
  onWalk?(block: Block | null): void;
  /** A key went closer or farther. */
  onZoom?(): void;
}
