import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../backend/fake/host';
import { App } from './app.svelte';
import { between } from './compare.svelte';

// Laying out its maps takes the seeded host a while: one serves all.
let host: FakeHost;
beforeAll(() => {
  host = new FakeHost('full');
}, 60_000);

async function opened() {
  const app = new App(host);
  await app.connect();
  await app.compare.open();
  return app;
}

describe('two to four maps', () => {
  it('are added until there is nothing new to show, and compared with the first', async () => {
    const { compare } = await opened();
    expect(compare.panes.map(({ set }) => set)).toEqual([1, 3]);
    // Both text models are here: what is next is another map of one of them.
    await compare.add();
    const [, , third] = compare.panes;
    expect([third!.set, compare.mapOf(third)!.method]).toEqual([1, 'pca']);
    expect(compare.pair).toEqual([0, 2]);
    expect([compare.same, compare.comparison]).toEqual([true, null]);
    await compare.add();
    expect([compare.panes.length, compare.next]).toEqual([4, null]);
    await compare.align();
    for (const at of [1, 2, 3]) expect(compare.placesOf(at)!.count).toBe(200);

    // Any two can be compared.
    await compare.comparePair(2, 1);
    expect(compare.comparison!.items).toBe(200);
    expect([compare.a, compare.b]).toEqual([1, 3]);

    // What is taken away leaves a pair that stands.
    await compare.remove(2);
    await compare.remove(2);
    await compare.remove(1);
    expect([compare.panes.length, compare.pair]).toEqual([2, [0, 1]]);
  });

  it('keep only what can be compared with a new first one', async () => {
    const { compare } = await opened();
    await compare.put(0, { set: 2, map: null });
    expect(compare.panes).toEqual([{ set: 2, map: null }]);
    expect(compare.comparison).toBeNull();
    await compare.put(0, { set: 3, map: null });
    expect(compare.panes.map(({ set }) => set)).toEqual([3, 1]);
    compare.swap();
    await vi.waitFor(() => expect(compare.comparison).not.toBeNull());
    expect([compare.a, compare.b]).toEqual([1, 3]);
  });

  it('say what became of groups and items, and list both neighbourhoods of one', async () => {
    const app = await opened();
    const { compare } = app;
    const { groups, moved_most } = compare.comparison!;
    expect(groups.map(({ overlap }) => overlap)).toEqual(
      groups.map(({ overlap }) => overlap).toSorted((a, b) => a - b),
    );
    expect(groups.reduce((sum, { items }) => sum + items, 0)).toBe(200);
    const { item, overlap } = moved_most[0]!;
    await app.columns.needRows(1, 200);
    await app.columns.needRows(3, 200);
    await compare.list(item.id);
    const { a, b } = compare.twins!;
    const shared = a.filter((hit) => b.some((other) => other.item.id === hit.item.id)).length;
    expect(shared / 10).toBeCloseTo(overlap);
    await compare.list(null);
    expect(compare.twins).toBeNull();
  });

  it('subtract their pairs: the same everywhere but on the diagonal when sides change', async () => {
    const { compare } = await opened();
    await compare.subtract(Uint32Array.from([1, 5, 9, 30]));
    const { items, values } = compare.difference!;
    expect(items).toHaveLength(4);
    expect(Array.from({ length: 4 }, (_, i) => values[i * 5])).toEqual([0, 0, 0, 0]);
    expect(values[1]).toBe(values[4]);
    expect(Math.abs(Array.from(values).reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-5);
  });

  it('subtract what is asked now, not what was asked before', async () => {
    const { compare } = await opened();
    const [some, others] = [Uint32Array.from([1, 5, 9, 30]), Uint32Array.from([1, 7, 12, 30])];
    await compare.subtract(some);
    const late = compare.subtract(others);
    await compare.subtract(some);
    await late;
    expect(new Set(compare.difference!.items)).toEqual(new Set(some));
    // Both begin and end alike, and are still told apart.
    await compare.subtract(others);
    expect(new Set(compare.difference!.items)).toEqual(new Set(others));
    expect(compare.subtracted).toBe(others);
  });

  it('become one another, and what the other has not is nowhere', () => {
    const places = (positions: number[]) => ({
      set: 1,
      dims: 2 as const,
      count: positions.length / 2,
      iteration: 0,
      iterations: 0,
      positions: Float32Array.from(positions),
    });
    const [from, to] = [places([0, 0, 4, 4, 8, 8]), places([10, 0, 0, 10])];
    const twin = (row: number) => [1, 0, undefined][row];
    expect([...between(from, to, twin, 0)].slice(0, 4)).toEqual([0, 0, 4, 4]);
    expect([...between(from, to, twin, 0.5)]).toEqual([0, 5, 7, 2, NaN, NaN]);
    expect([...between(from, to, twin, 1)].slice(0, 4)).toEqual([0, 10, 10, 0]);
  });
});

describe('moving to another model', () => {
  it('switches at once, and back', async () => {
    const app = await opened();
    expect(app.workspace.in_use).toBeNull();
    const move = await host.getMove('builtin-text');
    expect([move.set, move.missing, move.items]).toEqual([3, 0, 200]);
    await host.useSet(3);
    expect(app.workspace.in_use).toBe(3);
    const later = new App(host);
    await later.connect();
    expect(later.map.set!.id).toBe(3);
    await host.useSet(1);
    expect(later.workspace.in_use).toBe(1);
  });
});

describe('which is nearer?', () => {
  it('asks on from where it was left, takes answers back, and counts those that were decided', async () => {
    const app = await opened();
    const { judging, evaluation } = app;
    await judging.start([1, 3]);
    const first = judging.question!;
    expect(first.first.id).not.toBe(first.second.id);
    await judging.answer('second');
    await judging.answer(null);
    const third = judging.question!;
    expect([third.number, judging.counted]).toEqual([2, 1]);
    judging.close();
    await judging.start([1, 3]);
    expect(judging.question).toEqual(third);
    await judging.back();
    await judging.back();
    expect(judging.question).toEqual(first);
    expect(judging.counted).toBe(0);

    for (const side of ['first', 'second', 'first', 'first'] as const) await judging.answer(side);
    evaluation.by = 'judged';
    await evaluation.start([1, 3]);
    await vi.waitFor(() => expect(evaluation.busy).toBe(false));
    const [found] = evaluation.found;
    expect([found!.task, found!.size]).toEqual(['triplets', '4 judgements']);
    for (const { figures, mistakes } of found!.results) {
      const wrong = mistakes.filter(({ loss }) => loss > 0).length;
      expect(figures[0]!.value).toBeCloseTo(1 - wrong / 4);
    }
  });
});
