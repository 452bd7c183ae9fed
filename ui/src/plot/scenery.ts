/**
 * What the layer above the points shows in one frame: which pictures, which names and where, rings, hairlines. It
 * remembers what is dear to make anew. Deliberately absent: drawing it (`overlay.ts`).
 */
import type { Camera } from './camera';
import type { Cloud } from './cloud';
import type { Finder } from './finder';
import { peaks, settle, type Anchor, type Box, type Wish } from './labels';
import type { Overlay, Scene } from './overlay';
import type { Place, PlotLabel, PlotProps } from './props';
import { queryPlace } from './query';
import { MOST_IN_SIGHT, Thumbs, chooseThumbs, thumbSide, type Spot } from './thumbs';
import { closeness, toScreen } from './view';

/** Above this, points under way are neither looked up nor named anew: that would cost more than a frame. */
export const UNDER_WAY = 200_000;
/** With more rows than this on the stage, pictures are not looked for. */
const PICTURE_ROWS = 4_000;
/** So few points that names step aside for each. */
export const FEW = 1_000;
const EDGE = 6;
/** Half of what a ring takes (px). */
const MARK = 9;

type Locate = (row: number) => Place | null;

export class Scenery {
  private readonly thumbs: Thumbs;
  private anchors: Map<number, Anchor> | null = null;
  /** The anchors are those of an earlier layout: better than none while points are under way. */
  private stale = false;
  private question: Anchor | null = null;
  /** The turn of each row in the order of drawing. */
  private turns: Uint32Array | null = null;
  private shown: { pictures: Scene['pictures']; side: number } = { pictures: [], side: 0 };

  /** `redraw` is told when another picture has come in. */
  constructor(
    private readonly cloud: Cloud,
    private readonly camera: Camera,
    private readonly finder: Finder,
    private readonly overlay: Overlay,
    redraw: () => void,
  ) {
    this.thumbs = new Thumbs(redraw);
  }

  /** Forgets what was made from props that changed. */
  forget(differs: (...keys: (keyof PlotProps)[]) => boolean): void {
    if (differs('set', 'classes', 'labels')) this.anchors = null;
    if (differs('positions', 'dims')) this.stale = true;
    if (differs('positions', 'dims', 'query')) this.question = null;
    if (differs('order')) this.turns = null;
  }

  /** The row of the picture at a pixel. */
  pictureAt({ x, y }: Place): number | null {
    const half = this.shown.side / 2;
    const hit = this.shown.pictures.findLast(({ at }) => Math.abs(at.x - x) <= half && Math.abs(at.y - y) <= half);
    return hit?.row ?? null;
  }

  compose(props: PlotProps, ratio: number, hovered: number | null, outline: readonly Place[]): Scene {
    const { size } = this.camera;
    const matrix = this.camera.matrix();
    const on = (anchor: Anchor | null) => anchor && toScreen(matrix, size, ...anchor);
    const locate: Locate = (row) => on(this.cloud.at(row));
    const all = (rows: readonly number[]) => rows.map(locate).filter((at) => at !== null);
    if (props.query) this.question ??= queryPlace(props.positions, props.dims, props.query);
    this.shown = this.pictures(props, locate, hovered);
    const ring = (row: number | null) =>
      row === null || this.shown.pictures.some((picture) => picture.row === row) ? null : locate(row);
    const query = props.query ? on(this.question) : null;
    const hits = props.query ? all(props.query.hits) : [];
    const pinned = props.pinned === null ? null : locate(props.pinned);
    return {
      theme: props.theme,
      size,
      ratio,
      ...this.shown,
      names: this.names(props, on, this.spared(locate, [query, pinned, ...hits])),
      hovered: ring(hovered),
      pinned: ring(props.pinned),
      joined: props.hub === null ? null : locate(props.hub),
      neighbours: props.hub === null ? [] : all(props.neighbours),
      margins: props.margins,
      axes: props.axes.flatMap(({ from, to, names }) => {
        const ends = [on([...from, 0]), on([...to, 0])] as const;
        return ends[0] && ends[1] ? [{ from: ends[0], to: ends[1], names }] : [];
      }),
      query,
      hits,
      outline,
    };
  }

  private names(
    { labels, classes, positions, dims, theme }: PlotProps,
    on: (anchor: Anchor) => Place | null,
    spared: readonly Box[],
  ): Scene['names'] {
    if (labels.length === 0 || !classes) return [];
    if (!this.anchors || (this.stale && !(this.cloud.moving && this.cloud.count > UNDER_WAY))) {
      const wanted = labels.map((label) => label.class);
      this.anchors = peaks(positions, dims, classes, wanted);
      this.stale = false;
    }
    const wishes: Wish[] = [];
    const named: PlotLabel[] = [];
    for (const label of labels) {
      const anchor = this.anchors.get(label.class);
      const at = anchor && on(anchor);
      if (!at) continue;
      wishes.push({ at, ...this.overlay.measure(label, theme), weight: label.weight });
      named.push(label);
    }
    const { size, view, home } = this.camera;
    const stage = { left: EDGE, top: EDGE, right: size.width - EDGE, bottom: size.height - EDGE };
    const settled = settle(wishes, stage, home ? closeness(view, home) : 1, spared);
    return [...settled].map(([index, at]) => ({ label: named[index]!, at }));
  }

  /** What names should not cover where there is room beside it: marks, pictures, and points while they are few. */
  private spared(locate: Locate, marks: readonly (Place | null)[]): Box[] {
    const around = ({ x, y }: Place, half: number): Box => ({
      left: x - half,
      top: y - half,
      right: x + half,
      bottom: y + half,
    });
    const { count } = this.cloud;
    const few = count <= FEW ? Array.from({ length: count }, (_, row) => locate(row)) : [];
    return [
      ...this.shown.pictures.map(({ at }) => around(at, this.shown.side / 2)),
      ...marks.filter((at) => at !== null).map((at) => around(at, MARK)),
      ...few.filter((at) => at !== null).map((at) => around(at, 3)),
    ];
  }

  /** The pictures that stand in for points now. */
  private pictures(props: PlotProps, locate: Locate, hovered: number | null): Pick<Scene, 'pictures' | 'side'> {
    const none = { pictures: [], side: 0 };
    const { pictures, order, classes, palette, selected, theme, pinned } = props;
    if (!pictures || (this.cloud.moving && this.cloud.count > UNDER_WAY)) return none;
    const rows = this.finder.inSight(PICTURE_ROWS)?.filter((row) => pictures.kinds[row] === 1);
    if (!rows || rows.length === 0 || rows.length > MOST_IN_SIGHT) return none;
    const turns = (this.turns ??= turnsOf(order));
    const spots: Spot[] = [];
    for (const row of rows) {
      const at = locate(row);
      // Whatever is kept is seen first.
      if (at) spots.push({ row, at, turn: row === pinned ? -1 : (turns[row] ?? row) });
    }
    const side = thumbSide(spots.length, this.camera.size.width * this.camera.size.height);
    const shown: Scene['pictures'][number][] = [];
    for (const { row, at } of chooseThumbs(spots, side)) {
      const image = this.thumbs.get(pictures.url(pictures.items[row]!));
      if (!image) continue;
      const own = (classes && palette[classes[row]!]) || theme.unselected;
      const marked = row === hovered || row === pinned;
      const frame = row === pinned ? theme.accent : row === hovered ? theme.text : own;
      shown.push({ row, image, at, frame, marked, faded: selected !== null && !selected[row] });
    }
    return { pictures: shown, side };
  }

  destroy(): void {
    this.thumbs.destroy();
  }
}

function turnsOf(order: Uint32Array): Uint32Array {
  const turns = new Uint32Array(order.length);
  order.forEach((row, turn) => (turns[row] = turn));
  return turns;
}
