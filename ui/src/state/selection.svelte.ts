/** The chosen items, whatever map they are seen on, and the first of them as a list. */
import type { Backend } from '../backend/backend';
import type { ItemView } from '../backend/wire/ItemView';
import type { Columns } from './columns.svelte';
import type { Notices } from './notices.svelte';

/** How many are listed; more are counted. */
export const LISTED = 200;

export class Selection {
  items = $state.raw<Uint32Array | null>(null);
  /** How it came about: "lasso", "bread, oven". */
  origin = $state('');
  list = $state.raw<ItemView[]>([]);
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly notices: Notices,
  ) {}

  get count(): number {
    return this.items?.length ?? 0;
  }

  async set(items: Uint32Array, origin: string): Promise<void> {
    const asked = ++this.asked;
    this.items = items.length ? items : null;
    this.origin = items.length ? origin : '';
    if (!items.length) {
      this.list = [];
      return;
    }
    const list = await this.notices.guard(this.backend.listItems(items.slice(0, LISTED)));
    if (list && asked === this.asked) this.list = list;
  }

  /** Joins (`add`) or takes away (`subtract`) what is given. */
  change(items: Uint32Array, mode: 'replace' | 'add' | 'subtract', origin: string): Promise<void> {
    const now = new Set(mode === 'replace' ? [] : (this.items ?? []));
    for (const item of items) {
      if (mode === 'subtract') now.delete(item);
      else now.add(item);
    }
    return this.set(Uint32Array.from(now).sort(), mode === 'replace' ? origin : `${this.origin || origin}, changed`);
  }

  clear(): void {
    void this.set(new Uint32Array(), '');
  }

  /** One byte a row of a set, 1 for chosen; null when nothing is chosen. */
  mask(set: number): Uint8Array | null {
    const rows = this.columns.rows.get(set);
    if (!this.items || !rows) return null;
    const mask = new Uint8Array(rows.count);
    for (const row of this.columns.rowsOf(set, this.items)) mask[row] = 1;
    return mask;
  }
}
