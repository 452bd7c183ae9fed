/** The seeded host's clusters: its topics, kept together or apart as it was asked. */
import type { ClusterRequest } from '../wire/ClusterRequest';
import type { ClustersView } from '../wire/ClustersView';
import { METHOD } from '../../words';
import type { ErrorView } from '../wire/ErrorView';
import type { Set, World } from './world';

/** One layer: how many topics are one cluster, and every how many items one is in none. */
interface Layer {
  least: number | null;
  together: number;
  loose: number;
}
interface Found {
  run: number;
  how: string;
  layers: Layer[];
  shown: number;
}

const USUAL: Found = {
  run: 1,
  how: 'k-means · seed 42',
  layers: [{ least: null, together: 1, loose: 0 }],
  shown: 0,
};

export class Clusters {
  private readonly found = new Map<number, Found>();
  private runs = USUAL.run;

  constructor(private readonly world: World) {}

  find({ set, finding, map, seed }: ClusterRequest): void {
    const on = map === null ? '' : ` · on ${METHOD[this.world.layout(map).view.method]}`;
    const how = {
      kmeans: 'k-means',
      mixture: 'mixture of Gaussians',
      hdbscan: `HDBSCAN, ${finding.method === 'hdbscan' ? finding.least : 0} or more together`,
    }[finding.method];
    const topics = this.topics(this.world.set(set));
    const together = finding.method === 'hdbscan' ? 1 : Math.max(1, Math.ceil(topics / (finding.k ?? topics)));
    const layers =
      finding.method === 'hdbscan'
        ? [1, 2, 4].map((size) => ({ least: finding.least * size, together: size, loose: 4 + size }))
        : [{ least: null, together, loose: 0 }];
    this.found.set(set, { run: ++this.runs, how: `${how}${on} · seed ${seed}`, layers, shown: 0 });
  }

  show(set: number, layer: number): void {
    const found = this.found.get(set) ?? USUAL;
    if (!found.layers[layer])
      throw { code: 'bad_request', message: 'These clusters have no such layer.', hint: null } satisfies ErrorView;
    this.found.set(set, { ...found, shown: layer });
  }

  /** The cluster of an item, a topic's number; null where it is in none. */
  of(set: Set, item: number, layer?: Layer): number | null {
    const found = this.found.get(set.id) ?? USUAL;
    const { together, loose } = layer ?? found.layers[found.shown]!;
    if (loose && item % loose === 0) return null;
    const { topic } = this.world.entries[item]!;
    return topic - (topic % together);
  }

  view(set: Set): ClustersView | null {
    if (set.embedded < set.items.length) return null;
    const { run, how, layers, shown } = this.found.get(set.id) ?? USUAL;
    return {
      run,
      how,
      layers: layers.map((layer) => {
        const of = Array.from(set.items, (item) => this.of(set, item, layer));
        const held = of.filter((cluster) => cluster !== null);
        const clusters = new globalThis.Set(held).size;
        const silhouette = clusters > 1 ? 0.31 / layer.together ** 0.5 : null;
        return { least: layer.least, clusters, loose: of.length - held.length, silhouette };
      }),
      shown,
    };
  }

  private topics(set: Set): number {
    return new globalThis.Set(Array.from(set.items, (item) => this.world.entries[item]!.topic)).size;
  }
}
