/** The first words of items, each asked for once. Deliberately absent: whole items, which the lens asks for. */
import type { Backend } from '../backend/backend';
import type { Notices } from './notices.svelte';

/** Remembered at most; the oldest go first. */
const KEPT = 2000;

export class Titles {
  private readonly known = new Map<number, string>();

  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
  ) {}

  /** The words of these items, as far as they can be had. */
  async of(items: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const missing = items.filter((item) => !this.known.has(item));
    if (missing.length) {
      const found = await this.notices.guard(this.backend.listItems(Uint32Array.from(missing)));
      for (const { id, title } of found ?? []) this.known.set(id, title);
    }
    const words = new Map<number, string>();
    for (const item of items) {
      const title = this.known.get(item);
      if (title) words.set(item, title);
    }
    for (const oldest of [...this.known.keys()].slice(0, Math.max(0, this.known.size - KEPT)))
      this.known.delete(oldest);
    return words;
  }

  /** Items may be others now. */
  forget(): void {
    this.known.clear();
  }
}
