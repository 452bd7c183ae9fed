/**
 * The numbers behind the maps: rows of the sets and places of the maps, as they stream in.
 *
 * Typed arrays are kept raw; a new object replaces the old one whenever something arrived. Frames that come late (an
 * older revision) are dropped. Deliberately absent: colours, which belong to how a map is looked at.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import { readAs, readFrame, type PositionsFrame, type RowsFrame } from '../backend/frame';

export interface Rows {
  count: number;
  items: Uint32Array;
  order: Uint32Array;
  kinds: Uint8Array;
}

export interface Places {
  set: number;
  dims: 2 | 3;
  count: number;
  iteration: number;
  iterations: number;
  positions: Float32Array;
}

const EMPTY: Rows = { count: 0, items: new Uint32Array(), order: new Uint32Array(), kinds: new Uint8Array() };

/** Appends in amortised constant time: the buffer behind `old` is reused while it is long enough. */
function append<T extends Uint32Array | Uint8Array>(old: T, more: T): T {
  const length = old.length + more.length;
  const make = old.constructor as new (buffer: ArrayBufferLike | number, offset?: number, length?: number) => T;
  let whole = old;
  if (old.byteOffset !== 0 || old.buffer.byteLength < length * old.BYTES_PER_ELEMENT) {
    whole = new make(Math.max(length, old.length * 2));
    whole.set(old);
  }
  const view = new make(whole.buffer, 0, length);
  view.set(more, old.length);
  return view;
}

export class Columns {
  readonly rows = new SvelteMap<number, Rows>();
  readonly places = new SvelteMap<number, Places>();
  private readonly revisions = new Map<string, number>();
  /** By set: the row of each item, one more than it so that 0 is none. Ids are given one after another. */
  /** What is on its way, by what was asked: it is not asked for twice. */
  private readonly pending = new Map<string, Promise<void>>();
  private readonly rowOf = new Map<number, { count: number; of: Uint32Array }>();

  constructor(private readonly backend: Backend) {}

  /** Takes a frame that came unasked. */
  take(buffer: ArrayBuffer): void {
    const frame = readFrame(buffer);
    if (frame.kind === 'rows') this.takeRows(frame);
    else if (frame.kind === 'positions') this.takePlaces(frame);
  }

  private isLate(subject: string, revision: number): boolean {
    if (revision < (this.revisions.get(subject) ?? 0)) return true;
    this.revisions.set(subject, revision);
    return false;
  }

  private takeRows(frame: RowsFrame): void {
    const old = this.rows.get(frame.set) ?? EMPTY;
    // What is known already, or would leave a gap, is no news: the whole is asked for when it is needed.
    if (frame.start + frame.count <= old.count || frame.start > old.count) return;
    const known = frame.start === 0 ? EMPTY : old;
    if (frame.start !== known.count) return;
    this.rows.set(frame.set, {
      count: known.count + frame.count,
      items: append(known.items, frame.items),
      order: append(known.order, frame.order),
      kinds: append(known.kinds, frame.kinds),
    });
  }

  private takePlaces(frame: PositionsFrame): void {
    if (this.isLate(`map ${frame.map}`, frame.revision)) return;
    const { set, count, iteration, iterations, positions } = frame;
    this.places.set(frame.map, { set, dims: frame.dims as 2 | 3, count, iteration, iterations, positions });
  }

  /** Sees to it that a set has at least so many rows here. */
  async needRows(set: number, count: number): Promise<void> {
    if ((this.rows.get(set)?.count ?? 0) >= count) return;
    await this.once(`set ${set}, ${count}`, async () => {
      this.takeRows(readAs('rows', await this.backend.getRows(set)));
    });
  }

  /** Sees to it that a map's places are here, at least for so many rows. */
  async needPlaces(map: number, count: number): Promise<void> {
    if ((this.places.get(map)?.count ?? 0) >= Math.max(1, count)) return;
    await this.once(`map ${map}, ${count}`, async () => {
      const frame = readAs('positions', await this.backend.getPositions(map));
      if (frame.count > 0) this.takePlaces(frame);
    });
  }

  private once(question: string, ask: () => Promise<void>): Promise<void> {
    const known = this.pending.get(question);
    if (known) return known;
    const asked = ask().finally(() => this.pending.delete(question));
    this.pending.set(question, asked);
    return asked;
  }

  /** The row of an item in a set, or undefined. */
  row(set: number, item: number): number | undefined {
    const rows = this.rows.get(set);
    if (!rows) return undefined;
    let known = this.rowOf.get(set);
    if (!known || known.count > rows.count) this.rowOf.set(set, (known = { count: 0, of: new Uint32Array(1024) }));
    for (; known.count < rows.count; known.count++) {
      const id = rows.items[known.count]!;
      if (id >= known.of.length) {
        const more = new Uint32Array(Math.max(id + 1, known.of.length * 2));
        more.set(known.of);
        known.of = more;
      }
      known.of[id] = known.count + 1;
    }
    const row = known.of[item];
    return row ? row - 1 : undefined;
  }

  rowsOf(set: number, items: Iterable<number>): number[] {
    const found: number[] = [];
    for (const item of items) {
      const row = this.row(set, item);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  /** Forgets what is no longer in the workspace: sets and maps with how many rows each has now. */
  keep(sets: Map<number, number>, maps: Map<number, number>): void {
    for (const [set, { count }] of this.rows)
      // Where rows were forgotten, the others have moved up.
      if (count > (sets.get(set) ?? -1)) {
        this.rows.delete(set);
        this.rowOf.delete(set);
      }
    for (const [map, { count }] of this.places) {
      if (count > (maps.get(map) ?? -1)) this.places.delete(map);
      if (!maps.has(map)) this.revisions.delete(`map ${map}`);
    }
  }
}
