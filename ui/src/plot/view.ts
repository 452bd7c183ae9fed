/**
 * The arithmetic of looking: views, matrices, fitting, panning and zooming as pure functions. Deliberately absent:
 * events, time and drawing.
 */
import type { FlatView, Margins, OrbitView, Place, View } from './props';

export interface Size {
  width: number;
  height: number;
}

/** The box around all places that are numbers, `low` and `high` by axis (z is 0 to 0 on a flat map). */
export interface Bounds {
  low: [number, number, number];
  high: [number, number, number];
  /** Of the ball around the middle of the box that holds every place. */
  radius: number;
}

/** How much tighter than the whole map one may look, and how far away. */
const CLOSEST = 4000;
const FARTHEST = 0.1;
/** The eye's opening in 3-D, top to bottom, in radians. */
const OPENING = 0.7;
const NO_MARGINS: Margins = { top: 0, right: 0, bottom: 0, left: 0 };

/** The bounds of some rows, or of all of them; null when no place is a number. */
export function boundsOf(positions: Float32Array, dims: 2 | 3, rows?: ArrayLike<number>): Bounds | null {
  const low: [number, number, number] = [Infinity, Infinity, dims === 2 ? 0 : Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, dims === 2 ? 0 : -Infinity];
  const count = rows ? rows.length : Math.floor(positions.length / dims);
  for (let i = 0; i < count; i++) {
    const at = (rows ? rows[i]! : i) * dims;
    const x = positions[at]!;
    const y = positions[at + 1]!;
    if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
    if (x < low[0]) low[0] = x;
    if (x > high[0]) high[0] = x;
    if (y < low[1]) low[1] = y;
    if (y > high[1]) high[1] = y;
    if (dims === 3) {
      const z = positions[at + 2]!;
      if (z < low[2]) low[2] = z;
      if (z > high[2]) high[2] = z;
    }
  }
  if (!(low[0] <= high[0])) return null;
  const middle = low.map((value, axis) => (value + high[axis]!) / 2);
  let farthest = 0;
  for (let i = 0; i < count; i++) {
    const at = (rows ? rows[i]! : i) * dims;
    const dx = positions[at]! - middle[0]!;
    const dy = positions[at + 1]! - middle[1]!;
    const dz = dims === 3 ? positions[at + 2]! - middle[2]! : 0;
    const distance = dx * dx + dy * dy + dz * dz;
    if (distance > farthest) farthest = distance;
  }
  return { low, high, radius: Math.sqrt(farthest) };
}

/** The stage without its margins; half of it at least is kept, whatever the margins claim. */
function inner(size: Size, margins: Margins): { x: number; y: number; width: number; height: number } {
  const across = Math.min(1, (0.5 * size.width) / Math.max(1, margins.left + margins.right));
  const down = Math.min(1, (0.5 * size.height) / Math.max(1, margins.top + margins.bottom));
  const left = margins.left * across;
  const top = margins.top * down;
  return {
    x: left,
    y: top,
    width: Math.max(1, size.width - left - margins.right * across),
    height: Math.max(1, size.height - top - margins.bottom * down),
  };
}

/** A view in which the bounds fill the stage between its margins. */
export function fit(bounds: Bounds, dims: 2 | 3, size: Size, margins: Margins = NO_MARGINS, like?: View): View {
  const middle = bounds.low.map((low, axis) => (low + bounds.high[axis]!) / 2) as [number, number, number];
  const spans = bounds.low.map((low, axis) => bounds.high[axis]! - low) as [number, number, number];
  const room = inner(size, margins);
  if (dims === 2) {
    const widest = Math.max(spans[0], spans[1]) || 1;
    const scale = Math.min(
      room.width / Math.max(spans[0], widest * 1e-3),
      room.height / Math.max(spans[1], widest * 1e-3),
    );
    return {
      kind: 'flat',
      x: middle[0] - (room.x + room.width / 2 - size.width / 2) / scale,
      y: middle[1] + (room.y + room.height / 2 - size.height / 2) / scale,
      scale,
    };
  }
  const radius = bounds.radius || 1;
  const narrow = Math.min(room.width, room.height) / size.height;
  const turned = like?.kind === 'orbit' ? like : { azimuth: 0.6, elevation: 0.35 };
  return {
    kind: 'orbit',
    x: middle[0],
    y: middle[1],
    z: middle[2],
    distance: radius / (Math.sin(OPENING / 2) * narrow),
    azimuth: turned.azimuth,
    elevation: turned.elevation,
  };
}

/** From a pixel to the flat map's own coordinates. */
export function toData(view: FlatView, size: Size, at: Place): Place {
  return { x: view.x + (at.x - size.width / 2) / view.scale, y: view.y - (at.y - size.height / 2) / view.scale };
}

/** The view after the map was dragged by so many pixels: on a flat map it follows, in 3-D it turns. */
export function drag(view: View, dx: number, dy: number): View {
  if (view.kind === 'flat') return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale };
  const limit = Math.PI / 2 - 0.01;
  return {
    ...view,
    azimuth: view.azimuth - dx * 0.006,
    elevation: Math.min(limit, Math.max(-limit, view.elevation + dy * 0.006)),
  };
}

/** The view after the point looked at was shifted by so many pixels, also in 3-D. */
export function shift(view: View, size: Size, dx: number, dy: number): View {
  if (view.kind === 'flat') return drag(view, dx, dy);
  const unit = 1 / scaleOf(view, size);
  const { right, up } = axes(view);
  return {
    ...view,
    x: view.x - (right[0] * dx - up[0] * dy) * unit,
    y: view.y - (right[1] * dx - up[1] * dy) * unit,
    z: view.z - (right[2] * dx - up[2] * dy) * unit,
  };
}

/**
 * The view zoomed by a factor (above 1 is closer). On a flat map the place under `at` stays under it. `home` is the
 * fitted view: it sets how close and how far one may go.
 */
export function zoom(view: View, size: Size, factor: number, at: Place, home: View): View {
  if (view.kind === 'orbit') {
    const rest = home.kind === 'orbit' ? home.distance : view.distance;
    return { ...view, distance: Math.min(rest / FARTHEST, Math.max(rest / 200, view.distance / factor)) };
  }
  const rest = home.kind === 'flat' ? home.scale : view.scale;
  const scale = Math.min(rest * CLOSEST, Math.max(rest * FARTHEST, view.scale * factor));
  const under = toData(view, size, at);
  return {
    kind: 'flat',
    x: under.x - (at.x - size.width / 2) / scale,
    y: under.y + (at.y - size.height / 2) / scale,
    scale,
  };
}

/** The view in space that shows the plane of a flat map as the flat view does. */
export function facing({ x, y, scale }: FlatView, { height }: Size): OrbitView {
  return {
    kind: 'orbit',
    x,
    y,
    z: 0,
    distance: height / (2 * scale * Math.tan(OPENING / 2)),
    azimuth: 0,
    elevation: 0,
  };
}

/** How many pixels one unit of the map is: in 3-D where one looks at. */
export function scaleOf(view: View, size: Size): number {
  return view.kind === 'flat' ? view.scale : size.height / (2 * view.distance * Math.tan(OPENING / 2));
}

/** How much closer one looks than from home: 1 at home, 2 where all is twice as large. */
export function closeness(view: View, home: View): number {
  if (view.kind === 'flat' && home.kind === 'flat') return view.scale / home.scale;
  if (view.kind === 'orbit' && home.kind === 'orbit') return home.distance / view.distance;
  return 1;
}

/** A view between two of the same kind; the scale moves by ratio, so that zooming feels even. Other kinds jump. */
export function between(from: View, to: View, t: number): View {
  const line = (a: number, b: number) => a + (b - a) * t;
  const ratio = (a: number, b: number) => a * Math.pow(b / a, t);
  if (from.kind === 'flat' && to.kind === 'flat') {
    const scale = ratio(from.scale, to.scale);
    // What is looked at must move with the scale, or a zoom about a point would swing past it.
    const s = from.scale === to.scale ? t : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
    return { kind: 'flat', x: from.x + (to.x - from.x) * s, y: from.y + (to.y - from.y) * s, scale };
  }
  if (from.kind === 'orbit' && to.kind === 'orbit') {
    return {
      kind: 'orbit',
      x: line(from.x, to.x),
      y: line(from.y, to.y),
      z: line(from.z, to.z),
      distance: ratio(from.distance, to.distance),
      azimuth: line(from.azimuth, to.azimuth),
      elevation: line(from.elevation, to.elevation),
    };
  }
  return to;
}

type Triple = [number, number, number];

function axes(view: OrbitView): { right: Triple; up: Triple; back: Triple } {
  const [sa, ca] = [Math.sin(view.azimuth), Math.cos(view.azimuth)];
  const [se, ce] = [Math.sin(view.elevation), Math.cos(view.elevation)];
  return { right: [ca, 0, -sa], up: [-sa * se, ce, -ca * se], back: [sa * ce, se, ca * ce] };
}

/** Column-major 4 × 4 from data to clip coordinates. */
export function matrixOf(view: View, size: Size): Float32Array {
  const m = new Float32Array(16);
  if (view.kind === 'flat') {
    const sx = (2 * view.scale) / size.width;
    const sy = (2 * view.scale) / size.height;
    m[0] = sx;
    m[5] = sy;
    m[12] = -view.x * sx;
    m[13] = -view.y * sy;
    m[15] = 1;
    return m;
  }
  const { right, up, back } = axes(view);
  const fy = 1 / Math.tan(OPENING / 2);
  const fx = (fy * size.height) / size.width;
  const near = view.distance / 100;
  const far = view.distance * 100;
  const rows: [Triple, number][] = [
    [right, fx],
    [up, fy],
  ];
  rows.forEach(([axis, f], row) => {
    for (let i = 0; i < 3; i++) m[i * 4 + row] = axis[i]! * f;
    m[12 + row] = -(axis[0] * view.x + axis[1] * view.y + axis[2] * view.z) * f;
  });
  // Depth along −back, seen from `distance` in front of the point looked at.
  const along = back[0] * view.x + back[1] * view.y + back[2] * view.z + view.distance;
  const a = (far + near) / (near - far);
  const b = (2 * far * near) / (near - far);
  for (let i = 0; i < 3; i++) {
    m[i * 4 + 2] = back[i]! * a;
    m[i * 4 + 3] = -back[i]!;
  }
  m[14] = -along * a + b;
  m[15] = along;
  return m;
}

/** From data to pixels; null behind the eye or where a coordinate is not a number. */
export function toScreen(matrix: Float32Array, size: Size, x: number, y: number, z: number): Place | null {
  const w = matrix[3]! * x + matrix[7]! * y + matrix[11]! * z + matrix[15]!;
  if (!(w > 0)) return null;
  const cx = (matrix[0]! * x + matrix[4]! * y + matrix[8]! * z + matrix[12]!) / w;
  const cy = (matrix[1]! * x + matrix[5]! * y + matrix[9]! * z + matrix[13]!) / w;
  if (!(Number.isFinite(cx) && Number.isFinite(cy))) return null;
  return { x: ((cx + 1) / 2) * size.width, y: ((1 - cy) / 2) * size.height };
}
