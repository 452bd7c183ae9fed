import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import { ACTIONS, actionsOf, pressed } from './actions';
import { App } from './app.svelte';
import { parseSum, stepsOf } from './axes.svelte';
import { addHits, growGroups, growNear, invert } from './choosing';
import { STEPS, scaled } from './map.svelte';
import { ranked } from './ranked';

async function opened() {
  const host = new FakeHost('full');
  const app = new App(host);
  await app.connect();
  await vi.waitFor(() => expect(app.map.groups.size).toBe(3));
  return { app, host };
}

beforeEach(() => {
  vi.useRealTimers();
});

/** One world for all that only looks or takes back what it did: to make one takes its time. */
const world = opened();

describe('what was done', () => {
  it('is undone and done again, step by step', async () => {
    const { app } = await world;
    app.history.clear();
    await app.selection.set(Uint32Array.of(1, 2, 3), 'three');
    await app.selection.change(Uint32Array.of(2), 'subtract', 'one');
    app.colour('kind');
    expect(app.history.past.map(({ title }) => title)).toEqual([
      'select three',
      'select three, changed',
      'colour by kind',
    ]);
    await app.history.undo();
    expect(app.map.colourBy).toBe('cluster');
    await app.history.undo();
    expect([...app.selection.items!]).toEqual([1, 2, 3]);
    await app.history.undo();
    expect([app.selection.items, app.history.past.length]).toEqual([null, 0]);
    await app.history.undo();
    await app.history.redo();
    await app.history.redo();
    expect([...app.selection.items!]).toEqual([1, 3]);
    // Something new after going back: what was ahead is gone.
    await app.selection.set(new Uint32Array(), '');
    expect(app.history.future).toEqual([]);
  });

  it('is not recorded twice while it is undone, and leads nowhere once items are gone', async () => {
    const { app } = await opened();
    await app.selection.set(Uint32Array.of(4), 'one');
    await app.lists.tag('good', true);
    expect(app.workspace.tags).toEqual([{ name: 'good', items: 1 }]);
    await app.history.undo();
    expect([app.workspace.tags, app.history.past.length, app.history.future.length]).toEqual([[], 1, 1]);
    app.keeping.asking = { what: 'items', items: Uint32Array.of(4) };
    await app.forget();
    expect([app.history.past, app.history.future]).toEqual([[], []]);
  });
});

describe('selections', () => {
  it('show a tag on the kept item as soon as it has it', async () => {
    const { app } = await opened();
    const { id } = app.map.set!;
    await app.keep(id, 4);
    await app.selection.set(Uint32Array.of(4, 5), 'two');
    await app.lists.tag('good', true);
    await vi.waitFor(() => expect(app.lens.kept?.item.tags).toEqual(['good']));
    await app.history.undo();
    await vi.waitFor(() => expect(app.lens.kept?.item.tags).toEqual([]));
  });

  it('are kept under names of their own, selected again, renamed and deleted', async () => {
    const { app } = await world;
    app.history.clear();
    await app.selection.set(Uint32Array.of(5, 6), 'two');
    await app.lists.save('Pair');
    await app.selection.set(Uint32Array.of(7), 'one');
    await app.lists.save('Pair');
    expect(app.workspace.selections.map(({ name, items }) => `${name} ${items}`)).toEqual(['Pair 2', 'Pair 2 1']);
    await app.showList('Pair');
    expect([[...app.selection.items!], app.selection.origin, app.tab]).toEqual([[5, 6], 'Pair', 'selection']);
    // What is kept under a name joins the selection, and leaves it where all of it is selected.
    await app.showList('Pair 2', 'join');
    expect([...app.selection.items!]).toEqual([5, 6, 7]);
    await app.showList('Pair', 'join');
    expect([...app.selection.items!]).toEqual([7]);
    await app.lists.rename('Pair 2', 'Pair');
    expect(app.notices.list.at(-1)!.message).toContain('could not be called');
    await app.lists.rename('Pair 2', 'Single');
    await app.lists.drop('Pair');
    expect(app.workspace.selections.map(({ name }) => name)).toEqual(['Single']);
    await app.history.undo();
    expect(app.workspace.selections.map(({ name }) => name)).toEqual(['Pair', 'Single']);
    await app.lists.drop('Pair');
    await app.lists.drop('Single');
  });

  it('grow by what is near, by groups and by a search, and are inverted', async () => {
    const { app } = await world;
    await app.selection.set(Uint32Array.of(0), 'one');
    await growNear(app);
    expect(app.selection.count).toBe(6);
    await growGroups(app);
    const groups = app.map.groups.get(app.map.set!.id)!;
    const sizes = groups.names.map(({ count }) => count);
    expect(sizes.some((size) => size <= app.selection.count)).toBe(true);
    app.search.text = 'the night train';
    await app.search.ask(true);
    const before = app.selection.count;
    await addHits(app);
    expect(app.selection.count).toBeGreaterThan(before);
    await invert(app);
    expect(app.selection.count).toBeLessThan(200);
    app.search.clear();
    app.selection.clear();
  });

  it('are compared with the rest, and only for what is still selected', async () => {
    const { app } = await world;
    const bread = app.map.itemsOf((index) => index === 0);
    await app.selection.set(bread, 'bread');
    app.selection.compare(app.map.set!.id);
    await vi.waitFor(() => expect(app.selection.special).not.toBeNull());
    const special = app.selection.special!;
    expect([special.here, special.elsewhere]).toEqual([bread.length, 320 - bread.length]);
    expect(special.words[0]!.here).toBeGreaterThan(special.words[0]!.elsewhere);
    // Or with what is kept under a name, as far as it is not chosen itself.
    const orbit = app.map.itemsOf((index) => index === 1);
    await app.selection.set(Uint32Array.of(...bread, ...orbit), 'both');
    await app.lists.save('Both');
    await app.selection.set(bread, 'bread');
    app.selection.compare(app.map.set!.id);
    app.selection.compare(app.map.set!.id, 'selection:Both');
    await vi.waitFor(() => expect(app.selection.special?.elsewhere).toBe(orbit.length));
    app.selection.compare(app.map.set!.id);
    await vi.waitFor(() => expect(app.selection.special?.elsewhere).toBe(320 - bread.length));
    await app.lists.drop('Both');
    await app.selection.set(Uint32Array.of(3), 'one');
    expect(app.selection.special).toBeNull();
    app.selection.clear();
  });
});

describe('the table', () => {
  it('is sorted and filtered, and fetches only the rows in sight', async () => {
    const { app, host } = await opened();
    const asked = vi.spyOn(host, 'listItems');
    const { table } = app;
    table.open(app.map.set!.id, 'first');
    await vi.waitFor(() => expect(table.ids?.length).toBe(320));
    table.need(table.ids!, 90, 130);
    await vi.waitFor(() => expect(table.row(99)).toBeDefined());
    expect(asked.mock.calls.map(([items]) => items.length)).toEqual([100, 100]);
    expect(table.row(250)).toBeUndefined();

    table.filter('column:letters', { test: 'between', from: '100', to: null });
    table.sortBy('column:letters');
    await vi.waitFor(() => expect(table.ids!.length).toBeLessThan(320));
    table.need(table.ids!, 0, 10);
    await vi.waitFor(() => expect(table.row(1)).toBeDefined());
    const letters = (at: number) => Number(table.row(at)!.metadata.find(({ column }) => column === 'letters')!.value);
    expect(letters(0)).toBeGreaterThanOrEqual(100);
    expect(letters(1)).toBeGreaterThanOrEqual(letters(0));
    table.sortBy('column:letters');
    expect(table.sort).toEqual({ field: 'column:letters', descending: true });
    table.sortBy('column:letters');
    expect(table.sort).toBeNull();
    table.unfilter();
    await vi.waitFor(() => expect(table.ids!.length).toBe(320));
    await app.history.undo();
    await vi.waitFor(() => expect(table.ids!.length).toBeLessThan(320));
  });

  it('takes back what was typed as a whole, until the rows were asked for', async () => {
    const { app, host } = await opened();
    const { table, history } = app;
    table.open(app.map.set!.id, 'first');
    await vi.waitFor(() => expect(table.ids?.length).toBe(320));
    const asked = vi.spyOn(host, 'getListing');
    const type = (text: string) => table.filter('text', { test: 'holds', words: text }, true);
    const steps = () => history.past.length;
    const [before, rested] = [steps(), () => vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1))];
    for (const text of ['d', 'do', 'dough']) type(text);
    expect(steps()).toBe(before + 1);
    await rested();
    asked.mockClear();
    type('dough in');
    table.filter('file', { test: 'holds', words: 'b' }, true);
    expect(steps()).toBe(before + 3);
    await history.undo();
    await history.undo();
    expect(table.filters).toEqual({ text: { test: 'holds', words: 'dough' } });
    await history.undo();
    expect(table.filters).toEqual({});
    await history.redo();
    expect(table.filters).toEqual({ text: { test: 'holds', words: 'dough' } });
  });

  it('says why a range cannot be compared, and keeps what it listed', async () => {
    const { app } = await opened();
    app.table.open(null, 'first');
    await vi.waitFor(() => expect(app.table.ids?.length).toBe(320));
    app.table.filter('column:year', { test: 'between', from: 'long ago', to: null });
    await vi.waitFor(() => expect(app.notices.list.at(-1)?.message).toContain('neither a number nor a date'));
    expect(app.table.ids!.length).toBe(320);
  });
});

describe('actions', () => {
  it('have names and keys of their own', () => {
    const ids = ACTIONS.map(({ id }) => id);
    const keys = ACTIONS.flatMap((action) => action.keys ?? []);
    expect([new Set(ids).size, new Set(keys).size]).toEqual([ids.length, keys.length]);
  });

  it('say why they cannot be done, and know what there is', async () => {
    const { app } = await world;
    app.selection.clear();
    const grow = ACTIONS.find(({ id }) => id === 'grow-near')!;
    expect(grow.locked?.(app)).toBe('Nothing is selected');
    const titles = actionsOf(app).map(({ title }) => title);
    expect(titles).toContain('Colour by error of the map');
    expect(titles).toContain('t-SNE map of builtin-image');
  });

  it('are found by the beginnings of their words', () => {
    const things = [{ title: 'Select all' }, { title: 'Lasso', also: 'select draw' }, { title: 'Fold the left rail' }];
    expect(ranked(things, 'sel').map(({ title }) => title)).toEqual(['Select all', 'Lasso']);
    expect(ranked(things, 'left fo').map(({ title }) => title)).toEqual(['Fold the left rail']);
    expect(ranked(things, '(').length).toBe(0);
    expect(ranked(things, ' ').length).toBe(3);
  });

  it('are written as they are pressed', () => {
    const key = (init: Partial<KeyboardEvent>) => pressed(init as KeyboardEvent);
    expect(key({ key: 'Z', ctrlKey: true, shiftKey: true })).toBe('mod+shift+z');
    expect(key({ key: 'z', metaKey: true })).toBe('mod+z');
    // AltGr, as Windows tells it.
    expect(key({ key: '[', ctrlKey: true, altKey: true })).toBe('[');
    expect(key({ key: '?', shiftKey: true })).toBe('?');
  });
});

describe('axes', () => {
  it('read sums as they are written', () => {
    expect(parseSum('king − man + woman')).toEqual({ plus: ['king', 'woman'], minus: ['man'] });
    expect(parseSum('well-known author - fame')).toEqual({ plus: ['well-known author'], minus: ['fame'] });
    expect(parseSum(' − rain')).toEqual({ plus: [], minus: ['rain'] });
    expect(parseSum('  ')).toEqual({ plus: [], minus: [] });
    expect(parseSum('“late - frost” − winter + “a + b”')).toEqual({
      plus: ['“late - frost”', '“a + b”'],
      minus: ['winter'],
    });
  });

  it('add up items as well as words', async () => {
    const { app, host } = await world;
    const { axes } = app;
    const set = app.map.set!.id;
    const [item] = await host.listItems(Uint32Array.of(20));
    axes.clear();
    axes.add(item!);
    axes.add({ ...item!, id: 21 });
    axes.sum = `${axes.sum} − bread`;
    const reckon = vi.spyOn(host, 'reckon');
    await axes.reckon(set);
    const [asked] = reckon.mock.calls[0]!;
    expect(asked.plus).toEqual([
      { what: 'item', item: 20 },
      { what: 'item', item: 21 },
    ]);
    expect(asked.minus).toEqual([{ what: 'words', words: 'bread' }]);
    expect(axes.answer!.plus[0]!.hits.map((hit) => hit.item.id)).toEqual([20]);
  });

  it('lay a set out, and are left with another map', async () => {
    const { app } = await world;
    const { axes } = app;
    const set = app.map.set!.id;
    expect(axes.ready).toBe(false);
    axes.put('x', 0, { words: 'bread and dough', item: null });
    axes.put('x', 1, { words: '', item: { id: 20, title: 'the twentieth' } });
    await axes.lay(set);
    expect([axes.laid?.ends, axes.laid?.places.count]).toEqual([['bread and dough', 'the twentieth'], 200]);
    app.chooseMap(app.workspace.maps[0]!.id);
    expect(axes.laid).toBeNull();
    axes.sum = 'bread − bread';
    await axes.reckon(set);
    expect(app.notices.list.at(-1)!.message).toContain('cancel out');
    axes.sum = 'river bank − river + loan';
    await axes.reckon(set);
    expect(axes.answer!.hits[0]!.item.file).toBe('money/banking.csv');
    // What is taken away leads to what it is taken from, and the rest to the answer.
    const steps = stepsOf(axes.answer!).map(({ from, to }) => [from.text, to.text]);
    expect(steps).toEqual([
      ['river', 'river bank'],
      ['loan', 'river bank − river + loan'],
    ]);
    expect(axes.answer!.minus[0]!.hits).toHaveLength(10);
    await app.axisBetween(set, 20, 3);
    expect([axes.laid?.ends.length, axes.x.map(({ item }) => item?.id), app.tab]).toEqual([2, [20, 3], 'axes']);
  });
});

it('colours amounts in steps whose ends leave out a few far away', () => {
  const amounts = Float32Array.from({ length: 1000 }, (_, i) => (i === 999 ? 1e9 : i));
  amounts[0] = NaN;
  const { classes, scale } = scaled({ unit: 'number', low: 1, high: 1e9, amounts });
  expect(scale.high).toBeLessThan(1000);
  expect([classes[0], classes[1], classes[999]]).toEqual([0xffff, 0, STEPS - 1]);
  expect(classes[500]).toBeGreaterThan(STEPS / 3);
  const same = scaled({ unit: 'share', low: 2, high: 2, amounts: Float32Array.of(2, 2) });
  expect([...same.classes]).toEqual([0, 0]);
});
