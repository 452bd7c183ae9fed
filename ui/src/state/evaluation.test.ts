import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import { App } from './app.svelte';

// Laying out its maps takes the seeded host a while: one serves all.
let host: FakeHost;
beforeAll(() => {
  host = new FakeHost('full');
}, 60_000);

/** How long the seeded host may take on a busy machine. */
const WHILE = { timeout: 20_000 };

async function compared() {
  const app = new App(host);
  await app.connect();
  await app.compare.open();
  return app;
}

describe('evaluating by labels', () => {
  it('measures every model on the same items and opens the items behind a figure', async () => {
    const app = await compared();
    const { evaluation, compare } = app;
    expect(evaluation.choices).toEqual([
      'file',
      'collection',
      'column:year',
      'column:letters',
      'column:written',
      'column:shelf',
      'judged',
    ]);
    expect(evaluation.by).toBe('file');
    const sets = [compare.a!, ...compare.partners(compare.a!).map(({ id }) => id)];
    await evaluation.start(sets);
    expect(evaluation.busy).toBe(true);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false), WHILE);
    expect(evaluation.found.map(({ task }) => task)).toEqual(['classification', 'clustering']);
    const { results, differences } = evaluation.found[0]!;
    expect(results.map(({ set }) => set).sort()).toEqual([...sets].sort());
    expect(results[0]!.figures[0]!.value).toBeGreaterThanOrEqual(results[1]!.figures[0]!.value);
    expect(differences).toHaveLength(1);
    const mistaken = results.at(-1)!.mistakes[0]!;
    await app.selection.set(Uint32Array.from(mistaken.items), 'mistaken');
    expect(app.selection.count).toBe(mistaken.items.length);
  });

  it('takes fewer bytes part as models of their own, and recommends from what was measured', async () => {
    const app = await compared();
    app.evaluation.fewer = true;
    await app.evaluation.start([app.compare.a!]);
    await vi.waitFor(() => expect(app.evaluation.busy).toBe(false), WHILE);
    const [found] = app.evaluation.found;
    const names = found!.results.map(({ model }) => model);
    expect(names.filter((name) => name.includes('precision='))).toHaveLength(2);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(found!.recommendation!.model);
    const bytes = found!.results.map((result) => result.bytes!);
    expect(Math.max(...bytes) / Math.min(...bytes)).toBe(32);
  });

  it('measures on data of files, and says what every model answered', async () => {
    const app = await compared();
    await app.evaluation.startTest('retrieval', ['all-MiniLM-L6-v2', 'builtin-text'], true);
    await vi.waitFor(() => expect(app.evaluation.busy).toBe(false), WHILE);
    const [found] = app.evaluation.found;
    expect([found!.task, found!.data]).toEqual(['retrieval', 'scifact']);
    const rows = found!.results.map(({ mistakes }) => mistakes.map(({ row }) => row).toSorted((a, b) => a - b));
    expect(rows[0]).toEqual(rows[1]);
  });

  it('says why labels cannot be used and stays ready', async () => {
    const app = await compared();
    app.evaluation.by = 'collection';
    await app.evaluation.start([app.compare.a!]);
    expect(app.evaluation.busy).toBe(false);
    expect(app.notices.list[0]?.message).toMatch(/fewer than two classes/);
  });

  it('keeps what was found when the next is cancelled before it measured anything', async () => {
    const app = await compared();
    const { evaluation } = app;
    evaluation.by = 'column:year';
    await evaluation.start([app.compare.a!]);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false), WHILE);
    const before = evaluation.found;
    evaluation.by = 'column:letters';
    await evaluation.start([app.compare.a!]);
    await app.jobs.cancel(evaluation.job!);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false), WHILE);
    expect(evaluation.found).toBe(before);
    expect(evaluation.foundBy).toBe('column:year');
  });

  it('shows each model as it is measured, and goes on from there when it was stopped', async () => {
    const app = await compared();
    const { evaluation, compare } = app;
    evaluation.by = 'column:written';
    const sets = [compare.a!, ...compare.partners(compare.a!).map(({ id }) => id)];
    await evaluation.start(sets);
    await vi.waitFor(() => expect(evaluation.foundBy).toBe('column:written'), WHILE);
    expect([evaluation.busy, evaluation.found.length, evaluation.found[0]!.results.length]).toEqual([true, 1, 1]);
    await app.jobs.cancel(evaluation.job!);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false), WHILE);
    expect([evaluation.stopped, evaluation.found[0]!.results.length]).toEqual([true, 1]);
    await evaluation.start(sets);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false), WHILE);
    expect([evaluation.stopped, evaluation.found.map(({ results }) => results.length)]).toEqual([false, [2, 2]]);
    expect(await evaluation.write('html')).toBe('written.html');
  });
});
