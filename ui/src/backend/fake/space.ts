/**
 * Small mathematics for the seeded world: vectors made of words, cosine, principal components, exact t-SNE.
 *
 * It is real (nothing is drawn by hand) but only as good and as fast as a few hundred items need.
 */
import type { Entry } from './corpus';
import { PICTURES, TOPICS } from './corpus';
import { Random, hash } from './random';

const DIM = 48;

function gaussian(seed: string, scale: number): Float64Array {
  const random = new Random(hash(seed));
  return Float64Array.from({ length: DIM }, () => random.normal() * scale);
}

function normalise(vector: Float64Array): Float64Array {
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => value / norm);
}

export const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** One model's way of placing words: a word leans towards the topics it occurs in, the more the better the model. */
export class Model {
  private readonly lean = new Map<string, Float64Array>();

  constructor(
    readonly id: string,
    private readonly insight: number,
  ) {
    TOPICS.forEach((topic) => {
      const centre = gaussian(`${id}:${topic.name}`, 1);
      const all = words([...topic.subjects, ...topic.acts, ...topic.ends, topic.name].join(' '));
      for (const word of all) {
        if (word.length < 4) continue;
        const sum = this.lean.get(word) ?? new Float64Array(DIM);
        sum.forEach((_, d) => (sum[d]! += centre[d]!));
        this.lean.set(word, sum);
      }
    });
  }

  text(text: string): Float64Array {
    const sum = new Float64Array(DIM);
    for (const word of words(text)) {
      const own = gaussian(`${this.id}:${word}`, word.length < 4 ? 0.25 : 0.7);
      const lean = this.lean.get(word);
      for (let d = 0; d < DIM; d++) sum[d]! += own[d]! + (lean ? lean[d]! * this.insight : 0);
    }
    return normalise(sum);
  }

  picture(entry: Entry): Float64Array {
    const centre = gaussian(`${this.id}:${PICTURES[entry.topic]}`, 1);
    const style = gaussian(`${this.id}:${entry.title.split('-').at(-2)}`, 0.75);
    const own = gaussian(`${this.id}:${entry.title}`, 0.4);
    return normalise(centre.map((value, d) => value + style[d]! + own[d]!));
  }

  embed(entry: Entry): Float64Array {
    return entry.kind === 'text' ? this.text(entry.text) : this.picture(entry);
  }
}

export function cosine(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}

/** The `k` nearest rows to `query`, best first. */
export function nearest(
  query: Float64Array,
  rows: Float64Array[],
  k: number,
  self = -1,
): [row: number, similarity: number][] {
  return rows
    .map((row, i): [number, number] => [i, cosine(query, row)])
    .filter(([i]) => i !== self)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, k);
}

/** First principal components by power iteration, and the share of variance they hold. */
export function pca(rows: Float64Array[], count = 2): { positions: Float32Array; explained: number } {
  const mean = new Float64Array(DIM);
  rows.forEach((row) => row.forEach((value, d) => (mean[d]! += value / rows.length)));
  const centred = rows.map((row) => row.map((value, d) => value - mean[d]!));
  const total = centred.reduce((sum, row) => sum + cosine(row, row), 0);
  const axes: Float64Array[] = [];
  for (let c = 0; c < count; c++) {
    // So few rows vary along fewer directions.
    if (c >= rows.length - 1) {
      axes.push(new Float64Array(DIM));
      continue;
    }
    let axis = normalise(gaussian(`axis ${c}`, 1));
    for (let step = 0; step < 60; step++) {
      const next = new Float64Array(DIM);
      for (const row of centred) {
        const along = cosine(row, axis);
        for (let d = 0; d < DIM; d++) next[d]! += along * row[d]!;
      }
      for (const other of axes) {
        const along = cosine(next, other);
        for (let d = 0; d < DIM; d++) next[d]! -= along * other[d]!;
      }
      axis = normalise(next);
    }
    axes.push(axis);
  }
  const positions = new Float32Array(rows.length * count);
  let held = 0;
  centred.forEach((row, i) =>
    axes.forEach((axis, c) => {
      const along = cosine(row, axis);
      positions[i * count + c] = along;
      held += along * along;
    }),
  );
  return { positions, explained: total ? held / total : 0 };
}

/** Exact t-SNE, one step at a time, from a given start: drawn together, or as it is to go on with it. */
export class Tsne {
  iteration = 0;
  /** Factor of attraction after the first steps. */
  exaggeration = 1;
  private readonly early: number;
  readonly y: Float64Array;
  private readonly p: Float64Array;
  private readonly speed: Float64Array;
  private readonly gains: Float64Array;
  private readonly n: number;

  constructor(
    rows: Float64Array[],
    start: Float32Array,
    readonly iterations: number,
    perplexity = 30,
    onward = false,
  ) {
    this.n = rows.length;
    this.p = affinities(rows, Math.min(perplexity, (rows.length - 1) / 3));
    const spread = Math.sqrt(start.reduce((sum, value) => sum + value * value, 0) / start.length) || 1;
    this.y = Float64Array.from(start, (value) => (onward ? value : (value / spread) * 0.01));
    this.early = onward ? 0 : iterations / 4;
    this.speed = new Float64Array(this.y.length);
    this.gains = new Float64Array(this.y.length).fill(1);
  }

  step(): void {
    const { n, y, p } = this;
    const early = this.iteration < this.early;
    const exaggeration = early ? 8 : this.exaggeration;
    const momentum = early ? 0.5 : 0.8;
    const weights = new Float64Array(n * n);
    let total = 0;
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        const [dx, dy] = [y[i * 2]! - y[j * 2]!, y[i * 2 + 1]! - y[j * 2 + 1]!];
        const w = 1 / (1 + dx * dx + dy * dy);
        weights[i * n + j] = weights[j * n + i] = w;
        total += 2 * w;
      }
    const gradient = new Float64Array(n * 2);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const w = weights[i * n + j]!;
        const pull = 4 * (exaggeration * p[i * n + j]! - w / total) * w;
        gradient[i * 2]! += pull * (y[i * 2]! - y[j * 2]!);
        gradient[i * 2 + 1]! += pull * (y[i * 2 + 1]! - y[j * 2 + 1]!);
      }
    for (let c = 0; c < gradient.length; c++) {
      const same = Math.sign(gradient[c]!) === Math.sign(this.speed[c]!);
      this.gains[c] = Math.max(0.01, same ? this.gains[c]! * 0.8 : this.gains[c]! + 0.2);
      this.speed[c] = momentum * this.speed[c]! - Math.max(20, n / 12) * this.gains[c]! * gradient[c]!;
      y[c]! += this.speed[c]!;
    }
    this.iteration++;
  }
}

function affinities(rows: Float64Array[], perplexity: number): Float64Array {
  const n = rows.length;
  const p = new Float64Array(n * n);
  const target = Math.log(perplexity);
  for (let i = 0; i < n; i++) {
    const distance = rows.map((row) => 1 - cosine(rows[i]!, row));
    let [low, high, beta] = [0, Infinity, 1];
    for (let step = 0; step < 40; step++) {
      let [sum, weighted] = [0, 0];
      for (let j = 0; j < n; j++) {
        const w = j === i ? 0 : Math.exp(-beta * distance[j]!);
        p[i * n + j] = w;
        sum += w;
        weighted += w * distance[j]!;
      }
      for (let j = 0; j < n; j++) p[i * n + j]! /= sum;
      const entropy = Math.log(sum) + (beta * weighted) / sum;
      if (Math.abs(entropy - target) < 1e-4) break;
      if (entropy > target) [low, beta] = [beta, high === Infinity ? beta * 2 : (beta + high) / 2];
      else [high, beta] = [beta, (beta + low) / 2];
    }
  }
  const joint = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) joint[i * n + j] = (p[i * n + j]! + p[j * n + i]!) / (2 * n);
  return joint;
}

/** Turns, mirrors and scales `moved` to lie on `reference` as well as it can (Procrustes, two dimensions). */
export function align(reference: Float32Array, moved: Float32Array): Float32Array {
  const n = reference.length / 2;
  const centre = (points: Float32Array) => {
    let [x, y] = [0, 0];
    for (let i = 0; i < n; i++) [x, y] = [x + points[i * 2]! / n, y + points[i * 2 + 1]! / n];
    return [x, y] as const;
  };
  const [rx, ry] = centre(reference);
  const [mx, my] = centre(moved);
  let best = { gain: -Infinity, turn: 0, flip: 1, scale: 1 };
  for (const flip of [1, -1]) {
    let [along, across, size] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const [ax, ay] = [reference[i * 2]! - rx, reference[i * 2 + 1]! - ry];
      const [bx, by] = [moved[i * 2]! - mx, flip * (moved[i * 2 + 1]! - my)];
      along += ax * bx + ay * by;
      across += ay * bx - ax * by;
      size += bx * bx + by * by;
    }
    const gain = Math.hypot(along, across);
    if (gain > best.gain) best = { gain, turn: Math.atan2(across, along), flip, scale: size ? gain / size : 1 };
  }
  const [cos, sin] = [Math.cos(best.turn) * best.scale, Math.sin(best.turn) * best.scale];
  const out = new Float32Array(moved.length);
  for (let i = 0; i < n; i++) {
    const [bx, by] = [moved[i * 2]! - mx, best.flip * (moved[i * 2 + 1]! - my)];
    out[i * 2] = rx + cos * bx - sin * by;
    out[i * 2 + 1] = ry + sin * bx + cos * by;
  }
  return out;
}

/** How true a 2-D map is with `k` neighbours: trustworthiness and continuity (Venna and Kaski), and the share of neighbours kept. */
export function truth(rows: Float64Array[], positions: Float32Array, k = 15) {
  const n = rows.length;
  if (n <= 3 * k) return { trustworthiness: 1, continuity: 1, neighbours_kept: 1 };
  const [penalty, kept] = [{ near: 0, far: 0 }, { both: 0 }];
  const ranks = (order: number[]) => order.reduce((of, j, at) => ((of[j] = at + 1), of), new Uint32Array(n));
  for (let i = 0; i < n; i++) {
    const [x, y] = [positions[i * 2]!, positions[i * 2 + 1]!];
    const apart = (j: number) => (x - positions[j * 2]!) ** 2 + (y - positions[j * 2 + 1]!) ** 2;
    const there = nearest(rows[i]!, rows, n, i).map(([j]) => j);
    const here = [...there].sort((a, b) => apart(a) - apart(b));
    const [inSpace, onMap] = [ranks(there), ranks(here)];
    for (const j of here.slice(0, k)) penalty.near += Math.max(0, inSpace[j]! - k);
    for (const j of there.slice(0, k)) {
      penalty.far += Math.max(0, onMap[j]! - k);
      kept.both += Number(onMap[j]! <= k);
    }
  }
  const share = (penalty: number) => 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty;
  return {
    trustworthiness: share(penalty.near),
    continuity: share(penalty.far),
    neighbours_kept: kept.both / (n * k),
  };
}
