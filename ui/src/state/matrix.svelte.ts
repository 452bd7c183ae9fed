/** The similarity matrix of what is selected, or of a fair sample of a set. */
import type { Backend } from '../backend/backend';
import { readAs, type MatrixFrame } from '../backend/frame';
import type { ItemView } from '../backend/wire/ItemView';
import type { Notices } from './notices.svelte';

/** Most items on a side: more would be smaller than a pixel. */
export const LIMIT = 300;

export interface Pair {
  row: number;
  column: number;
  similarity: number;
  a: ItemView;
  b: ItemView;
}

export class MatrixState {
  frame = $state.raw<MatrixFrame | null>(null);
  busy = $state(false);
  pair = $state.raw<Pair | null>(null);
  private items = new Map<number, ItemView>();
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** Computes the matrix of `items`, or of a sample where that is null. */
  async load(set: number, items: Uint32Array | null): Promise<void> {
    const asked = ++this.asked;
    this.busy = true;
    this.pair = null;
    const found = await this.notices.guard(
      (async () => {
        const frame = readAs('matrix', await this.backend.getMatrix(set, items, LIMIT));
        return { frame, list: await this.backend.listItems(frame.items) };
      })(),
    );
    if (asked !== this.asked) return;
    this.busy = false;
    this.frame = found?.frame ?? null;
    this.items = new Map(found?.list.map((item) => [item.id, item]));
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
