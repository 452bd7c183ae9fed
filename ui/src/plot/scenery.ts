/**
 * What the layer above the points shows in one frame: which pictures, which names and where, rings, hairlines. It
 * remembers what is dear to make anew. Deliberately absent: drawing it (`overlay.ts`).
 */
import type { Camera } from './camera';
import type { Cloud } from './cloud';
import type { Finder } from './finder';
import { peaks, type Anchor, type Box } from './labels';
import { valuesIn } from './grid';
import type { Overlay, Scene } from './overlay';
import type { Drawing } from './lasso';
import { FEW, around, askedIn, markedIn, nameBox, namesIn, taken, type Asked, type Marked, type Room } from './marks';
import type { Place, PlotProps } from './props';
import { REPRESENTATIVE, patchSide, pictured, representatives } from './representatives';
import { MOST_READ, textsIn } from './texts';
import { MOST_IN_SIGHT, Thumbs, chooseThumbs, thumbSide, type Spot } from './thumbs';
import { closeness, scaleOf, toScreen } from './view';

/** Above this, points under way are neither looked up nor named anew: that would cost more than a frame. */
export const UNDER_WAY = 200_000;
/** With more rows than this on the stage, the pictures among them are not counted: a few stand for all. */
const PICTURE_ROWS = 4_000;
/** So many pictures tell which stand for all. */
const SAMPLE = 50_000;
/** How much emptier than the whole map a part of it may be that is looked at. */
const CROWDED = 8;

type Locate = (row: number) => Place | null;

export class Scenery {
  private readonly thumbs: Thumbs;
  private anchors: Map<number, Anchor> | null = null;
  /** The anchors are those of an earlier layout: better than none while points are under way. */
  private stale = false;
  private asked: Asked | null = null;
  /** The turn of each row in the order of drawing. */
  private turns: Uint32Array | null = null;
  /** Pictures, or a fair sample of many, by where they are; and those that stand for patches of one side. */
  private standing: { positions: Float32Array; all: Uint32Array; rows: Uint32Array; side: number } | null = null;
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
    if (differs('positions', 'dims', 'query', 'arrows')) this.asked = null;
    if (differs('order')) this.turns = null;
    if (differs('set', 'order', 'pictures', 'dims')) this.standing = null;
  }

  /** The row of the picture at a pixel. */
  pictureAt({ x, y }: Place): number | null {
    const half = this.shown.side / 2;
    const hit = this.shown.pictures.findLast(({ at }) => Math.abs(at.x - x) <= half && Math.abs(at.y - y) <= half);
    return hit?.row ?? null;
  }

  compose(props: PlotProps, ratio: number, hovered: number | null, drawing: Drawing | null): Scene {
    const { size } = this.camera;
    const matrix = this.camera.matrix();
    const on = (anchor: Anchor) => toScreen(matrix, size, ...anchor);
    const locate: Locate = (row) => {
      const at = this.cloud.at(row);
      return at && on(at);
    };
    this.asked ??= askedIn(props);
    const marked = markedIn(props, this.asked, on, locate);
    const room = { theme: props.theme, size, margins: props.margins, wide: this.overlay.wide(props.theme) };
    const { rows, crowded } = this.pictured(props);
    const spared = this.spared(locate, marked, room);
    // Where all pictures are there, names keep off them; a few that stand for many keep off names.
    const early = crowded ? this.names(props, on, room, spared) : [];
    const blocked = [...early.map((name) => nameBox(name, room.wide)), ...(crowded ? taken(marked, room) : [])];
    this.shown = this.pictures(props, { rows, crowded, blocked }, locate, hovered);
    const bare = (row: number | null) => !this.shown.pictures.some((picture) => picture.row === row);
    const half = this.shown.side / 2;
    const names = crowded
      ? early
      : this.names(props, on, room, [...this.shown.pictures.map(({ at }) => around(at, half)), ...spared]);
    return {
      ...room,
      ratio,
      ...this.shown,
      marked: { ...marked, pinned: bare(props.pinned) ? marked.pinned : null },
      names,
      values: valuesIn(props.axes, this.camera.view, on, room, [
        ...taken(marked, room),
        ...names.map((name) => nameBox(name, room.wide)),
      ]),
      texts: props.texts ? textsIn(props.texts, locate, room, { marked, names }) : [],
      hovered: hovered !== null && bare(hovered) ? locate(hovered) : null,
      outline: drawing?.outline() ?? [],
      brushed: drawing?.tool === 'brush' ? drawing.line : [],
      pulled: drawing?.tool === 'axis' ? drawing.line : [],
    };
  }

  private names(
    { labels, classes, positions, dims }: PlotProps,
    on: (anchor: Anchor) => Place | null,
    room: Room,
    spared: readonly Box[],
  ): Scene['names'] {
    if (labels.length === 0 || !classes) return [];
    if (!this.anchors || (this.stale && !(this.cloud.moving && this.cloud.count > UNDER_WAY))) {
      const wanted = labels.map((label) => label.class);
      this.anchors = peaks(positions, dims, classes, wanted);
      this.stale = false;
    }
    const { view, home } = this.camera;
    const closer = home ? closeness(view, home) : 1;
    return namesIn(labels, this.anchors, on, room, { closer, blocked: spared });
  }

  /** The rows in sight, in the order of drawing, where they are few enough to be read; else none. */
  near({ order }: PlotProps): number[] {
    const { view, home } = this.camera;
    const closer = home ? closeness(view, home) : 1;
    // From afar there are too many, which is known without looking.
    if (this.cloud.count / closer ** 2 > MOST_READ * CROWDED) return [];
    const turns = (this.turns ??= turnsOf(order));
    return (this.finder.inSight(MOST_READ) ?? []).sort((a, b) => turns[a]! - turns[b]!);
  }

  /** What names should not cover where there is room beside it: marks, and points while they are few. */
  private spared(locate: Locate, marked: Marked, room: Room): Box[] {
    const { count } = this.cloud;
    const few = count <= FEW ? Array.from({ length: count }, (_, row) => locate(row)) : [];
    return [...taken(marked, room), ...few.flatMap((at) => (at ? [around(at, 3)] : []))];
  }

  /** The rows whose pictures may stand in for points now: all in sight, or a few for many. */
  private pictured(props: PlotProps): { rows: ArrayLike<number>; crowded: boolean } {
    const { pictures, positions, dims, order } = props;
    const none = { rows: [], crowded: false };
    if (!pictures || (this.cloud.moving && this.cloud.count > UNDER_WAY)) return none;
    // While points flow, the pictures of before flow with them.
    if (!this.standing || (this.standing.positions !== positions && !this.cloud.moving)) {
      const all = pictured(positions, dims, order, pictures.kinds, SAMPLE);
      this.standing = { positions, all, rows: all, side: 0 };
    }
    const { standing } = this;
    if (standing.all.length <= MOST_IN_SIGHT) return { rows: standing.all, crowded: false };
    const near = this.finder.inSight(PICTURE_ROWS)?.filter((row) => pictures.kinds[row] === 1);
    if (near && near.length <= MOST_IN_SIGHT) return { rows: near, crowded: false };
    const side = patchSide(scaleOf(this.camera.view, this.camera.size));
    if (standing.side !== side) {
      standing.rows = representatives(standing.positions, dims, standing.all, side);
      standing.side = side;
    }
    return { rows: standing.rows, crowded: true };
  }

  /** The pictures that stand in for points now. */
  private pictures(
    props: PlotProps,
    { rows, crowded, blocked }: { rows: ArrayLike<number>; crowded: boolean; blocked: readonly Box[] },
    locate: Locate,
    hovered: number | null,
  ): Pick<Scene, 'pictures' | 'side'> {
    const { pictures, order, classes, palette, selected, theme, pinned } = props;
    const { width, height } = this.camera.size;
    if (!pictures || rows.length === 0) return { pictures: [], side: 0 };
    const turns = (this.turns ??= turnsOf(order));
    const spots: Spot[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const at = locate(row);
      if (!at || at.x < 0 || at.y < 0 || at.x > width || at.y > height) continue;
      // Whatever is kept is seen first.
      spots.push({ row, at, turn: row === pinned ? -1 : crowded ? i : (turns[row] ?? row) });
    }
    const side = crowded ? REPRESENTATIVE : thumbSide(spots.length, width * height);
    const shown: Scene['pictures'][number][] = [];
    for (const { row, at } of chooseThumbs(spots, side, blocked)) {
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
