/** The chosen items, whatever map they are seen on, and the first of them as a list. */
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import { packed } from '../backend/items';
import type { ItemView } from '../backend/wire/ItemView';
import type { Items } from '../backend/wire/Items';
import type { SpecialView } from '../backend/wire/SpecialView';
import { words } from '../words';
import type { Columns } from './columns.svelte';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

const say = words.state.selection;

/** How many are listed; more are counted. */
export const LISTED = 200;
/** Neighbours of each item that a selection grows by. */
const GROWN_BY = 5;
/** How long a selection rests before it is compared with everything else. */
const REST_MS = 250;

/** `join`: adds, or takes away where all of it is chosen already. */
export type Mode = 'replace' | 'add' | 'subtract' | 'join';

/** What a press on something that stands for items does with them. */
export const modeOf = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Mode =>
  event.shiftKey || event.ctrlKey || event.metaKey ? 'join' : 'replace';

interface Chosen {
  items: Uint32Array;
  origin: string;
}

export class Selection {
  items = $state.raw<Uint32Array | null>(null);
  /** How it came about: "lasso", "bread, oven". */
  origin = $state('');
  list = $state.raw<ItemView[]>([]);
  /** What sets the chosen items apart; null until it is known. */
  special = $state.raw<SpecialView | null>(null);
  /** What it is compared with: `tag:NAME`, `selection:NAME` or, empty, all others. */
  against = $state('');
  busy = $state(false);
  private asked = 0;
  /** What it was compared with last. */
  private compared = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly columns: Columns,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  get count(): number {
    return this.items?.length ?? 0;
  }

  async set(items: Uint32Array, origin: string): Promise<void> {
    const from: Chosen = { items: this.items ?? new Uint32Array(), origin: this.origin };
    const to: Chosen = { items, origin };
    if (items.length || from.items.length)
      this.history.record({ title: items.length ? say.select(origin) : say.clear, from, to, put: this.put });
    await this.put(to);
  }

  private put = async ({ items, origin }: Chosen): Promise<void> => {
    const asked = ++this.asked;
    clearTimeout(this.timer);
    this.items = items.length ? items : null;
    this.origin = items.length ? origin : '';
    this.special = null;
    if (!items.length) {
      this.list = [];
      return;
    }
    const list = await this.notices.guard(this.backend.listItems(items.slice(0, LISTED)));
    if (list && asked === this.asked) this.list = list;
  };

  /** Chooses what is given, adds it or takes it away. */
  change(items: Uint32Array, mode: Mode, origin: string): Promise<void> {
    // A million need not be told apart to be taken as they are.
    if (mode === 'replace') return this.set(items.slice().sort(), origin);
    const now = new Set(this.items);
    const leaves = mode === 'subtract' || (mode === 'join' && items.every((item) => now.has(item)));
    for (const item of items) {
      if (leaves) now.delete(item);
      else now.add(item);
    }
    return this.set(Uint32Array.from(now).sort(), say.changed(this.origin || origin));
  }

  clear(): void {
    void this.set(new Uint32Array(), '');
  }

  /** Chooses what was not chosen of these, and no more what was. */
  invert(all: Uint32Array): Promise<void> {
    const now = new Set(this.items ?? []);
    return this.set(
      all.filter((item) => !now.has(item)),
      this.origin ? say.allBut(this.origin) : say.everything,
    );
  }

  /** Takes in what is nearest to each of the chosen items in a set. */
  async grow(set: number): Promise<void> {
    if (!this.items || this.busy) return;
    this.busy = true;
    const grown = await this.notices.guard(
      this.backend.growSelection(set, this.items, GROWN_BY).then((frame) => readAs('selection', frame)),
    );
    this.busy = false;
    if (grown) await this.set(grown.items, say.grown(this.origin));
  }

  /** Compares the chosen items with others, a moment after they were chosen. */
  compare(set: number | null, others = ''): void {
    clearTimeout(this.timer);
    if (others !== this.compared) this.special = null;
    this.compared = others;
    const { items, asked } = this;
    if (!items || this.special) return;
    const ask = async () => this.backend.getSpecial({ items: packed(items), against: await this.itemsOf(others), set });
    this.timer = setTimeout(async () => {
      const special = await this.notices.guard(ask());
      if (special && asked === this.asked && others === this.compared) this.special = special;
    }, REST_MS);
  }

  /** Compares with others from now on. */
  oppose(others: string): void {
    this.history.set(this, 'against', others, say.against(others.replace(/^\w+:/, '')));
  }

  private async itemsOf(list: string): Promise<Items | null> {
    const [what, name = ''] = list.split(/:(.*)/s);
    if (!what) return null;
    const frame = await (what === 'tag' ? this.backend.getTagged(name) : this.backend.getSelection(name));
    return packed(readAs('selection', frame).items);
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
