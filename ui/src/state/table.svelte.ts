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

interface Asked {
  filters: Record<string, TestView>;
  sort: SortView | null;
}

export class TableState {
  filters = $state.raw<Record<string, TestView>>({});
  sort = $state.raw<SortView | null>(null);
  onlySelected = $state(false);
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
  /** What is being typed, until its rows are asked for: all letters of it are one step. */
  private typed: { field: string; to: Asked } | null = null;

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
    this.typed = null;
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

  private change(to: Asked, title: string, typing: string | null = null): void {
    if (typing && this.typed?.field === typing) this.typed.to = to;
    else this.record(to, title, typing);
    this.filters = to.filters;
    this.sort = to.sort;
    clearTimeout(this.timer);
    if (typing) this.timer = setTimeout(() => void this.ask(), REST_MS);
    else void this.ask();
  }

  private record(to: Asked, title: string, typing: string | null): void {
    const before: Asked = { filters: this.filters, sort: this.sort };
    const put = (asked: Asked) => {
      this.filters = asked.filters;
      this.sort = asked.sort;
      return this.ask();
    };
    const step = { field: typing ?? '', to };
    this.typed = typing ? step : null;
    this.history.record({ title, undo: () => put(before), redo: () => put(step.to) });
  }

  /** Lists only what passes a test of a field; null lifts it. `later`: while somebody types. */
  filter(field: string, test: TestView | null, later = false): void {
    const { [field]: _, ...others } = this.filters;
    const filters = test ? { ...others, [field]: test } : others;
    this.change({ filters, sort: this.sort }, say.filter, later ? field : null);
  }

  unfilter(): void {
    if (Object.keys(this.filters).length) this.change({ filters: {}, sort: this.sort }, say.unfilter);
    this.onlySelected = false;
  }

  /** By a field: upwards, then downwards, then as they arrived. */
  sortBy(field: string): void {
    const { sort } = this;
    const next =
      sort?.field !== field ? { field, descending: false } : sort.descending ? null : { field, descending: true };
    this.change({ filters: this.filters, sort: next }, say.sort);
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
