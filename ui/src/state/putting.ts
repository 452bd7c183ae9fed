/**
 * What can be put where: an item or several into an axis, a sum, the search, a selection, under a tag. A drag and a menu
 * do the same. Deliberately absent: the pointer (`dragging.svelte.ts`).
 */
import type { ItemView } from '../backend/wire/ItemView';
import { words } from '../words';
import type { App, Tab, View } from './app.svelte';
import type { Deed, Load, Target } from './dragging.svelte';

const say = words.state.putting;
type Take = NonNullable<Target['take']>;

export const ofItem = (item: ItemView): Load => ({
  from: `item:${item.id}`,
  name: item.title,
  count: 1,
  items: () => Uint32Array.of(item.id),
  item,
  words: item.kind === 'text' ? item.title : null,
});
const ofMany = (
  from: string,
  name: string,
  count: number,
  items: Load['items'],
  words: string | null = null,
): Load => ({
  from,
  name,
  count,
  items,
  item: null,
  words,
});
export const ofSelection = ({ selection: { items, origin, count } }: App): Load | null =>
  items && ofMany('selection', origin, count, () => items);
export const ofList = ({ lists }: App, name: string, count: number): Load =>
  ofMany(`list:${name}`, name, count, () => lists.items(name));
export const ofTag = ({ lists }: App, name: string, count: number): Load =>
  ofMany(`tag:${name}`, name, count, () => lists.tagged(name), name);
/** `words`: what its items are about, where it is called so. */
export const ofClass = (name: string, count: number, items: Load['items'], words: string | null): Load =>
  ofMany(`class:${name}`, name, count, items, words);

/** What something stands for on the shown map: an item that is there, or words that its model reads. */
function meaning({ map: { set }, columns }: App, { item, words }: Load): ItemView | string | null {
  if (item) return set && columns.row(set.id, item.id) !== undefined ? item : null;
  return set?.asks ? words : null;
}

export const toEnd =
  (app: App, axis: 'x' | 'y', at: 0 | 1): Take =>
  (load) => {
    const means = meaning(app, load);
    if (!means) return null;
    const end = typeof means === 'string' ? { words: means, item: null } : { words: '', item: means };
    return { title: say.END[axis][at], run: () => (app.axes.put(axis, at, end), app.open('axes')) };
  };

export const toSum =
  (app: App, sign: '+' | '−'): Take =>
  (load) => {
    const means = meaning(app, load);
    return means ? { title: say.SUM[sign], run: () => (app.axes.add(means, sign), app.open('axes')) } : null;
  };

export const toSearch =
  (app: App): Take =>
  ({ words }) =>
    words && app.searchable
      ? { title: say.search, run: () => ((app.search.text = words), app.search.ask(), app.open('search')) }
      : null;

export const toSelection =
  (app: App): Take =>
  ({ from, name, item, items }) => {
    const { selection } = app;
    if (from === 'selection' || (item && selection.items?.includes(item.id))) return null;
    return {
      title: selection.items ? say.addToSelection : say.select,
      run: async () => app.choose(await items(), 'add', name),
    };
  };

export const toList =
  (app: App, list: string): Take =>
  ({ from, items }) =>
    app.locked || from === `list:${list}`
      ? null
      : { title: say.addTo(list), run: async () => app.lists.add(list, await items()) };

export const toTag =
  (app: App, tag: string): Take =>
  ({ from, item, items }) =>
    app.locked || from === `tag:${tag}` || item?.tags.includes(tag)
      ? null
      : { title: say.tag(tag), run: async () => app.lists.tag(tag, true, await items()) };

/** Selects several and shows them in another view. */
export const toView =
  (app: App, view: 'compare' | 'matrix'): Take =>
  ({ name, count, items }) =>
    app.view === view || count < 2
      ? null
      : {
          title: say.VIEW[view],
          run: async () => (await app.selection.change(await items(), 'replace', name), app.show(view)),
        };

/** Everything that can be done with it, for a menu. */
export function deedsFor(app: App, load: Load): Deed[] {
  const { axes, workspace } = app;
  const takes: Take[] = [
    toEnd(app, 'x', 0),
    toEnd(app, 'x', 1),
    ...(axes.two ? [toEnd(app, 'y', 0), toEnd(app, 'y', 1)] : []),
    toSum(app, '+'),
    toSum(app, '−'),
    toSearch(app),
    toSelection(app),
    ...workspace.selections.map(({ name }) => toList(app, name)),
    ...workspace.tags.map(({ name }) => toTag(app, name)),
  ];
  return takes.flatMap((take) => take(load) ?? []);
}

/** The same as entries of a menu. */
export const menuOf = (deeds: Deed[]) => deeds.map(({ title, run }) => ({ label: title, run: () => void run() }));

/** Opens a tab of the lens. */
export const opensTab = (app: App, tab: Tab) => () => {
  const [before, folded] = [app.tab, app.rails.folded.right];
  app.open(tab);
  return () => {
    app.tab = before;
    app.rails.folded.right = folded;
  };
};

export const opensView = (app: App, view: View) => () => {
  const before = app.view;
  if (view !== before) app.show(view);
  return () => view !== before && app.show(before);
};
