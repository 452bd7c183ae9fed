import { describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import type { Backend } from '../backend/backend';
import { App } from './app.svelte';
import { History } from './history.svelte';
import { Notices } from './notices.svelte';

/** A number that is changed by steps. */
function counted() {
  const notices = new Notices();
  const history = new History(notices);
  const shown = { now: 0 };
  const put = (to: number) => (shown.now = to);
  const go = (to: number, held: string | null = null, more = {}) =>
    history.change({ title: `${to}`, from: shown.now, to, put, ...more }, held);
  const titles = () => [history.past, history.future].map((steps) => steps.map(({ title }) => title).join(' '));
  return { history, notices, shown, go, titles };
}

describe('a step', () => {
  it('that is taken back takes the good news of it along', async () => {
    const { history, notices, go } = counted();
    go(1);
    notices.say('tagged');
    notices.say('written', { label: 'Show', run: () => {} });
    notices.tell({ code: 'damaged', message: 'torn', hint: null });
    await history.undo();
    expect(notices.list.map(({ message }) => message)).toEqual(['written', 'torn']);
  });

  it('is all that a hand goes through until it rests', async () => {
    const { history, shown, go, titles } = counted();
    for (const to of [1, 2, 3]) go(to, 'slider');
    history.rest();
    for (const to of [4, 5]) go(to, 'slider');
    go(6, 'other');
    expect(titles()).toEqual(['3 5 6', '']);
    await history.undo();
    await history.undo();
    expect(shown.now).toBe(3);
    // What comes after a step back is no part of the step before it.
    go(7, 'slider');
    expect(titles()).toEqual(['3 7', '']);
    await history.undo();
    await history.undo();
    expect(shown.now).toBe(0);
    await history.redo();
    expect(shown.now).toBe(3);
  });

  it('that leads nowhere is passed over without a word, and named by neither way', async () => {
    const { history, notices, shown, go, titles } = counted();
    let gone: number | null = null;
    const stands = (to: number) => to !== gone;
    for (const to of [1, 2, 3]) go(to, null, { stands });
    gone = 2;
    expect(history.last?.title).toBe('2');
    await history.undo();
    expect([shown.now, titles()]).toEqual([1, ['1', '3 2']]);
    expect(history.next?.title).toBe('3');
    await history.redo();
    expect([shown.now, titles()]).toEqual([3, ['1 2 3', '']]);
    expect(notices.list).toEqual([]);
  });

  it('that goes wrong is told and bars no way', async () => {
    const { history, notices, shown, go, titles } = counted();
    go(1);
    history.record({ title: 'torn', from: 1, to: 2, put: () => Promise.reject(new Error('It is torn.')) });
    await history.undo();
    expect([notices.list.length, titles()]).toEqual([1, ['1', '']]);
    await history.undo();
    expect(shown.now).toBe(0);
  });

  it('is taken back one after another, and stands beside what is done meanwhile', async () => {
    const { history, shown, go, titles } = counted();
    let answer: () => void = () => undefined;
    const slow = () => new Promise<void>((resolve) => (answer = resolve));
    go(1);
    go(2);
    history.record({ title: 'slow', from: 2, to: 2, put: slow });
    const both = [history.undo(), history.undo()];
    await vi.waitFor(() => expect(history.past).toHaveLength(2));
    expect(shown.now).toBe(2);
    answer();
    await Promise.all(both);
    expect([shown.now, titles()]).toEqual([1, ['1', 'slow 2']]);
    const again = history.redo();
    await again;
    const waiting = history.redo();
    await vi.waitFor(() => expect(history.future).toHaveLength(0));
    go(9);
    answer();
    await waiting;
    expect(titles()).toEqual(['1 2 slow 9', '']);
  });
});

/** One world: each test takes back what it did. */
const world = (async () => {
  const app = new App(new FakeHost('full'));
  await app.connect();
  await vi.waitFor(() => expect(app.map.groups.size).toBe(3));
  await app.findClusters({ set: 1, finding: { method: 'hdbscan', least: 5 }, map: null, seed: 1 });
  await vi.waitFor(() => expect(app.map.set?.clusters?.layers).toHaveLength(3));
  await app.compare.open();
  app.table.open(1, 'all');
  await app.selection.set(Uint32Array.of(1, 2, 3), 'three');
  await app.lists.save('Three');
  app.axes.put('x', 0, { words: 'bread', item: null });
  app.axes.put('x', 1, { words: 'money', item: null });
  return app;
})();

const mapOf = ({ workspace }: App, method: string, set = 1) =>
  workspace.maps.find((map) => map.method === method && map.set === set)!.id;
const kept = ({ lens }: App) => lens.kept && [lens.kept.set, lens.kept.item.id];
const stage = (app: App) => [app.map.id, app.axes.laid?.ends, kept(app)];
const sides = ({ compare: { panes, pair, mode } }: App) => [panes, pair, mode];
const listing = ({ table }: App) => [table.filters, table.sort, table.onlySelected, table.hidden];
const asked = ({ search }: App) => [search.text, search.answer?.text];
const find = (app: App, text: string) => ((app.search.text = text), app.search.ask());

interface Change {
  title: string;
  /** What must be so before. */
  first?: (app: App) => unknown;
  act: (app: App) => unknown;
  shown: (app: App) => unknown;
}
const CHANGES: Change[] = [
  { title: 'show the PCA map of all-MiniLM-L6-v2', act: (app) => app.chooseMap(mapOf(app, 'pca')), shown: stage },
  { title: 'show the t-SNE map of builtin-text', act: (app) => app.chooseMap(mapOf(app, 'tsne', 3)), shown: stage },
  { title: 'lay out between bread and money', act: (app) => app.stage.layOut(1), shown: stage },
  {
    title: 'back to the map',
    first: (app) => app.stage.layOut(1),
    act: (app) => app.stage.leaveAxes(),
    shown: stage,
  },
  {
    title: 'show the PCA map of all-MiniLM-L6-v2',
    first: (app) => app.stage.layOut(1),
    act: (app) => app.chooseMap(mapOf(app, 'pca')),
    shown: stage,
  },
  { title: 'keep an item', act: (app) => app.keep(1, 3), shown: stage },
  { title: 'keep an item', act: (app) => app.keep(2, 250), shown: stage },
  { title: 'let an item go', first: (app) => app.keep(1, 3), act: (app) => app.release(), shown: stage },
  { title: 'hide names', act: ({ map }) => map.turn('labels'), shown: ({ map }) => map.labels },
  { title: 'hide pictures', act: ({ map }) => map.turn('pictures'), shown: ({ map }) => map.pictures },
  {
    title: 'hide true neighbours',
    act: ({ map }) => map.turn('trueNeighbours'),
    shown: ({ map }) => map.trueNeighbours,
  },
  { title: 'shapes beside colours', act: ({ map }) => map.turn('shaped'), shown: ({ map }) => map.shaped },
  { title: 'colour by kind', act: (app) => app.colour('kind'), shown: ({ map }) => map.colourBy },
  {
    title: 'coarser or finer groups',
    act: async (app) => {
      await app.showLayer(1, 1);
      await app.showLayer(1, 2);
      app.history.rest();
    },
    shown: ({ map }) => map.set!.clusters!.shown,
  },
  { title: 'search for “night train”', act: (app) => find(app, 'night train'), shown: asked },
  { title: 'drop the search', first: (app) => find(app, 'bread'), act: ({ search }) => search.clear(), shown: asked },
  {
    title: 'find bread + money',
    act: ({ axes }) => ((axes.sum = 'bread + money'), axes.reckon(1)),
    shown: ({ axes }) => axes.answer,
  },
  {
    title: 'drop the sum',
    first: ({ axes }) => ((axes.sum = 'bread + money'), axes.reckon(1)),
    act: ({ axes }) => axes.clear(),
    shown: ({ axes }) => [axes.answer, axes.sum],
  },
  { title: 'sort the table', act: ({ table }) => table.sortBy('file'), shown: listing },
  { title: 'list only the selected', act: ({ table }) => table.limit(true), shown: listing },
  {
    title: 'filter the table',
    first: ({ table }) => table.limit(true),
    act: ({ table }) => table.find('text', { test: 'holds', words: 'dough' }),
    shown: listing,
  },
  {
    title: 'lift all filters',
    first: ({ table }) => (table.limit(true), table.filter('kind', { test: 'is', values: ['text'] })),
    act: ({ table }) => table.unfilter(),
    shown: listing,
  },
  { title: 'other columns', act: ({ table }) => table.hide(new Set(['file'])), shown: listing },
  {
    title: 'the matrix of the selection',
    act: ({ matrix }) => matrix.choose('selection'),
    shown: ({ matrix }) => matrix.wanted,
  },
  { title: 'the maps side by side', act: ({ compare }) => compare.add(), shown: sides },
  { title: 'the maps side by side', act: ({ compare }) => compare.swap(), shown: sides },
  {
    title: 'the maps side by side',
    first: ({ compare }) => compare.add(),
    act: ({ compare }) => compare.comparePair(1, 2),
    shown: sides,
  },
  {
    title: 'the maps side by side',
    first: ({ compare }) => compare.look('difference'),
    act: ({ compare }) => compare.put(0, { set: 2, map: null }),
    shown: sides,
  },
  { title: 'one map becoming the other', act: ({ compare }) => compare.look('morph'), shown: sides },
  {
    title: 'colour by neighbours kept',
    act: ({ compare }) => compare.colour('kept'),
    shown: (app) => app.compare.colourBy,
  },
  {
    title: 'the difference of the selection',
    act: ({ compare }) => compare.subtractOf('selection'),
    shown: ({ compare }) => compare.source,
  },
  {
    title: 'compare with Three',
    act: ({ selection }) => selection.oppose('selection:Three'),
    shown: ({ selection }) => selection.against,
  },
];

describe('what is shown', () => {
  it.each(CHANGES)('is one step, back and again: $title', async ({ title, first, act, shown }) => {
    const app = await world;
    const { history } = app;
    history.clear();
    await first?.(app);
    const done = history.past.length;
    const before = shown(app);
    await act(app);
    await vi.waitFor(() => expect(shown(app)).not.toEqual(before));
    const after = shown(app);
    expect(history.past.slice(done).map((step) => step.title)).toEqual([title]);
    await history.undo();
    expect(shown(app)).toEqual(before);
    await history.redo();
    expect(shown(app)).toEqual(after);
    for (let n = history.past.length; n; n--) await history.undo();
    expect(history.past).toEqual([]);
  });

  it('takes what is kept along to another map and back, and asks what is searched for there', async () => {
    const app = await world;
    await app.keep(1, 3);
    await find(app, 'bread');
    app.chooseMap(mapOf(app, 'tsne', 3));
    await vi.waitFor(() => expect([kept(app), app.search.answer?.set]).toEqual([[3, 3], 3]));
    await app.history.undo();
    expect(kept(app)).toEqual([1, 3]);
    await vi.waitFor(() => expect(app.search.answer?.set).toBe(1));
    await app.history.undo();
    await app.history.undo();
    expect([app.search.answer, app.lens.kept]).toEqual([null, null]);
  });

  it('says nothing of news, and nothing where nothing changes', async () => {
    const app = await world;
    app.history.clear();
    app.chooseMap(app.map.id!);
    app.search.clear();
    app.axes.clear();
    app.release();
    app.stage.leaveAxes();
    app.table.unfilter();
    app.colour(app.map.colourBy);
    app.onEvent({ type: 'workspace', workspace: structuredClone(app.workspace) });
    expect(app.history.past).toEqual([]);
  });

  it('fills the fields with what is laid out again', async () => {
    const app = await world;
    await app.stage.layOut(1);
    app.axes.put('x', 0, { words: 'frost', item: null });
    await app.stage.layOut(1);
    await app.history.undo();
    expect([app.axes.laid?.ends, app.axes.x[0].words]).toEqual([['bread', 'money'], 'bread']);
    await app.history.undo();
  });

  it('lays out along an axis that was drawn on another set’s map, on a map of that set', async () => {
    const app = await world;
    const before = stage(app);
    await app.axisBetween(3, 20, 3);
    expect([app.axes.laid?.set, app.map.set?.id]).toEqual([3, 3]);
    await app.history.undo();
    expect(stage(app)).toEqual(before);
  });
});

describe('what came or went meanwhile', () => {
  const opened = async () => {
    const host = new FakeHost('full');
    const app = new App(host);
    await app.connect();
    return { app, host };
  };

  it('is a map that was waited for: it stays, and undoing leads back to the one before', async () => {
    const { app, host } = await opened();
    const { workspace } = app;
    const shown = app.map.id;
    vi.spyOn(host, 'startProjection').mockResolvedValue(7);
    await app.layOut({ set: 1, method: 'pca', seed: 1 } as Parameters<Backend['startProjection']>[0]);
    const map = { ...workspace.maps[0]!, id: 77 };
    app.onEvent({ type: 'workspace', workspace: { ...workspace, maps: [...workspace.maps, map] } });
    expect([app.map.id, app.history.last?.title]).toEqual([77, 'show the PCA map of all-MiniLM-L6-v2']);
    await app.history.undo();
    expect([app.map.id, app.workspace.maps.at(-1)!.id]).toEqual([shown, 77]);
    await app.history.redo();
    expect(app.map.id).toBe(77);
  });

  it('is a map that was forgotten: the way leads past it', async () => {
    const { app } = await opened();
    const first = app.map.id!;
    const [second, third] = [mapOf(app, 'pca'), mapOf(app, 'tsne', 3)];
    app.chooseMap(second);
    await vi.waitFor(() => expect(app.columns.places.has(second)).toBe(true));
    app.map.turn('labels');
    app.chooseMap(third);
    app.keeping.asking = { what: 'map', map: app.workspace.maps.find(({ id }) => id === second)! };
    await app.forget();
    await vi.waitFor(() => expect(app.workspace.maps.some(({ id }) => id === second)).toBe(false));
    // Leaving the third would lead to what is gone; names were hidden before that.
    await app.history.undo();
    expect([app.map.id, app.map.labels]).toEqual([third, true]);
    await app.history.undo();
    expect(app.map.id).toBe(first);
    await app.history.redo();
    expect(app.map.labels).toBe(false);
    await app.history.redo();
    expect([app.map.id, app.notices.list.filter(({ tone }) => tone === 'bad')]).toEqual([third, []]);
  });

  it('are other clusters: their layers are no longer those', async () => {
    const { app } = await opened();
    const found = (least: number) =>
      app.findClusters({ set: 1, finding: { method: 'hdbscan', least }, map: null, seed: 1 });
    const clusters = () => app.map.set?.clusters;
    await found(5);
    await vi.waitFor(() => expect(clusters()?.layers).toHaveLength(3));
    app.map.turn('labels');
    await app.showLayer(1, 2);
    const { run } = clusters()!;
    await found(6);
    await vi.waitFor(() => expect(clusters()?.run).not.toBe(run));
    const { shown } = clusters()!;
    await app.history.undo();
    expect([clusters()!.shown, app.map.labels]).toEqual([shown, true]);
  });

  it('is a set in use: what was moved to is left again', async () => {
    const { app } = await opened();
    expect(await app.use(3, 1)).toBe(true);
    expect([app.workspace.in_use, app.map.set?.id, app.history.last?.title]).toEqual([3, 3, 'use builtin-text']);
    await app.history.undo();
    expect([app.workspace.in_use, app.map.set?.id]).toEqual([1, 1]);
  });
});
