/** What the seeded host says of two sets: how alike they are, what moved between them, and where they differ. */
import { readAs } from '../frame';
import type { CompareRequest } from '../wire/CompareRequest';
import type { ComparisonView } from '../wire/ComparisonView';
import type { MovedGroupView } from '../wire/MovedGroupView';
import type { MovedView } from '../wire/MovedView';
import { COST, MODELS } from './catalogue';
import { cosine, nearest } from './space';
import type { Set, World } from './world';
import { writeFrame } from './write';

/** The nearest of an item in one set and in the other. */
type Near = readonly [number[], number[]];

/** The items two sets share, and the nearest of each in both. */
function twins(world: World, { a, b, k }: CompareRequest) {
  const [left, right] = [world.set(a), world.set(b)];
  const items = left.items.filter((item) => right.items.includes(item));
  const near = (set: Set, item: number) => {
    const row = set.items.indexOf(item);
    return nearest(set.vectors[row]!, set.vectors, k, row).map(([other]) => set.items[other]!);
  };
  return { items, near: Array.from(items, (item) => [near(left, item), near(right, item)] as const) };
}

/** The share of each item's nearest that both sets name. */
const shared = (near: Near[], k: number) =>
  Float32Array.from(near, ([a, b]) => a.filter((id) => b.includes(id)).length / k);

export function overlap(
  world: World,
  request: CompareRequest,
): { items: Uint32Array<ArrayBuffer>; overlap: Float32Array } {
  const { items, near } = twins(world, request);
  return { items, overlap: shared(near, request.k) };
}

export function compare(world: World, request: CompareRequest): ComparisonView {
  const { items, near } = twins(world, request);
  const overlap = shared(near, request.k);
  const histogram = new Array<number>(request.k + 1).fill(0);
  overlap.forEach((share) => histogram[Math.round(share * request.k)]!++);
  const sets = [world.set(request.a), world.set(request.b)] as const;
  const title = (item: number | undefined) => (item === undefined ? '' : world.entries[item]!.title);
  const movedOf = (i: number): MovedView => ({
    item: world.item(items[i]!),
    overlap: overlap[i]!,
    near_a: title(near[i]![0][0]),
    near_b: title(near[i]![1][0]),
  });
  const order = Array.from(items.keys()).sort((x, y) => overlap[x]! - overlap[y]! || x - y);
  return {
    items: items.length,
    k: request.k,
    overlap: mean(overlap),
    curve: Array.from({ length: request.k }, (_, at) => {
      const share = near.map(([a, b]) => a.slice(0, at + 1).filter((id) => b.slice(0, at + 1).includes(id)).length);
      return share.reduce((sum, n) => sum + n, 0) / share.length / (at + 1);
    }),
    histogram,
    ...likeness(sets[0].vectors, sets[1].vectors),
    procrustes: 1 - likeness(sets[0].vectors, sets[1].vectors).cka,
    moved_most: order.slice(0, 12).map(movedOf),
    groups: movedGroups(world, items, near, overlap, order, movedOf),
    models: sets.map(({ model, vectors }) => {
      const { dim } = MODELS.find((entry) => entry.id === model.id)!;
      const pairs = vectors.slice(0, 60).flatMap((x, i) => vectors.slice(i + 1, 60).map((y) => cosine(x, y)));
      const health = {
        anisotropy: pairs.reduce((sum, c) => sum + c, 0) / pairs.length,
        effective_rank: dim / 3,
        hubness_skew: 1.4,
        norm_mean: 1,
      };
      return { model: model.id, dim, ...COST[model.id]!, vector_bytes: dim * 4, health };
    }),
  };
}

function movedGroups(
  world: World,
  items: Uint32Array,
  near: Near[],
  overlap: Float32Array,
  order: number[],
  movedOf: (i: number) => MovedView,
): MovedGroupView[] {
  const group = (item: number) => world.classOf(item, 'cluster');
  const names = [...new globalThis.Set(Array.from(items, group))];
  const most = (own: string, others: number[]) => {
    const counts = new Map<string, number>();
    others.map(group).forEach((name) => name !== own && counts.set(name, (counts.get(name) ?? 0) + 1));
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  };
  return names
    .map((name) => {
      const own = order.filter((i) => group(items[i]!) === name);
      return {
        name,
        items: own.length,
        overlap: own.reduce((sum, i) => sum + overlap[i]!, 0) / own.length,
        near_a: most(
          name,
          own.flatMap((i) => near[i]![0]),
        ),
        near_b: most(
          name,
          own.flatMap((i) => near[i]![1]),
        ),
        parts: [],
        examples: own.slice(0, 2).map(movedOf),
      };
    })
    .sort((a, b) => a.overlap - b.overlap);
}

/** By the places of pairs among all pairs, as the host has it. */
export function differenceFrame(world: World, a: Set, b: Set, wanted: Uint32Array | null, limit: number): ArrayBuffer {
  const shown = readAs('matrix', world.matrixFrame(a, wanted, limit));
  const n = shown.items.length;
  const rows = Array.from(shown.items, (item) => b.vectors[b.items.indexOf(item)]!);
  const ranks = (value: (i: number, j: number) => number) => {
    const pairs: [number, number][] = [];
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i * n + j, value(i, j)]);
    pairs.sort((x, y) => x[1] - y[1]);
    return new Map(pairs.map(([at], rank) => [at, rank / Math.max(1, pairs.length - 1)]));
  };
  const [before, after] = [ranks((i, j) => shown.values[i * n + j]!), ranks((i, j) => cosine(rows[i]!, rows[j]!))];
  const values = Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const key = Math.min(i, j) * n + Math.max(i, j);
    return i === j ? 0 : after.get(key)! - before.get(key)!;
  });
  return writeFrame(
    'matrix',
    1,
    { set: a.id, other: b.id, groups: shown.groups },
    { items: Uint32Array.from(shown.items), values },
  );
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

/** Linear centred kernel alignment, and the rank correlation of all similarities. */
function likeness(a: Float64Array[], b: Float64Array[]): { cka: number; rsa: number } {
  const n = Math.min(a.length, b.length);
  const grams = [a, b].map((rows) => {
    const gram = Float64Array.from({ length: n * n }, (_, at) => cosine(rows[Math.floor(at / n)]!, rows[at % n]!));
    const means = Float64Array.from({ length: n }, (_, i) =>
      gram.slice(i * n, i * n + n).reduce((sum, value) => sum + value / n, 0),
    );
    const mean = means.reduce((sum, value) => sum + value / n, 0);
    return { gram, centred: gram.map((value, at) => value - means[Math.floor(at / n)]! - means[at % n]! + mean) };
  }) as [{ gram: Float64Array; centred: Float64Array }, { gram: Float64Array; centred: Float64Array }];
  const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const [x, y] = [grams[0].centred, grams[1].centred];
  const ranks = grams.map(({ gram }) => {
    const pairs = Array.from(gram.filter((_, at) => Math.floor(at / n) < at % n).entries()).sort((p, q) => p[1] - q[1]);
    const rank = new Float64Array(pairs.length);
    pairs.forEach(([at], r) => (rank[at] = r - (pairs.length - 1) / 2));
    return rank;
  }) as [Float64Array, Float64Array];
  return {
    cka: inner(x, y) / Math.sqrt(inner(x, x) * inner(y, y)),
    rsa: inner(ranks[0], ranks[1]) / Math.sqrt(inner(ranks[0], ranks[0]) * inner(ranks[1], ranks[1])),
  };
}
