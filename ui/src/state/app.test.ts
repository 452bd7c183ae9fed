import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../backend/backend';
import { FakeHost, type Scene } from '../backend/fake/host';
import { job } from '../backend/fake/work';
import { writeFrame } from '../backend/fake/write';
import type { ProjectRequest } from '../backend/wire/ProjectRequest';
import { App } from './app.svelte';
import { DWELL_MS } from './lens.svelte';
import { PlanChoice } from './plan.svelte';
import { PLAN } from '../backend/fake/plan';

async function opened(scene: Scene) {
  const host = new FakeHost(scene);
  const app = new App(host);
  await app.connect();
  return { app, host };
}
const request = () => new PlanChoice(PLAN, {} as Backend).request;
beforeEach(() => {
  vi.useRealTimers();
});

describe('the beginning', () => {
  it('is empty, and stays so until an import is asked for', async () => {
    const { app } = await opened('empty');
    expect([app.ready, app.empty]).toEqual([true, true]);
    await app.adding.planSample();
    expect(app.adding.plan?.name).toBe('Sample');
    expect(app.empty).toBe(true);
  });

  it('leaves no gap between Start and the first word of the job', async () => {
    const { app, host } = await opened('empty');
    let answer: (job: number) => void = () => undefined;
    host.startImport = () => new Promise((resolve) => (answer = resolve));
    const started = app.startImport(request());
    expect(app.empty).toBe(false);
    await Promise.resolve();
    answer(1);
    await started;
    expect([app.empty, app.adding.plan]).toEqual([false, null]);
    app.onEvent({ type: 'job', job: job({ kind: 'import', state: 'running' }) });
    app.onEvent({ type: 'job', job: job({ kind: 'import', state: 'cancelled' }) });
    expect(app.empty).toBe(true);
  });

  it('fetches a chosen model that is missing before it embeds', async () => {
    const { app, host } = await opened('full');
    const asked: string[] = [];
    host.startFetch = async (model) => asked.push(`fetch ${model}`);
    host.startEmbedding = async (model) => asked.push(`embed ${model}`);
    await app.embed('resnet50');
    await app.embed('builtin-text');
    expect(asked).toEqual(['fetch resnet50', 'embed resnet50', 'embed builtin-text']);
  });

  it('says of a model only that it could not be fetched, which its fetch tells', async () => {
    const { app, host } = await opened('full');
    vi.spyOn(host, 'startFetch').mockResolvedValue(5);
    vi.spyOn(host, 'startEmbedding').mockRejectedValue({
      code: 'model_missing',
      message: 'It is not here.',
      hint: null,
    });
    await app.embed('resnet50');
    expect(app.notices.list).toEqual([]);
    await app.embed('builtin-text');
    expect(app.notices.list).toHaveLength(1);
  });
});

describe('the map', () => {
  it('shows the best map of the first set and knows its rows', async () => {
    const { app } = await opened('full');
    await vi.waitFor(() => expect(app.map.colours).not.toBeNull());
    expect(app.map.map?.method).toBe('tsne');
    expect(app.columns.rows.get(app.map.set!.id)?.count).toBe(200);
    expect(app.map.itemsOf((index) => index === 0).length).toBe(app.map.colours!.names[0]!.count);
  });

  it('follows a new layout of the same set, unless the user chose a map', async () => {
    const { app } = await opened('full');
    const { workspace } = app;
    const newer = { ...workspace.maps[1]!, id: 99 };
    app.onEvent({ type: 'workspace', workspace: { ...workspace, maps: [...workspace.maps, newer] } });
    expect(app.map.id).toBe(99);
    app.chooseMap(1);
    app.onEvent({
      type: 'workspace',
      workspace: { ...workspace, maps: [...workspace.maps, newer, { ...newer, id: 100 }] },
    });
    expect(app.map.id).toBe(1);
  });

  it('shows the map that was asked for, even after the user chose another', async () => {
    const { app, host } = await opened('full');
    const { workspace } = app;
    const first = workspace.maps[0]!;
    app.chooseMap(first.id);
    vi.spyOn(host, 'startProjection').mockResolvedValue(7);
    await app.layOut({ set: first.set, method: 'pca', seed: 1 } as ProjectRequest);
    app.onEvent({ type: 'workspace', workspace });
    expect(app.map.id).toBe(first.id);
    app.onEvent({ type: 'workspace', workspace: { ...workspace, maps: [...workspace.maps, { ...first, id: 77 }] } });
    expect(app.map.id).toBe(77);
  });

  it('opens a workspace as it was left', async () => {
    const { app, host } = await opened('full');
    const kept = vi.spyOn(host, 'keepLook');
    app.keepLook(app.map.look);
    expect(kept).not.toHaveBeenCalled();
    const other = app.workspace.maps.find(({ id }) => id !== app.map.id)!;
    app.chooseMap(other.id);
    await app.map.colour('kind');
    app.map.labels = false;
    app.keepLook(app.map.look);
    app.keepLook(app.map.look);
    expect(kept).toHaveBeenCalledTimes(1);
    await kept.mock.results[0]!.value;
    const again = new App(host);
    await again.connect();
    expect([again.map.id, again.map.colourBy, again.map.labels]).toEqual([other.id, 'kind', false]);
    await vi.waitFor(() => expect(again.map.colours?.by).toBe('kind'));
    // What items were coloured by may be gone.
    await host.keepLook({ ...again.map.look, colour_by: 'column:gone' });
    const third = new App(host);
    await third.connect();
    expect([third.map.id, third.map.colourBy]).toEqual([other.id, 'cluster']);
  });

  it('does not repaint at news that changes no colour', async () => {
    const { app, host } = await opened('full');
    await vi.waitFor(() => expect(app.map.colours).not.toBeNull());
    const before = app.map.colours;
    const asked = vi.spyOn(host, 'getColours');
    app.onEvent({ type: 'workspace', workspace: structuredClone(app.workspace) });
    expect(app.map.colours).toBe(before);
    expect(asked).not.toHaveBeenCalled();
  });

  it('says once what cannot be coloured by, and stays as it was coloured', async () => {
    const { app, host } = await opened('full');
    await vi.waitFor(() => expect(app.map.colours?.by).toBe('cluster'));
    const before = app.map.colours;
    const { getColours } = host;
    const asked = vi.fn<Backend['getColours']>((set, by) =>
      by === 'kind'
        ? Promise.reject({ code: 'failed', message: 'The column is torn.', hint: null })
        : getColours(set, by),
    );
    host.getColours = asked;
    await app.map.colour('kind');
    expect([app.map.colourBy, app.map.colours]).toEqual(['cluster', before]);
    asked.mockClear();
    app.onEvent({ type: 'workspace', workspace: structuredClone(app.workspace) });
    expect(asked).not.toHaveBeenCalled();
    expect(app.notices.list.map(({ message, times }) => [message, times])).toEqual([['The column is torn.', 1]]);
  });

  it('asks no more at news that change nothing where not even groups can be told', async () => {
    const host = new FakeHost('full');
    const refusal = { code: 'failed', message: 'The groups are torn.', hint: null };
    const asked = vi.spyOn(host, 'getColours').mockRejectedValue(refusal);
    const app = new App(host);
    await app.connect();
    await vi.waitFor(() => expect(app.notices.list.map(({ times }) => times)).toEqual([1]));
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(app.workspace.sets.length));
    app.onEvent({ type: 'workspace', workspace: structuredClone(app.workspace) });
    await Promise.resolve();
    expect(asked).toHaveBeenCalledTimes(app.workspace.sets.length);
    expect(app.notices.list).toHaveLength(1);
  });

  it('asks once for what several parts need, and again when groups are others', async () => {
    const host = new FakeHost('full');
    const asked = (['getRows', 'getPositions', 'getColours'] as const).map((what) => vi.spyOn(host, what));
    const app = new App(host);
    await app.connect();
    const { set } = app.map.map!;
    void app.columns.needPlaces(app.map.id!, app.map.map!.rows);
    await vi.waitFor(() => expect(app.map.groups.has(set)).toBe(true));
    for (const { mock } of asked) {
      const questions = mock.calls.map((question) => question.join());
      expect(questions).toEqual([...new Set(questions)]);
    }
    const before = app.map.colours;
    await app.findClusters({ set, finding: { method: 'hdbscan', least: 5 }, map: null, seed: 1 });
    await vi.waitFor(() => expect(app.map.colours).not.toBe(before));
    await vi.waitFor(() => expect(app.map.set?.clusters?.layers).toHaveLength(3));
    await app.showLayer(set, 2);
    await vi.waitFor(() => expect(app.map.colours!.names.length).toBeLessThan(before!.names.length));
  });

  it('forgets everything with the workspace', async () => {
    const { app } = await opened('full');
    await app.choose(new Uint32Array([1, 2]), 'replace', 'lasso');
    app.show('compare');
    app.keeping.asking = { what: 'everything' };
    await app.forget();
    expect([app.empty, app.map.id, app.selection.count, app.view, app.columns.rows.size]).toEqual([
      true,
      null,
      0,
      'map',
      0,
    ]);
  });
});

describe('columns', () => {
  const rows = (start: number, items: number[]) =>
    writeFrame(
      'rows',
      start,
      { set: 1, start, count: items.length },
      {
        items: new Uint32Array(items),
        order: Uint32Array.from(items, (_, i) => start + i),
        kinds: new Uint8Array(items.length),
      },
    );
  const places = (revision: number, x: number) =>
    writeFrame(
      'positions',
      revision,
      { map: 1, set: 1, dims: 2, count: 1, iteration: revision, iterations: 9 },
      { positions: new Float32Array([x, 0]) },
    );

  it('grows row by row, and takes neither twice nor with a gap', () => {
    const app = new App({} as Backend);
    app.onFrame(rows(0, [10, 11]));
    app.onFrame(rows(2, [12]));
    app.onFrame(rows(2, [12]));
    app.onFrame(rows(7, [99]));
    expect([...app.columns.rows.get(1)!.items]).toEqual([10, 11, 12]);
    expect([app.columns.row(1, 12), app.columns.row(1, 99)]).toEqual([2, undefined]);
  });

  it('drops a layout that comes late', () => {
    const app = new App({} as Backend);
    app.onFrame(places(5, 0.5));
    app.onFrame(places(4, 0.4));
    expect(app.columns.places.get(1)!.iteration).toBe(5);
  });

  it('tells a broken frame as a notice', () => {
    const app = new App({} as Backend);
    app.onFrame(new ArrayBuffer(2));
    expect(app.notices.list[0]?.message).toMatch(/cannot be read/);
  });
});

describe('search', () => {
  it('answers nearest first and opens its tab', async () => {
    const { app } = await opened('full');
    app.tab = 'item';
    app.search.type('a loan from the bank');
    await app.search.ask();
    const scores = app.search.answer!.hits.map(({ similarity }) => similarity);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect([scores.length, app.tab]).toEqual([20, 'search']);
  });

  it('forgets an answer that comes after a newer question', async () => {
    const { app, host } = await opened('full');
    const answers: (() => void)[] = [];
    host.search = ({ text }) =>
      new Promise((resolve) =>
        answers.push(() => resolve({ hits: [], searched: text.length, exact: true, typical: null, elapsed_ms: 1 })),
      );
    app.search.text = 'old';
    const old = app.search.ask();
    app.search.text = 'newer';
    const newer = app.search.ask();
    answers[1]!();
    answers[0]!();
    await Promise.all([old, newer]);
    expect(app.search.answer?.text).toBe('newer');
  });

  it('asks a set that reads words when pictures are shown', async () => {
    const { app } = await opened('full');
    const pictures = app.workspace.sets.find(({ kinds }) => !kinds.includes('text'))!;
    app.map.chooseSet(pictures.id);
    expect(app.map.set?.id).toBe(pictures.id);
    expect(app.searchable?.kinds).toContain('text');
  });

  it('asks a set that a model made when the shown one came with a file', async () => {
    const { app } = await opened('full');
    const [shown, ...others] = app.workspace.sets;
    const brought = { ...shown!, asks: false };
    app.onEvent({ type: 'workspace', workspace: { ...app.workspace, sets: [brought, ...others] } });
    app.map.chooseSet(brought.id);
    expect(app.map.set?.asks).toBe(false);
    expect(app.searchable?.model).toBe(others.find(({ asks }) => asks)!.model);
  });
});

describe('the lens', () => {
  it('shows the card after a moment of rest, and not for what was only passed', async () => {
    vi.useFakeTimers();
    const host = new FakeHost('full');
    const app = new App(host);
    await app.connect();
    app.lens.hover(1, 3, { x: 0, y: 0 });
    await vi.advanceTimersByTimeAsync(DWELL_MS - 1);
    app.lens.hover(1, 4, { x: 0, y: 0 });
    await vi.advanceTimersByTimeAsync(DWELL_MS - 1);
    expect(app.lens.card).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(app.lens.card?.item.id).toBe(4);
    app.lens.hold(true);
    app.lens.hover(1, null, { x: 0, y: 0 });
    await vi.advanceTimersByTimeAsync(DWELL_MS * 3);
    expect(app.lens.card).not.toBeNull();
    app.lens.hold(false);
    await vi.advanceTimersByTimeAsync(DWELL_MS * 3);
    expect(app.lens.card).toBeNull();
  });

  it('tells how near the item under the pointer is to the kept one', async () => {
    vi.useFakeTimers();
    const app = new App(new FakeHost('full'));
    await app.connect();
    await app.keep(1, 3);
    const rest = async (item: number) => {
      app.lens.hover(1, item, { x: 0, y: 0 });
      await vi.advanceTimersByTimeAsync(DWELL_MS);
      return app.lens.card!.toKept;
    };
    const near = app.lens.kept!.neighbours[0]!;
    expect(await rest(near.item.id)).toBeCloseTo(near.similarity, 5);
    expect(await rest(3)).toBeNull();
  });

  it('keeps what was clicked though the pointer rests elsewhere meanwhile, and records nothing that was not kept', async () => {
    vi.useFakeTimers();
    const host = new FakeHost('full');
    const app = new App(host);
    await app.connect();
    const answers: (() => void)[] = [];
    const { getNeighbours } = host;
    host.getNeighbours = (...asked) =>
      new Promise((resolve) => answers.push(() => void getNeighbours(...asked).then(resolve)));
    const first = app.keep(1, 3);
    app.lens.hover(1, 4, { x: 0, y: 0 });
    await vi.advanceTimersByTimeAsync(DWELL_MS);
    answers.forEach((answer) => answer());
    await first;
    expect(app.lens.kept?.item.id).toBe(3);
    const undone = app.history.past.length;
    host.getNeighbours = () => Promise.reject(new Error('gone'));
    await app.keep(1, 5);
    expect([app.lens.kept?.item.id, app.history.past.length]).toEqual([3, undone]);
  });
});

describe('selection', () => {
  it('adds and takes away, and masks the rows of a set', async () => {
    const { app } = await opened('full');
    await app.choose(new Uint32Array([2, 5]), 'replace', 'lasso');
    await app.choose(new Uint32Array([7]), 'add', 'lasso');
    await app.choose(new Uint32Array([5]), 'subtract', 'lasso');
    expect([...app.selection.items!]).toEqual([2, 7]);
    await vi.waitFor(() => expect(app.selection.mask(1)).not.toBeNull());
    expect(app.selection.mask(1)!.reduce((sum, bit) => sum + bit, 0)).toBe(2);
    expect(app.selection.list.map(({ id }) => id)).toEqual([2, 7]);
    expect(app.tab).toBe('selection');
  });
});

describe('compare', () => {
  it('proposes a partner of the same kind and accounts for every item', async () => {
    const { app } = await opened('full');
    await app.compare.open();
    const { comparison, a, b } = app.compare;
    expect([a, b]).toEqual([1, 3]);
    expect(comparison!.histogram.reduce((sum, n) => sum + n, 0)).toBe(comparison!.items);
    const shared = comparison!.histogram.findIndex((n) => n > 0);
    expect(app.compare.itemsSharing(shared).length).toBe(comparison!.histogram[shared]);
  });

  it('turns the other maps again when something moved meanwhile, one question at a time', async () => {
    const { app, host } = await opened('full');
    await app.compare.open();
    const asked = vi.spyOn(host, 'getPositions');
    expect(app.compare.placesOf(1)).toBeUndefined();
    await Promise.all([app.compare.align(), app.compare.align(), app.compare.align()]);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(app.compare.placesOf(1)!.count).toBe(app.compare.mapOf(app.compare.panes[1])!.rows);
  });
});

describe('what is dropped', () => {
  it('is said to be looked through where that takes a while, and can be stopped', async () => {
    vi.useFakeTimers();
    const host = new FakeHost('empty');
    const app = new App(host);
    await app.connect();
    app.onEvent({ type: 'looking', on: true });
    await vi.advanceTimersByTimeAsync(250);
    app.onEvent({ type: 'looking', on: false });
    await vi.advanceTimersByTimeAsync(500);
    expect(app.adding.looking).toBe(false);
    app.onEvent({ type: 'looking', on: true });
    await vi.advanceTimersByTimeAsync(500);
    expect(app.adding.looking).toBe(true);
    await app.adding.stopLooking();
    expect(app.adding.looking).toBe(false);
  });
});

it('keeps a list of files that gave nothing, each once', async () => {
  const { app } = await opened('empty');
  await app.adding.openFolder();
  await app.startImport(request());
  const late = { name: 'late.pdf', reason: 'it is locked' };
  app.onEvent({ type: 'job', job: job({ id: 9, state: 'done', skipped: [late, late] }) });
  app.onEvent({ type: 'job', job: job({ id: 9, state: 'done', skipped: [late] }) });
  expect(app.adding.leftOut.map(({ name }) => name)).toEqual([
    'archive/old-drafts.zip',
    'science/scan-0041.pdf',
    'pictures/broken.jpg',
    'late.pdf',
  ]);
});

it('folds the rails of a narrow window and brings them back', () => {
  const app = new App({} as Backend);
  app.rails.fit(1440);
  expect(app.rails.folded).toEqual({ left: false, right: false });
  app.rails.fit(1100);
  expect(app.rails.folded).toEqual({ left: true, right: false });
  app.rails.fit(900);
  expect(app.rails.folded).toEqual({ left: true, right: true });
  app.open('item');
  expect(app.rails.folded.right).toBe(false);
  app.rails.fold('left');
  expect(app.rails.folded, 'both would cover the stage').toEqual({ left: false, right: true });
  app.rails.stageAlone();
  app.rails.stageAlone();
  expect(app.rails.folded).toEqual({ left: true, right: false });
  app.rails.fit(1300);
  expect(app.rails.folded).toEqual({ left: false, right: false });
});
