import { describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import type { ItemView } from '../backend/wire/ItemView';
import { App } from './app.svelte';
import { Dragging, type Load, type Target } from './dragging.svelte';
import {
  deedsFor,
  ofClass,
  ofItem,
  ofList,
  ofSelection,
  ofTag,
  opensTab,
  toEnd,
  toSearch,
  toSelection,
} from './putting';

const load: Load = { from: 'a', name: 'A', count: 1, items: () => Uint32Array.of(1), item: null, words: null };
const at = (x: number, y = 0) => ({ x, y });

/** Takes everything and counts how often. */
function basket(): Target & { taken: number } {
  const target = { taken: 0, take: () => ({ title: 'Take', run: () => void target.taken++ }) };
  return target;
}

describe('a drag', () => {
  it('begins six pixels from where it was pressed, and is put where it is let go', async () => {
    const [dragging, target] = [new Dragging(), basket()];
    dragging.press(() => load, at(10));
    dragging.move(at(14, 4), () => target);
    expect([dragging.load, dragging.deed]).toEqual([null, null]);
    dragging.move(at(16), () => target);
    expect([dragging.load, dragging.deed?.title]).toEqual([load, 'Take']);
    await dragging.drop();
    expect([dragging.load, dragging.over, target.taken]).toEqual([null, null, 1]);
    // What was put is in hand no more.
    dragging.move(at(60), () => target);
    await dragging.drop();
    expect(target.taken).toBe(1);
  });

  it('comes to nothing outside, where nothing is taken, and once it is cancelled', async () => {
    const [dragging, target] = [new Dragging(), basket()];
    dragging.press(() => load, at(0));
    dragging.move(at(9), () => target);
    dragging.move(at(20), () => null);
    await dragging.drop();
    dragging.press(() => load, at(0));
    dragging.move(at(9), () => ({ take: () => null }));
    expect(dragging.deed).toBeNull();
    await dragging.drop();
    dragging.press(() => load, at(0));
    dragging.move(at(9), () => target);
    dragging.cancel();
    dragging.move(at(30), () => target);
    await dragging.drop();
    expect([dragging.load, target.taken]).toEqual([null, 0]);
  });

  it('opens what it rests on, and closes it again where nothing came of it', async () => {
    vi.useFakeTimers();
    const [dragging, target] = [new Dragging(), basket()];
    const open: string[] = [];
    const door: Target = { open: () => (open.push('door'), () => void open.pop()) };
    const toDoor = () => {
      dragging.press(() => load, at(0));
      dragging.move(at(9), () => door);
    };
    toDoor();
    vi.advanceTimersByTime(400);
    dragging.move(at(12), () => null);
    vi.advanceTimersByTime(400);
    expect(open).toEqual([]);
    dragging.cancel();
    toDoor();
    vi.advanceTimersByTime(600);
    expect(open).toEqual(['door']);
    dragging.cancel();
    expect(open).toEqual([]);
    toDoor();
    vi.advanceTimersByTime(600);
    dragging.move(at(20), () => target);
    await dragging.drop();
    dragging.cancel();
    expect([open, target.taken]).toEqual([['door'], 1]);
    vi.useRealTimers();
  });
});

async function opened() {
  const app = new App(new FakeHost('full'));
  await app.connect();
  await vi.waitFor(() => expect(app.columns.rows.get(app.map.set!.id)?.count).toBe(200));
  const item = async (id: number) => (await app.backend.listItems(Uint32Array.of(id)))[0]!;
  const titles = (load: Load) => deedsFor(app, load).map(({ title }) => title);
  const put = async (load: Load, title: string) => {
    const deed = deedsFor(app, load).find((deed) => deed.title === title);
    expect(deed, title).toBeDefined();
    await deed!.run();
  };
  return { app, item, titles, put };
}
const world = opened();
/** An item that no shown map holds. */
const elsewhere = (item: ItemView): ItemView => ({ ...item, id: 100_000 });

describe('what is put', () => {
  it('into an axis or a sum is an item of the map or words, and stands there under its sign', async () => {
    const { app, item, put, titles } = await world;
    const [first, second] = [await item(0), await item(1)];
    await put(ofItem(first), 'Put at the left end of the axis');
    const bread = ofClass('bread, oven', 17, () => Uint32Array.of(0), 'bread, oven');
    await put(bread, 'Put at the right end of the axis');
    expect(app.axes.x.map(({ words, item }) => item?.id ?? words)).toEqual([0, 'bread, oven']);
    await put(ofItem(first), 'Take away from the sum');
    await put(ofItem(second), 'Add to the sum');
    await put(
      ofClass('a - b', 2, () => Uint32Array.of(0), 'a - b'),
      'Take away from the sum',
    );
    expect(app.axes.sum).toMatch(/^− “[^“”]+” \+ “[^“”]+” − a b$/);
    await app.axes.reckon(app.map.set!.id);
    expect([app.axes.answer!.plus.length, app.axes.answer!.minus.map(({ text }) => text).at(-1)]).toEqual([1, 'a b']);
    expect(app.axes.answer!.hits.map(({ item }) => item.id)).not.toContain(1);
    app.axes.clear();
    expect(toEnd(app, 'x', 0)(ofItem(elsewhere(first)))).toBeNull();
    expect(titles(ofClass('letters.md', 3, () => Uint32Array.of(0), null))).toEqual(['Select']);
  });

  it('into what is kept or under a tag joins it once, and is undone', async () => {
    const { app, item, put, titles } = await world;
    await app.selection.set(Uint32Array.of(5, 6), 'two');
    await app.lists.save('Pair');
    await app.lists.tag('good', true);
    const third = await item(7);
    app.history.clear();
    await put(ofItem(third), 'Add to “Pair”');
    expect(app.workspace.selections).toEqual([{ name: 'Pair', items: 3 }]);
    await put(ofItem(third), 'Add to “Pair”');
    expect([app.notices.list.at(-1)!.message, app.history.past.length]).toEqual([
      'All of them were in “Pair” already',
      1,
    ]);
    await app.history.undo();
    expect(app.workspace.selections).toEqual([{ name: 'Pair', items: 2 }]);
    await app.history.redo();
    await put(ofList(app, 'Pair', 3), 'Tag “good”');
    expect(app.workspace.tags).toEqual([{ name: 'good', items: 3 }]);
    await app.history.undo();
    expect(app.workspace.tags).toEqual([{ name: 'good', items: 2 }]);

    // Nothing goes into itself, or where it is.
    expect(titles(ofSelection(app)!)).toEqual(['Add to “Pair”', 'Tag “good”']);
    expect(titles(ofList(app, 'Pair', 3))).not.toContain('Add to “Pair”');
    expect(titles(ofTag(app, 'good', 2))).not.toContain('Tag “good”');
    const tagged = await item(5);
    expect(titles(ofItem(tagged))).not.toContain('Tag “good”');
    expect(toSelection(app)(ofItem(tagged))).toBeNull();
    await put(ofItem(third), 'Add to the selection');
    expect([[...app.selection.items!], app.tab]).toEqual([[5, 6, 7], 'selection']);
    app.selection.clear();
  });

  it('into the search is searched for, where it has words', async () => {
    const { app, item, put } = await world;
    const text = await item(0);
    await put(ofItem(text), 'Search for these words');
    await vi.waitFor(() => expect(app.search.answer?.text).toBe(text.title));
    app.search.clear();
    expect(toSearch(app)(ofItem({ ...text, kind: 'image' }))).toBeNull();
  });

  it('finds the tab as it was where it is not put', async () => {
    const { app } = await world;
    app.tab = 'search';
    app.rails.folded.right = true;
    const back = opensTab(app, 'axes')();
    expect([app.tab, app.rails.folded.right]).toEqual(['axes', false]);
    back();
    expect([app.tab, app.rails.folded.right]).toEqual(['search', true]);
    app.rails.folded.right = false;
  });
});
