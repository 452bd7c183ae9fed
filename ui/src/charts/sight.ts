/**
 * Which square part of a matrix is in sight, and how zooming and moving change it: rows and columns are zoomed alike
 * and may begin anywhere. Pure; deliberately absent: pixels, and what is drawn.
 */

export interface Sight {
  /** The row and the column at the upper left corner; a part of a cell may be out of sight. */
  row: number;
  column: number;
  /** Cells along each side. */
  count: number;
}

export interface Cell {
  i: number;
  j: number;
}

/** Two cells at opposite corners, and all between them. */
export interface Block {
  from: Cell;
  to: Cell;
}

/** Closer than so many cells there is nothing more to see. */
const LEAST = 4;

const within = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

export const whole = (n: number): Sight => ({ row: 0, column: 0, count: n });

/** Moves what reaches beyond the matrix back onto it. */
function held({ row, column, count }: Sight, n: number): Sight {
  return { row: within(row, 0, n - count), column: within(column, 0, n - count), count };
}

/** `factor` times as close; what is at the shares `x` and `y` of the picture stays there. */
export function zoomed(sight: Sight, n: number, factor: number, x = 0.5, y = 0.5): Sight {
  const count = within(sight.count / factor, Math.min(LEAST, n), n);
  const gone = sight.count - count;
  return held({ row: sight.row + gone * y, column: sight.column + gone * x, count }, n);
}

/** So many cells farther down and to the right. */
export function moved(sight: Sight, n: number, down: number, across: number): Sight {
  return held({ ...sight, row: sight.row + down, column: sight.column + across }, n);
}

/** Moved no farther than it takes to have a cell wholly in sight. */
export function showing(sight: Sight, n: number, { i, j }: Cell): Sight {
  const { count } = sight;
  const row = within(sight.row, i + 1 - count, i);
  const column = within(sight.column, j + 1 - count, j);
  return held({ row, column, count }, n);
}

/** The first and the last of the cells in sight, along the side that begins at `start`. */
export function rangeOf(start: number, count: number): [first: number, last: number] {
  // What rounding leaves of a cell is none.
  return [Math.floor(start + 1e-6), Math.ceil(start + count - 1e-6) - 1];
}

/** The shares of the picture at which a cell has its middle; of one out of sight, the edge beside it. */
export function middleOf({ row, column, count }: Sight, { i, j }: Cell): [x: number, y: number] {
  return [within((j + 0.5 - column) / count, 0, 1), within((i + 0.5 - row) / count, 0, 1)];
}

/** The first and the last row and column in sight, counted from 1. */
export function partOf({ row, column, count }: Sight): { rows: [number, number]; columns: [number, number] } {
  const counted = (start: number) => rangeOf(start, count).map((index) => index + 1) as [number, number];
  return { rows: counted(row), columns: counted(column) };
}

/** From where to where cells are seen along the side that begins at `start`, in shares of it: both alike where they are not. */
export function stretchOf(of: { start: number; count: number }, start: number, count: number): [number, number] {
  const share = (index: number) => within((index - start) / count, 0, 1);
  return [share(of.start), share(of.start + of.count)];
}

/** The cell at shares of the picture: outside of it the nearest one in sight. */
export function cellAt({ row, column, count }: Sight, x: number, y: number): Cell {
  const along = (start: number, share: number) => {
    const [first, last] = rangeOf(start, count);
    return within(Math.floor(start + share * count), first, last);
  };
  return { i: along(row, y), j: along(column, x) };
}

/** The cell so many farther down and to the right, or the last one there. */
export function nextTo({ i, j }: Cell, down: number, across: number, n: number): Cell {
  return { i: within(i + down, 0, n - 1), j: within(j + across, 0, n - 1) };
}

/** A block from its first to its last row and column. */
export function sidesOf({ from, to }: Block): { i0: number; i1: number; j0: number; j1: number } {
  return {
    i0: Math.min(from.i, to.i),
    i1: Math.max(from.i, to.i),
    j0: Math.min(from.j, to.j),
    j1: Math.max(from.j, to.j),
  };
}

/** The items of the rows and columns of a block, each once. */
export function itemsOf(block: Block, items: Uint32Array): Uint32Array {
  const { i0, i1, j0, j1 } = sidesOf(block);
  return Uint32Array.from(new Set([...items.slice(i0, i1 + 1), ...items.slice(j0, j1 + 1)]));
}
