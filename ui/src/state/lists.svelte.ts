/** Selections with a name and tags, as they are kept with the workspace; each change can be undone. */
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import { packed } from '../backend/items';
import type { ListView } from '../backend/wire/ListView';
import { words } from '../words';
import type { History } from './history.svelte';
import type { Notices } from './notices.svelte';
import type { Mode, Selection } from './selection.svelte';

const say = words.state.lists;

export class Lists {
  constructor(
    private readonly backend: Backend,
    private readonly notices: Notices,
    private readonly selection: Selection,
    private readonly history: History,
    private readonly known: () => ListView[],
  ) {}

  items = async (name: string) => readAs('selection', await this.backend.getSelection(name)).items;
  tagged = async (tag: string) => readAs('selection', await this.backend.getTagged(tag)).items;

  private done = async (asked: Promise<unknown>) => (await this.notices.guard(asked.then(() => true))) ?? false;

  /** A name that no selection has yet. */
  free(wanted: string): string {
    const taken = new Set(this.known().map(({ name }) => name));
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`;
    return name;
  }

  /** Keeps what is selected under a name; another selection of that name is not lost, but this one is numbered. */
  async save(wanted: string): Promise<void> {
    const { items } = this.selection;
    if (!items || !wanted.trim()) return;
    const name = this.free(wanted.trim());
    const put = (kept: boolean) =>
      kept ? this.backend.saveSelection(name, items) : this.backend.forgetSelection(name);
    if (!(await this.done(put(true)))) return;
    this.history.record({ title: say.keep(name), from: false, to: true, put });
    if (this.selection.items === items) this.selection.origin = name;
  }

  /** Selects again what was kept under a name, or joins it to what is selected. */
  async show(name: string, mode: Mode): Promise<boolean> {
    const items = await this.notices.guard(this.items(name));
    if (items) await this.selection.change(items, mode, name);
    return items !== undefined;
  }

  async rename(name: string, to: string): Promise<void> {
    const next = to.trim();
    if (!next || next === name) return;
    const put = (to: string) => this.backend.renameSelection(to === next ? name : next, to);
    if (await this.done(put(next))) this.history.record({ title: say.rename(next), from: name, to: next, put });
  }

  async drop(name: string): Promise<void> {
    const items = await this.notices.guard(this.items(name));
    if (!items) return;
    const put = (kept: boolean) =>
      kept ? this.backend.saveSelection(name, items) : this.backend.forgetSelection(name);
    if (await this.done(put(false))) this.history.record({ title: say.drop(name), from: true, to: false, put });
  }

  /** Adds items to what is kept under a name. */
  async add(name: string, more: Uint32Array): Promise<void> {
    const before = await this.notices.guard(this.items(name));
    if (!before) return;
    const after = Uint32Array.from(new Set([...before, ...more])).sort();
    const n = after.length - before.length;
    const put = (items: Uint32Array) => this.backend.saveSelection(name, items);
    if (n) {
      if (!(await this.done(put(after)))) return;
      this.history.record({ title: say.add(name), from: before, to: after, put });
    }
    this.notices.say(say.added(name, n));
  }

  /** Puts a tag on items, the selected ones where none are named, or takes it off. */
  async tag(tag: string, on: boolean, items = this.selection.items): Promise<void> {
    const name = tag.trim();
    if (!items || !name) return;
    const asked = this.backend.setTag({ tag: name, items: packed(items), on });
    const changed = await this.notices.guard(asked.then((frame) => readAs('selection', frame).items));
    if (!changed) return;
    const put = (on: boolean) => this.backend.setTag({ tag: name, items: packed(changed), on });
    if (changed.length) this.history.record({ title: say.tag(name), from: !on, to: on, put });
    this.notices.say(say.tagged(name, on, changed.length));
  }

  async showTagged(tag: string, mode: Mode): Promise<boolean> {
    const items = await this.notices.guard(this.tagged(tag));
    if (items) await this.selection.change(items, mode, say.withTag(tag));
    return items !== undefined;
  }
}
