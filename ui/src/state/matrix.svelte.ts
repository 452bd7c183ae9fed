/** The similarity matrix of what is selected, or of a fair sample of a set. */
import type { Backend } from '../backend/backend';
import { readAs, type MatrixFrame } from '../backend/frame';
import type { ItemView } from '../backend/wire/ItemView';
import type { Sight } from '../charts/sight';
import { words } from '../words';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

/** Most items on a side: more would be smaller than a pixel. */
export const LIMIT = 300;

/** What the items are taken from. */
export type MatrixSource = 'selection' | 'sample';

export interface Pair {
  row: number;
  column: number;
  similarity: number;
  a: ItemView;
  b: ItemView;
}

export class MatrixState {
  frame = $state.raw<MatrixFrame | null>(null);
  /** What the items are to be taken from. */
  wanted = $state<MatrixSource>('sample');
  /** What the items of the frame were taken from, and how many there were to take. */
  source = $state<MatrixSource>('sample');
  all = $state(0);
  /** What part of it is in sight; null for all. */
  sight: Sight | null = null;
  busy = $state(false);
  pair = $state.raw<Pair | null>(null);
  private items = new Map<number, ItemView>();
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  /** Computes the matrix of `items`, or of a sample where that is null, of `all` there are to take. */
  async load(set: number, items: Uint32Array | null, all: number): Promise<void> {
    const asked = ++this.asked;
    this.busy = true;
    const found = await this.notices.guard(
      (async () => {
        const frame = readAs('matrix', await this.backend.getMatrix(set, items, LIMIT));
        return { frame, list: await this.backend.listItems(frame.items) };
      })(),
    );
    if (asked !== this.asked) return;
    this.busy = false;
    // All at once: what is said of the picture is said of the one that is seen.
    this.frame = found?.frame ?? null;
    this.source = items ? 'selection' : 'sample';
    this.all = all;
    this.pair = this.sight = null;
    this.items = new Map(found?.list.map((item) => [item.id, item]));
  }

  /** Takes the items from elsewhere. */
  choose(source: MatrixSource): void {
    this.history.set(this, 'wanted', source, words.state.matrix.choose[source]);
  }

  point(cell: { row: number; column: number } | null): void {
    const { frame } = this;
    if (!cell || !frame) {
      this.pair = null;
      return;
    }
    const a = this.items.get(frame.items[cell.row]!);
    const b = this.items.get(frame.items[cell.column]!);
    const similarity = frame.values[cell.row * frame.items.length + cell.column];
    this.pair = a && b && similarity !== undefined ? { ...cell, similarity, a, b } : null;
  }

  /** The items of a stretch of rows. */
  between(first: number, last: number): Uint32Array {
    return this.frame?.items.slice(first, last + 1) ?? new Uint32Array();
  }
}
