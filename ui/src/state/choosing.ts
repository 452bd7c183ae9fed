/** Choosing items by what the window shows, and putting them on the clipboard. Deliberately absent: pointing and lassos. */
import type { CopyAs } from '../backend/wire/CopyAs';
import { words } from '../words';
import type { App } from './app.svelte';

const say = words.state.choosing;

/** What a map or the table shows now. */
function shown({ view, table, map, columns }: App): Uint32Array {
  if (view === 'table' && table.ids) return table.ids;
  return (map.set && columns.rows.get(map.set.id)?.items) ?? new Uint32Array();
}

export const selectAll = (app: App) => app.choose(shown(app), 'replace', say.everything);
export const invert = (app: App) => app.selection.invert(shown(app));
export const growNear = ({ map, selection }: App) => (map.set ? selection.grow(map.set.id) : undefined);

/** Takes in every group that holds a chosen item. */
export async function growGroups(app: App): Promise<void> {
  const { map, columns, notices } = app;
  const [{ set }, { items }] = [map, app.selection];
  const rows = set && columns.rows.get(set.id);
  if (!set || !rows || !items) return;
  const groups = map.groups.get(set.id);
  if (!groups) {
    notices.say(say.noGroups);
    return;
  }
  const touched = new Set(columns.rowsOf(set.id, items).map((row) => groups.classes[row]));
  const more = rows.items.filter((_, row) => touched.has(groups.classes[row]));
  await app.choose(more, 'add', say.wholeGroups);
}

/** Takes in the answers of the search. */
export function addHits(app: App): Promise<void> | undefined {
  const { answer } = app.search;
  if (!answer) return undefined;
  const hits = Uint32Array.from(answer.hits, ({ item }) => item.id);
  return app.choose(hits, 'add', say.answers(answer.text));
}

/** The items that copying means: what is selected, in the order of the table where one looks at it; else its rows. */
function copied({ view, table, selection: { items } }: App): Uint32Array | null {
  const rows = view === 'table' ? table.ids : null;
  if (!rows || !items) return items ?? rows;
  const wanted = new Set(items);
  return rows.filter((item) => wanted.delete(item));
}

/** Why there is nothing to copy; undefined where there is. */
export const nothingToCopy = (app: App) => (copied(app)?.length ? undefined : say.noSelection);

/** Puts items on the clipboard: their words, or a table of all that is known of them. */
export async function copyItems(app: App, as: CopyAs): Promise<void> {
  const items = copied(app);
  if (!items?.length) return;
  const done = await app.notices.guard(app.backend.copyItems(items, as).then(() => true));
  if (done) app.notices.say(say.copied(items.length));
}
