/**
 * Reads binary frames: validates every byte it relies on and hands out typed views without copying.
 *
 * The layout is written down in crates/api/src/frame.rs. Deliberately absent: writing, and keeping frames in order
 * (who listens compares revisions).
 */
import { masked } from './items';
import type { ClassView } from './wire/ClassView';

export const NO_CLASS = 0xffff;

const MAGIC = 0x46424d45; // "EMBF", little-endian
const VERSION = 1;
const HEADER = 16;
const ALIGN = 8;

export const FRAME_KIND = {
  rows: 1,
  positions: 2,
  colours: 3,
  selection: 4,
  matrix: 5,
  overlap: 6,
  amounts: 7,
  spread: 8,
} as const;

export interface RowsFrame {
  kind: 'rows';
  revision: number;
  set: number;
  start: number;
  count: number;
  items: Uint32Array;
  order: Uint32Array;
  kinds: Uint8Array;
}

export interface PositionsFrame {
  kind: 'positions';
  revision: number;
  map: number;
  set: number;
  dims: number;
  count: number;
  iteration: number;
  iterations: number;
  positions: Float32Array;
}

export interface ColoursFrame {
  kind: 'colours';
  revision: number;
  set: number;
  by: string;
  names: ClassView[];
  /** How many smaller classes have no colour of their own. */
  more: number;
  classes: Uint16Array;
}

export interface SelectionFrame {
  kind: 'selection';
  revision: number;
  items: Uint32Array;
}

export interface MatrixGroup {
  label: string;
  start: number;
  count: number;
}

export interface MatrixFrame {
  kind: 'matrix';
  revision: number;
  set: number;
  groups: MatrixGroup[];
  items: Uint32Array;
  values: Float32Array;
}

export interface OverlapFrame {
  kind: 'overlap';
  revision: number;
  a: number;
  b: number;
  k: number;
  items: Uint32Array;
  overlap: Float32Array;
}

/** What amounts are: numbers, dates in seconds since 1970, similarities, or shares from 0 to 1. */
export type Unit = 'number' | 'date' | 'similarity' | 'share';

export interface AmountsFrame {
  kind: 'amounts';
  revision: number;
  set: number;
  by: string;
  unit: Unit;
  low: number;
  high: number;
  /** One a row, NaN where there is none. */
  amounts: Float32Array;
}

export interface SpreadFrame {
  kind: 'spread';
  revision: number;
  set: number;
  /** The share of all variance along each axis. */
  variance: number[];
  positions: Float32Array;
}

export type Frame =
  RowsFrame | PositionsFrame | ColoursFrame | SelectionFrame | MatrixFrame | OverlapFrame | AmountsFrame | SpreadFrame;

export class FrameError extends Error {
  override name = 'FrameError';
}

type Column = Float32Array | Uint32Array | Uint16Array | Uint8Array;
const TYPES = { f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;

function need(condition: boolean, what: string): asserts condition {
  if (!condition) throw new FrameError(`A message from the program cannot be read: ${what}.`);
}

/** Head fields and columns, each checked when taken. */
class Parts {
  constructor(
    private readonly head: Record<string, unknown>,
    private readonly columns: Map<string, Column>,
  ) {}

  number(name: string): number {
    const value = this.head[name];
    need(typeof value === 'number' && Number.isFinite(value), `"${name}" is missing`);
    return value;
  }

  text(name: string): string {
    const value = this.head[name];
    need(typeof value === 'string', `"${name}" is missing`);
    return value;
  }

  list<T>(name: string): T[] {
    const value = this.head[name];
    need(Array.isArray(value), `"${name}" is missing`);
    return value as T[];
  }

  has(column: string): boolean {
    return this.columns.has(column);
  }

  numbers(name: string, length: number): number[] {
    const values = this.list<unknown>(name);
    need(
      values.length === length && values.every((value) => typeof value === 'number' && Number.isFinite(value)),
      `"${name}" is not ${length} numbers`,
    );
    return values as number[];
  }

  column<T extends Column>(name: string, type: abstract new (...args: never[]) => T, length?: number): T {
    const column = this.columns.get(name);
    need(column instanceof type, `column "${name}" is missing or of another type`);
    need(
      length === undefined || column.length === length,
      `column "${name}" has ${column.length} values, not ${length}`,
    );
    return column;
  }
}

/** Throws a `FrameError` for anything that is not a whole, known frame. */
export function readFrame(buffer: ArrayBuffer): Frame {
  need(buffer.byteLength >= HEADER, 'it is too short');
  const view = new DataView(buffer);
  need(view.getUint32(0, true) === MAGIC, 'it does not begin as a frame does');
  need(view.getUint16(4, true) === VERSION, `its version is ${view.getUint16(4, true)}`);
  const kind = view.getUint16(6, true);
  const revision = view.getUint32(8, true);
  const headBytes = view.getUint32(12, true);
  const start = HEADER + headBytes;
  need(headBytes % ALIGN === 0 && start <= buffer.byteLength, 'its head is cut off');

  let head: Record<string, unknown>;
  try {
    head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEADER, headBytes))) as Record<string, unknown>;
  } catch {
    throw new FrameError('A message from the program cannot be read: its head is not JSON.');
  }
  const columns = new Map<string, Column>();
  need(Array.isArray(head.columns), 'its columns are not listed');
  for (const { name, type, length, offset } of head.columns as Record<string, unknown>[]) {
    need(typeof name === 'string' && typeof type === 'string' && type in TYPES, 'a column is not described');
    need(Number.isSafeInteger(length) && Number.isSafeInteger(offset), `column "${name}" has no place`);
    const make = TYPES[type as keyof typeof TYPES];
    const at = start + (offset as number);
    need((offset as number) >= 0 && at % ALIGN === 0, `column "${name}" is misplaced`);
    need(
      (length as number) >= 0 && at + (length as number) * make.BYTES_PER_ELEMENT <= buffer.byteLength,
      `column "${name}" is cut off`,
    );
    columns.set(name, new make(buffer, at, length as number));
  }
  return shape(kind, revision, new Parts(head, columns));
}

/** Places told in 65 536 even steps along each axis, as numbers. */
function widened(quantised: Uint16Array, low: number[], high: number[]): Float32Array {
  const dims = low.length;
  const steps = high.map((end, axis) => (end - low[axis]!) / 0xffff);
  const positions = new Float32Array(quantised.length);
  for (let axis = 0; axis < dims; axis++)
    for (let at = axis; at < quantised.length; at += dims) positions[at] = low[axis]! + quantised[at]! * steps[axis]!;
  return positions;
}

function shape(kind: number, revision: number, parts: Parts): Frame {
  switch (kind) {
    case FRAME_KIND.rows: {
      const count = parts.number('count');
      return {
        kind: 'rows',
        revision,
        set: parts.number('set'),
        start: parts.number('start'),
        count,
        items: parts.column('items', Uint32Array, count),
        order: parts.column('order', Uint32Array),
        kinds: parts.column('kinds', Uint8Array, count),
      };
    }
    case FRAME_KIND.positions: {
      const [count, dims] = [parts.number('count'), parts.number('dims')];
      need(dims === 2 || dims === 3, `a map has ${dims} dimensions`);
      return {
        kind: 'positions',
        revision,
        map: parts.number('map'),
        set: parts.number('set'),
        dims,
        count,
        iteration: parts.number('iteration'),
        iterations: parts.number('iterations'),
        positions: parts.has('quantised')
          ? widened(
              parts.column('quantised', Uint16Array, count * dims),
              parts.numbers('low', dims),
              parts.numbers('high', dims),
            )
          : parts.column('positions', Float32Array, count * dims),
      };
    }
    case FRAME_KIND.colours:
      return {
        kind: 'colours',
        revision,
        set: parts.number('set'),
        by: parts.text('by'),
        names: parts.list<ClassView>('classes'),
        more: parts.number('more'),
        classes: parts.column('classes', Uint16Array),
      };
    case FRAME_KIND.selection:
      return {
        kind: 'selection',
        revision,
        items: parts.has('mask') ? masked(parts.column('mask', Uint8Array)) : parts.column('items', Uint32Array),
      };
    case FRAME_KIND.matrix: {
      const items = parts.column('items', Uint32Array);
      return {
        kind: 'matrix',
        revision,
        set: parts.number('set'),
        groups: parts.list<MatrixGroup>('groups'),
        items,
        values: parts.column('values', Float32Array, items.length * items.length),
      };
    }
    case FRAME_KIND.overlap: {
      const items = parts.column('items', Uint32Array);
      return {
        kind: 'overlap',
        revision,
        a: parts.number('a'),
        b: parts.number('b'),
        k: parts.number('k'),
        items,
        overlap: parts.column('overlap', Float32Array, items.length),
      };
    }
    case FRAME_KIND.amounts: {
      const unit = parts.text('unit') as Unit;
      need(['number', 'date', 'similarity', 'share'].includes(unit), `its unit is ${unit}`);
      return {
        kind: 'amounts',
        revision,
        set: parts.number('set'),
        by: parts.text('by'),
        unit,
        low: parts.number('low'),
        high: parts.number('high'),
        amounts: parts.column('amounts', Float32Array),
      };
    }
    case FRAME_KIND.spread: {
      const variance = parts.list<number>('variance');
      need(variance.length === 2, 'it has not two axes');
      const positions = parts.column('positions', Float32Array);
      need(positions.length % 2 === 0, 'a place is cut off');
      return { kind: 'spread', revision, set: parts.number('set'), variance, positions };
    }
    default:
      throw new FrameError(`A message from the program cannot be read: its kind is ${kind}.`);
  }
}

/** Reads a frame that must be of one kind. */
export function readAs<K extends Frame['kind']>(kind: K, buffer: ArrayBuffer): Extract<Frame, { kind: K }> {
  const frame = readFrame(buffer);
  need(frame.kind === kind, `it is about ${frame.kind}, not ${kind}`);
  return frame as Extract<Frame, { kind: K }>;
}
