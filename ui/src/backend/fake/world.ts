/** What the seeded host keeps: items, embedding sets and maps, and everything that can be computed from them at once. */
import { NO_CLASS } from '../frame';
import type { ClassView } from '../wire/ClassView';
import type { CombineRequest } from '../wire/CombineRequest';
import type { HitView } from '../wire/HitView';
import type { ItemView } from '../wire/ItemView';
import type { MapView } from '../wire/MapView';
import type { Method } from '../wire/Method';
import type { WatchedView } from '../wire/WatchedView';
import type { WorkspaceView } from '../wire/WorkspaceView';
import { MODELS } from './catalogue';
import { Clusters } from './clusters';
import { type Chosen, said } from './course';
import { COLUMNS, PICTURES, TOPICS, corpus, valueOf, type Entry } from './corpus';
import { Lists } from './lists';
import { Random } from './random';
import { Model, align, cosine, nearest, pca, truth } from './space';
import { writeFrame } from './write';

/** Classes that are named, as the engine does. */
const MOST_CLASSES = 400;

export interface Set {
  id: number;
  /** The model's, or what it was combined from and how. */
  name: string;
  model: Model;
  /** Item ids in row order; how many of them are embedded so far. */
  items: Uint32Array<ArrayBuffer>;
  embedded: number;
  order: Uint32Array<ArrayBuffer>;
  vectors: Float64Array[];
}

export interface Layout {
  view: MapView;
  positions: Float32Array;
  revision: number;
}

const INSIGHT: Record<string, number> = {
  'builtin-text': 0.1,
  'all-MiniLM-L6-v2': 0.34,
  'clip-vit-base-patch32': 0.24,
};

export class World {
  entries: Entry[] = [];
  sets: Set[] = [];
  layouts: Layout[] = [];
  readonly lists = new Lists(this);
  readonly clusters = new Clusters(this);

  add(texts: number, pictures: number): void {
    this.entries = corpus(texts, pictures);
  }

  /** Forgets items everywhere; the others keep their ids. */
  forget(items: globalThis.Set<number>): void {
    for (const item of items) delete this.entries[item];
    this.lists.forget(items);
    for (const set of this.sets) {
      const kept = [...set.items.keys()].filter((row) => !items.has(set.items[row]!));
      for (const layout of this.layouts.filter(({ view }) => view.set === set.id))
        this.place(
          layout,
          Float32Array.from(
            kept.flatMap((row) => [...layout.positions.slice(row * layout.view.dims, (row + 1) * layout.view.dims)]),
          ),
        );
      set.items = set.items.filter((item) => !items.has(item));
      set.vectors = kept.map((row) => set.vectors[row]!);
      set.embedded = kept.length;
      set.order = new Random(kept.length).shuffled(kept.length);
    }
  }

  clear(): void {
    this.entries = [];
    this.lists.clear();
    this.sets = [];
    this.layouts = [];
  }

  forgetMap(map: number): void {
    this.layouts = this.layouts.filter(({ view }) => view.id !== map);
  }

  watched: WatchedView[] = [];
  inUse: number | null = null;

  workspace(): WorkspaceView {
    const count = (kind: string) => this.entries.filter((entry) => entry.kind === kind).length;
    return {
      name: 'field-notes',
      read_only: false,
      items: count('text') + count('image'),
      collections: this.entries.length
        ? [{ id: 1, name: 'field-notes', texts: count('text'), images: count('image') }]
        : [],
      sets: this.sets.map((set) => {
        const { id, name, model, items, embedded } = set;
        const { kinds, dim } = MODELS.find((entry) => entry.id === model.id)!;
        const left_out = (['text', 'image'] as const)
          .filter((kind) => !kinds.includes(kind) && count(kind))
          .map((kind) => ({ kind, count: count(kind) }));
        return {
          id,
          model: name,
          kinds,
          asks: kinds.includes('text'),
          dim,
          rows: embedded,
          total: items.length,
          left_out,
          cut_texts: kinds.includes('text') && items.length > 3 ? 3 : 0,
          clusters: this.clusters.view(set),
        };
      }),
      maps: this.layouts.map((layout) => ({ ...layout.view })),
      columns: this.entries.length ? COLUMNS : [],
      selections: this.lists.selections(),
      tags: this.lists.tags(),
      watched: this.watched,
      in_use: this.inUse,
    };
  }

  addSet(model: string): Set {
    const kinds = MODELS.find((entry) => entry.id === model)!.kinds;
    const items = Uint32Array.from(this.entries.keys()).filter((i) => kinds.includes(this.entries[i]!.kind));
    const embedder = new Model(model, INSIGHT[model] ?? 0.5);
    const set: Set = {
      id: this.sets.length + 1,
      name: model,
      model: embedder,
      items,
      embedded: 0,
      order: new Random(items.length).shuffled(items.length),
      vectors: Array.from(items, (item) => embedder.embed(this.entries[item]!)),
    };
    this.sets.push(set);
    return set;
  }

  /** A row for each label, its first item standing for it; or every picture with its caption. */
  combine(of: Set, request: CombineRequest): Set {
    const rows = new Map<string, number[]>();
    for (const [row, item] of [...of.items].entries()) {
      const label =
        request.of !== 'items'
          ? this.entries[item]!.kind === 'image' && String(item)
          : this.classOf(item, request.by === 'stem' ? 'file' : request.by);
      if (label) rows.set(label, [...(rows.get(label) ?? []), row]);
    }
    const groups = [...rows.values()];
    const mean = (group: number[]) =>
      of.vectors[group[0]!]!.map((_, at) => group.reduce((sum, row) => sum + of.vectors[row]![at]!, 0) / group.length);
    const how =
      request.of === 'items'
        ? `${request.how} by ${request.by}`
        : request.of === 'words'
          ? 'on captions'
          : request.share === null
            ? `beside captions by ${request.model}`
            : `mean with captions, ${request.share} theirs`;
    const set: Set = {
      id: this.sets.length + 1,
      name: `${request.of === 'words' ? request.model : of.name}, ${how}`,
      model: of.model,
      items: Uint32Array.from(groups, (group) => of.items[group[0]!]!),
      embedded: groups.length,
      order: new Random(groups.length).shuffled(groups.length),
      vectors: groups.map(mean),
    };
    this.sets.push(set);
    return set;
  }

  set(id: number): Set {
    const set = this.sets.find((candidate) => candidate.id === id);
    if (!set) throw { code: 'not_found', message: 'This embedding set is not here any more.', hint: null };
    return set;
  }

  layout(id: number): Layout {
    const layout = this.layouts.find((candidate) => candidate.view.id === id);
    if (!layout) throw { code: 'not_found', message: 'This map is not here any more.', hint: null };
    return layout;
  }

  addLayout(set: Set, method: Method, steering: Chosen | null = null, iterations = 0, dims = 2): Layout {
    const layout: Layout = {
      view: {
        id: Math.max(0, ...this.layouts.map(({ view }) => view.id)) + 1,
        set: set.id,
        method,
        dims,
        parameters: steering ? said(steering) : `${dims} components`,
        rows: 0,
        iteration: 0,
        iterations,
        running: false,
        paused: false,
        steering,
        uniform: steering?.uniform ?? false,
        trustworthiness: null,
        continuity: null,
        neighbours_kept: null,
        shepard: null,
        explained_variance: null,
        axis_variance: [],
      },
      positions: new Float32Array(0),
      revision: 0,
    };
    this.layouts.push(layout);
    return layout;
  }

  place(layout: Layout, positions: Float32Array): void {
    layout.positions = positions;
    layout.view.rows = positions.length / layout.view.dims;
    layout.revision++;
  }

  placePca(layout: Layout, set: Set): void {
    const { dims } = layout.view;
    const { positions, explained } = pca(set.vectors.slice(0, Math.max(set.embedded, 3)), dims);
    this.place(layout, positions.slice(0, set.embedded * dims));
    layout.view.explained_variance = explained;
    // As if each axis held two thirds of the one before it.
    const shares = Array.from({ length: dims }, (_, axis) => (axis < set.embedded - 1 ? (2 / 3) ** axis : 0));
    const all = shares.reduce((sum, share) => sum + share, 0) || 1;
    layout.view.axis_variance = shares.map((share) => (share / all) * explained);
  }

  finish(layout: Layout, set: Set): void {
    layout.view.running = false;
    // The figure is that of flat maps.
    if (set.vectors.length >= 5 && set.vectors.length <= 2000 && layout.view.dims === 2)
      Object.assign(layout.view, truth(set.vectors.slice(0, set.embedded), layout.positions));
  }

  rowsFrame(set: Set, from = 0): ArrayBuffer {
    const items = set.items.slice(from, set.embedded);
    const kinds = Uint8Array.from(items, (item) => (this.entries[item]!.kind === 'image' ? 1 : 0));
    const order = set.order.filter((row) => row >= from && row < set.embedded);
    return writeFrame('rows', set.embedded, { set: set.id, start: from, count: items.length }, { items, order, kinds });
  }

  positionsFrame(layout: Layout, alignedTo?: number): ArrayBuffer {
    const { id, set, dims, rows, iteration, iterations } = layout.view;
    let positions = layout.positions;
    if (alignedTo !== undefined) {
      const other = this.layout(alignedTo).positions;
      if (other.length === positions.length) positions = align(other, positions);
    }
    const head = { map: id, set, dims, count: rows, iteration, iterations };
    return writeFrame('positions', layout.revision, head, { positions: new Float32Array(positions) });
  }

  /** The same while it moves: each axis in 65 536 even steps. */
  stepsFrame(layout: Layout): ArrayBuffer {
    const { id, set, dims, rows, iteration, iterations } = layout.view;
    const { positions } = layout;
    const axis = (i: number) => positions.filter((_, at) => at % dims === i);
    const low = Array.from({ length: dims }, (_, i) => axis(i).reduce((a, b) => Math.min(a, b), Infinity));
    const high = Array.from({ length: dims }, (_, i) => axis(i).reduce((a, b) => Math.max(a, b), -Infinity));
    const quantised = Uint16Array.from(positions, (x, at) => {
      const [from, to] = [low[at % dims]!, high[at % dims]!];
      return to > from ? Math.round(((x - from) / (to - from)) * 0xffff) : 0;
    });
    const head = { map: id, set, dims, count: rows, iteration, iterations, low, high };
    return writeFrame('positions', layout.revision, head, { quantised });
  }

  /** What is known of an item under the name of a field; its cluster is that of a set, where one is named. */
  classOf(item: number, by: string, set?: Set): string {
    const entry = this.entries[item]!;
    if (by === 'kind') return entry.kind === 'text' ? 'texts' : 'pictures';
    if (by === 'file') return entry.kind === 'text' ? entry.file : 'pictures';
    if (by === 'collection') return 'field-notes';
    if (by.startsWith('column:')) return valueOf(entry, by.slice('column:'.length));
    if (by === 'tag') return this.lists.tagsOf(item).join(', ');
    const topic = set ? this.clusters.of(set, item) : entry.topic;
    if (topic === null) return '';
    return entry.kind === 'text' ? TOPICS[topic]!.name : PICTURES[topic]!;
  }

  private classes(
    items: ArrayLike<number>,
    by: string,
    set?: Set,
  ): { names: ClassView[]; more: number; of: Uint16Array } {
    const counts = new Map<string, number>();
    const labels = Array.from(items, (item) => this.classOf(item, by, set));
    labels.filter(Boolean).forEach((label) => counts.set(label, (counts.get(label) ?? 0) + 1));
    const names = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
    const more = names.splice(MOST_CLASSES).length;
    const index = new Map(names.map(({ label }, i) => [label, i]));
    return { names, more, of: Uint16Array.from(labels, (label) => index.get(label) ?? NO_CLASS) };
  }

  coloursFrame(set: Set, by: string): ArrayBuffer {
    const amounts = this.lists.amounts(set, by);
    if (amounts) return amounts;
    const { names, more, of } = this.classes(set.items.slice(0, set.embedded), by, set);
    return writeFrame('colours', 1, { set: set.id, by, classes: names, more }, { classes: of });
  }

  matrixFrame(set: Set, wanted: Uint32Array | null, limit: number): ArrayBuffer {
    const rows = set.items.length;
    const chosen = wanted
      ? Array.from(wanted, (item) => set.items.indexOf(item)).filter((row) => row >= 0)
      : Array.from(set.order).slice(0, limit);
    const picked = chosen.slice(0, Math.min(limit, rows));
    const { names, of } = this.classes(
      picked.map((row) => set.items[row]!),
      'cluster',
      set,
    );
    const sorted = picked.map((row, i) => ({ row, group: of[i]! })).sort((a, b) => a.group - b.group || a.row - b.row);
    const groups = names.map(({ label, count }, g) => ({
      label,
      start: sorted.findIndex(({ group }) => group === g),
      count,
    }));
    const values = new Float32Array(sorted.length ** 2);
    sorted.forEach((a, i) =>
      sorted.forEach((b, j) => (values[i * sorted.length + j] = cosine(set.vectors[a.row]!, set.vectors[b.row]!))),
    );
    const items = Uint32Array.from(sorted, ({ row }) => set.items[row]!);
    return writeFrame('matrix', 1, { set: set.id, groups }, { items, values });
  }

  lasso(layout: Layout, polygon: number[], matrix: number[] | null): Uint32Array<ArrayBuffer> {
    const set = this.set(layout.view.set);
    const inside = (x: number, y: number) => {
      let odd = false;
      for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
        const [ax, ay, bx, by] = [polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
      }
      return odd;
    };
    const {
      positions,
      view: { dims },
    } = layout;
    const seen = (row: number): [number, number] => {
      const [x, y, z] = [positions[row * dims]!, positions[row * dims + 1]!, dims === 3 ? positions[row * 3 + 2]! : 0];
      if (!matrix) return [x, y];
      const along = (i: number) => matrix[i]! * x + matrix[4 + i]! * y + matrix[8 + i]! * z + matrix[12 + i]!;
      return [along(0) / along(3), along(1) / along(3)];
    };
    return set.items.slice(0, layout.view.rows).filter((_, row) => inside(...seen(row)));
  }

  /** Items as they are copied. */
  written(items: Uint32Array, asTable: boolean): string {
    const cell = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const all = Array.from(items, (id) => this.item(id));
    if (!asTable) return all.map(({ text, title }) => text || title).join('\n');
    const lines = all.map(({ id, kind, text, file, place }) => [String(id), kind, text, file, place].map(cell));
    return [['item', 'kind', 'text', 'file', 'place'], ...lines].map((line) => line.join(',')).join('\n');
  }

  item(id: number): ItemView {
    const entry = this.entries[id];
    if (!entry) throw { code: 'not_found', message: 'This item is not here any more.', hint: null };
    const { kind, title, text, file, place } = entry;
    const metadata = COLUMNS.map((column) => ({ column, value: valueOf(entry, column) }));
    return { id, kind, title, text, file, place, lost: false, tags: this.lists.tagsOf(id), metadata };
  }

  private hits(set: Set, found: [number, number][]): HitView[] {
    return found.map(([row, similarity]) => ({ item: this.item(set.items[row]!), similarity }));
  }

  neighbours(set: Set, item: number, k: number): HitView[] {
    const row = set.items.indexOf(item);
    return row < 0 ? [] : this.hits(set, nearest(set.vectors[row]!, set.vectors.slice(0, set.embedded), k, row));
  }

  search(set: Set, text: string, k: number): HitView[] {
    return this.hits(set, nearest(set.model.text(text), set.vectors.slice(0, set.embedded), k));
  }

  typical(set: Set, text: string): number | null {
    const all = nearest(set.model.text(text), set.vectors.slice(0, set.embedded), set.embedded);
    return all[Math.floor(all.length / 2)]?.[1] ?? null;
  }
}
