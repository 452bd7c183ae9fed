/** A layout of the seeded world on its way: stepped, steered, ended early and gone on with, as the host's are. */
import type { SteerRequest } from '../wire/SteerRequest';
import type { SteeringView } from '../wire/SteeringView';
import { pca, Tsne } from './space';
import type { Layout, Set, World } from './world';

/** What decides a layout: what can be steered, and what cannot. */
export type Chosen = SteeringView & { uniform?: boolean };

/** The parameters in words, as the engine says them. */
export function said({ exaggeration, perplexity, uniform, neighbours, min_dist, seed }: Chosen): string {
  const own =
    perplexity === null
      ? `${neighbours} neighbours · min dist ${min_dist!.toFixed(2)}`
      : `perplexity ${Math.round(perplexity)}${uniform ? ' · fast, uniform affinities' : ''}${exaggeration === 1 ? '' : ` · attraction × ${exaggeration!.toFixed(1)}`}`;
  return `${own} · seed ${seed}`;
}

export class Course {
  settled = false;
  private run: Tsne;

  constructor(
    private readonly world: World,
    readonly layout: Layout,
    private readonly set: Set,
    /** Steps that were made before. */
    private before = 0,
  ) {
    layout.view.running = true;
    Object.assign(layout.view, { trustworthiness: null, continuity: null, neighbours_kept: null });
    this.run = this.begin(before ? layout.positions : null);
  }

  get done(): number {
    return this.before + this.run.iteration;
  }

  get total(): number {
    return this.layout.view.iterations;
  }

  get finished(): boolean {
    return this.settled || this.done >= this.total;
  }

  /** Of a pretended layout in space the depth is that of the principal components, as deep as it is wide. */
  private get places(): Float32Array {
    const { y } = this.run;
    if (this.layout.view.dims === 2) return Float32Array.from(y);
    const { positions } = pca(this.set.vectors, 3);
    const widest = (values: ArrayLike<number>) =>
      Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const factor = widest(y) / widest(positions);
    const place = (row: number) => [y[2 * row]!, y[2 * row + 1]!, positions[3 * row + 2]! * factor];
    return Float32Array.from({ length: (y.length / 2) * 3 }, (_, at) => place(Math.floor(at / 3))[at % 3]!);
  }

  /** The pretended UMAP moves as t-SNE does, with a third of its neighbours as perplexity and its distance as looseness. */
  private begin(from: Float32Array | null): Tsne {
    const { perplexity, neighbours } = this.layout.view.steering!;
    const { vectors } = this.set;
    const onward = this.before > 0 && from !== null;
    const start = from?.filter((_, at) => at % this.layout.view.dims < 2);
    const run = new Tsne(
      vectors,
      start ?? pca(vectors).positions,
      this.total - this.before,
      perplexity ?? neighbours! / 3,
      onward,
    );
    run.exaggeration = this.pull;
    return run;
  }

  private get pull(): number {
    const { exaggeration, min_dist } = this.layout.view.steering!;
    return exaggeration ?? 1.6 - min_dist!;
  }

  advance(steps: number): void {
    for (let step = 0; step < steps && !this.finished; step++) this.run.step();
    this.layout.view.iteration = this.done;
    this.world.place(this.layout, this.places);
  }

  steer({ map: _, ...change }: SteerRequest): void {
    const { view, positions } = this.layout;
    const asked = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
    view.steering = { ...view.steering!, ...asked };
    view.parameters = `${said(view.steering)} · steered`;
    const anew = change.seed !== null;
    if (anew || change.perplexity !== null || change.neighbours !== null) {
      this.before = 0;
      this.run = this.begin(anew ? null : positions);
    } else this.run.exaggeration = this.pull;
  }

  end(): void {
    this.layout.view.paused = false;
    this.world.finish(this.layout, this.set);
  }
}
