/** What is under the lens: the item under the pointer (a card, after a moment's rest) and the one that is kept. */
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import type { ExplainView } from '../backend/wire/ExplainView';
import type { HitView } from '../backend/wire/HitView';
import type { ItemView } from '../backend/wire/ItemView';
import type { Place } from '../plot/props';
import type { Notices } from './notices.svelte';

/** How long the pointer rests before the card comes. */
export const DWELL_MS = 125;
/** Neighbours that are listed and joined by lines; a card lists fewer than it joins. */
const NEIGHBOURS = 10;

export interface Card {
  set: number;
  item: ItemView;
  neighbours: HitView[];
  /** How near it is to the kept item, where that is another one of the same set. */
  toKept: number | null;
  at: Place;
}

export interface Kept {
  set: number;
  item: ItemView;
  neighbours: HitView[];
  explained: ExplainView | null;
}

export class Lens {
  /** The item under the pointer, on a map or in a list. */
  hovered = $state.raw<number | null>(null);
  card = $state.raw<Card | null>(null);
  kept = $state.raw<Kept | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private over = false;
  /** The pointer moves on while a kept item is still asked for: neither makes the other come too late. */
  private shown = 0;
  private asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** The pointer came to an item of a set, or left all of them. */
  hover(set: number, item: number | null, at: Place): void {
    clearTimeout(this.timer);
    this.hovered = item;
    if (item === null) {
      // Time enough to move the pointer onto the card.
      this.timer = setTimeout(() => this.leave(), DWELL_MS * 2);
      return;
    }
    if (this.card?.item.id === item) return;
    this.timer = setTimeout(() => void this.show(set, item, at), DWELL_MS);
  }

  private async show(set: number, item: number, at: Place): Promise<void> {
    const shown = ++this.shown;
    const found = await this.notices.guard(
      Promise.all([
        this.backend.getItem(item),
        this.backend.getNeighbours(set, item, NEIGHBOURS),
        this.toKept(set, item),
      ]),
    );
    if (found && shown === this.shown && this.hovered === item)
      this.card = { set, item: found[0], neighbours: found[1], toKept: found[2], at };
  }

  /** Something else is known of items: of the kept one as well. */
  async renew(): Promise<void> {
    const { kept } = this;
    const item = kept && (await this.notices.guard(this.backend.getItem(kept.item.id)));
    if (item && this.kept === kept) this.kept = { ...kept, item };
  }

  private async toKept(set: number, item: number): Promise<number | null> {
    const { kept } = this;
    if (kept?.set !== set || kept.item.id === item) return null;
    const pair = readAs('matrix', await this.backend.getMatrix(set, Uint32Array.of(kept.item.id, item), 2));
    return pair.values[1] ?? null;
  }

  /** The pointer is on the card, or left it. */
  hold(over: boolean): void {
    this.over = over;
    clearTimeout(this.timer);
    if (!over) this.timer = setTimeout(() => this.leave(), DWELL_MS * 2);
  }

  private leave(): void {
    if (!this.over && this.hovered === null) this.card = null;
  }

  /** Takes the card away at once. */
  dismiss(): void {
    clearTimeout(this.timer);
    this.shown++;
    this.over = false;
    this.hovered = null;
    this.card = null;
  }

  /** Says whether it is kept now: another one may have been chosen meanwhile. */
  async keep(set: number, item: number): Promise<boolean> {
    const asked = ++this.asked;
    const found = await this.notices.guard(
      Promise.all([this.backend.getItem(item), this.backend.getNeighbours(set, item, NEIGHBOURS)]),
    );
    if (!found || asked !== this.asked) return false;
    this.kept = { set, item: found[0], neighbours: found[1], explained: null };
    return true;
  }

  /** What happens to the kept text on its way to a vector. */
  async explain(model: string): Promise<void> {
    const kept = this.kept;
    if (!kept) return;
    const explained = await this.notices.guard(this.backend.explain(kept.item.text, model));
    if (explained && this.kept === kept) this.kept = { ...kept, explained };
  }

  release(): void {
    this.asked++;
    this.kept = null;
  }
}
