/** The seeded host's clusters: its topics, kept together or apart as it was asked. */
import type { ClusterRequest } from '../wire/ClusterRequest';
import type { ClustersView } from '../wire/ClustersView';
import { METHOD } from '../../words';
import type { ErrorView } from '../wire/ErrorView';
import type { Finding } from '../wire/Finding';
import type { Set, World } from './world';

/** One layer: how many topics are one cluster, and every how many items one is in none. */
interface Layer {
  least: number | null;
  reach: number | null;
  together: number;
  loose: number;
}
interface Found {
  run: number;
  how: string;
  layers: Layer[];
  shown: number;
}

const REFUSED = { code: 'bad_request', hint: null } as const;
const USUAL: Found = {
  run: 1,
  how: 'k-means · seed 42',
  layers: [{ least: null, reach: null, together: 1, loose: 0 }],
  shown: 0,
};

function layersOf(finding: Finding, topics: number): Layer[] {
  const layer = (together: number, loose: number): Layer => ({ least: null, reach: null, together, loose });
  const sizes = [1, 2, 4];
  if (finding.method === 'hdbscan')
    return sizes.map((size) => ({ ...layer(size, 4 + size), least: finding.least * size }));
  if (finding.method === 'dbscan') return sizes.map((size) => ({ ...layer(size, 4 + size), reach: 0.012 * size }));
  return [layer(Math.max(1, Math.ceil(topics / (finding.k ?? topics))), 0)];
}

export class Clusters {
  private readonly found = new Map<number, Found>();
  private runs = USUAL.run;

  constructor(private readonly world: World) {}

  find({ set, finding, map, seed }: ClusterRequest): void {
    if (finding.method === 'dbscan' && map === null) throw { ...REFUSED, message: 'DBSCAN finds groups on a map.' };
    const on = map === null ? '' : ` · on ${METHOD[this.world.layout(map).view.method]}`;
    const how = {
      kmeans: 'k-means',
      mixture: 'mixture of Gaussians',
      dbscan: `DBSCAN, ${finding.method === 'dbscan' ? finding.points : 0} within reach`,
      hdbscan: `HDBSCAN, ${finding.method === 'hdbscan' ? finding.least : 0} or more together`,
    }[finding.method];
    const layers = layersOf(finding, this.topics(this.world.set(set)));
    this.found.set(set, { run: ++this.runs, how: `${how}${on} · seed ${seed}`, layers, shown: 0 });
  }

  show(set: number, layer: number): void {
    const found = this.found.get(set) ?? USUAL;
    if (!found.layers[layer]) throw { ...REFUSED, message: 'These clusters have no such layer.' } satisfies ErrorView;
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
        return { least: layer.least, reach: layer.reach, clusters, loose: of.length - held.length, silhouette };
      }),
      shown,
    };
  }

  private topics(set: Set): number {
    return new globalThis.Set(Array.from(set.items, (item) => this.world.entries[item]!.topic)).size;
  }
}
