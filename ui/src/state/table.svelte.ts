/**
 * What the table lists: the ids of all rows in their order, and the rows in sight.
 *
 * Ids come at once, rows by the page as they come into sight. Deliberately absent: what is selected (`selection`).
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import type { ItemView } from '../backend/wire/ItemView';
import type { SortView } from '../backend/wire/SortView';
import type { TestView } from '../backend/wire/TestView';
import { words } from '../words';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';

const say = words.state.table;

/** Rows fetched together, and pages kept. */
export const PAGE = 100;
const PAGES_KEPT = 24;
const REST_MS = 220;

/** How the table lists: what passes, in which order, and with which columns. */
interface Listing {
  filters: Record<string, TestView>;
  sort: SortView | null;
  onlySelected: boolean;
  hidden: ReadonlySet<string> | null;
}

export class TableState {
  filters = $state.raw<Record<string, TestView>>({});
  sort = $state.raw<SortView | null>(null);
  onlySelected = $state(false);
  /** Fields whose columns are not shown; null until the user says otherwise than is usual. */
  hidden = $state.raw<ReadonlySet<string> | null>(null);
  ids = $state.raw<Uint32Array | null>(null);
  busy = $state(false);
  /** The row that the keyboard is on. */
  current = $state(0);
  readonly pages = new SvelteMap<number, ItemView[]>();
  private readonly wanted = new Set<number>();
  private set: number | null = null;
  private stamp = '';
  private asked = 0;
  private round = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  /** Asks for the rows where anything they hang on has changed: items, tags, the set whose groups are meant. */
  open(set: number | null, stamp: string): void {
    if (this.stamp === `${set} ${stamp}` && this.ids) return;
    this.stamp = `${set} ${stamp}`;
    this.set = set;
    void this.ask();
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    this.history.rest();
    const asked = ++this.asked;
    this.busy = true;
    const filters = Object.entries(this.filters).map(([field, is]) => ({ field, is }));
    const frame = await this.notices.guard(
      this.backend
        .getListing({ filters, sort: this.sort, set: this.set })
        .then((buffer) => readAs('selection', buffer)),
    );
    if (asked !== this.asked) return;
    this.busy = false;
    if (frame) this.list(frame.items);
  }

  private list(ids: Uint32Array): void {
    this.ids = ids;
    this.round++;
    this.pages.clear();
    this.wanted.clear();
    this.current = Math.max(0, Math.min(this.current, ids.length - 1));
  }

  private get listing(): Listing {
    const { filters, sort, onlySelected, hidden } = this;
    return { filters, sort, onlySelected, hidden };
  }

  /** Lists otherwise. `typing`: the field that somebody types into; all letters until its rows are asked for are one step. */
  private change(change: Partial<Listing>, title: string, typing: string | null = null): void {
    const from = this.listing;
    const to = { ...from, ...change };
    this.history.record({ title, from, to, put: this.put }, typing && `filter ${typing}`);
    if (!typing) return void this.put(to);
    Object.assign(this, to);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), REST_MS);
  }

  private put = (to: Listing): Promise<void> | undefined => {
    const anew = to.filters !== this.filters || to.sort !== this.sort;
    Object.assign(this, to);
    return anew ? this.ask() : undefined;
  };

  private narrowed(field: string, test: TestView | null): Record<string, TestView> {
    const { [field]: _, ...others } = this.filters;
    return test ? { ...others, [field]: test } : others;
  }

  /** Lists only what passes a test of a field; null lifts it. `later`: while somebody types. */
  filter(field: string, test: TestView | null, later = false): void {
    this.change({ filters: this.narrowed(field, test) }, say.filter, later ? field : null);
  }

  /** Lists what passes a test of a field, selected or not. */
  find(field: string, test: TestView): void {
    this.change({ filters: this.narrowed(field, test), onlySelected: false }, say.filter);
  }

  unfilter(): void {
    if (Object.keys(this.filters).length || this.onlySelected)
      this.change({ filters: {}, onlySelected: false }, say.unfilter);
  }

  /** Lists only what is selected, or everything. */
  limit(onlySelected: boolean): void {
    if (onlySelected !== this.onlySelected) this.change({ onlySelected }, say.limit(onlySelected));
  }

  /** By a field: upwards, then downwards, then as they arrived. */
  sortBy(field: string): void {
    const { sort } = this;
    const next =
      sort?.field !== field ? { field, descending: false } : sort.descending ? null : { field, descending: true };
    this.change({ sort: next }, say.sort);
  }

  /** Leaves out the columns of these fields. */
  hide(hidden: ReadonlySet<string>): void {
    this.change({ hidden }, say.columns);
  }

  /** The rows from one place on, of those that are shown now; rows that are not here yet are asked for. */
  need(ids: Uint32Array, from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, ids.length); page++) {
      if (this.pages.has(page) || this.wanted.has(page)) continue;
      this.wanted.add(page);
      void this.fetch(ids, page);
    }
  }

  private async fetch(ids: Uint32Array, page: number): Promise<void> {
    const { round } = this;
    const rows = await this.notices.guard(this.backend.listItems(ids.slice(page * PAGE, (page + 1) * PAGE)));
    if (round !== this.round) return;
    this.wanted.delete(page);
    if (!rows) return;
    this.pages.set(page, rows);
    // The pages farthest from here go first.
    const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
    for (const old of far.slice(0, Math.max(0, this.pages.size - PAGES_KEPT))) this.pages.delete(old);
  }

  /** The rows mean other items now. */
  turn(): void {
    this.round++;
    this.pages.clear();
    this.wanted.clear();
    this.current = 0;
  }

  row(at: number): ItemView | undefined {
    return this.pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }
}
