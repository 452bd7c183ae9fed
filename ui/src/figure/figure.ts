/**
 * A map as a figure for print: one SVG with the map as it is shown, its title, its legend and a caption that says what
 * it is. Fonts are named, not held. Pure; deliberately absent: files, the clipboard, and what the words are.
 */
import { rulesIn, valuesIn, type Rule } from '../plot/grid';
import { peaks, type Anchor, type Box } from '../plot/labels';
import {
  FEW,
  around,
  askedIn,
  markedIn,
  marksOf,
  nameBox,
  namesIn,
  taken,
  type Mark,
  type Wide,
  type Words,
} from '../plot/marks';
import type { Place, PlotProps, PlotTheme, Sight, View } from '../plot/props';
import { REPRESENTATIVE, patchSide, pictured, representatives } from '../plot/representatives';
import { MOST_READ, textsIn } from '../plot/texts';
import { MOST_IN_SIGHT, chooseThumbs, thumbSide, type Spot } from '../plot/thumbs';
import { outline } from '../plot/shapes';
import { boundsOf, closeness, fit, matrixOf, scaleOf, toScreen, type Size } from '../plot/view';
import { circles, dotsOf, type Dots } from './dots';
import { FAMILY, LINE, PAGE, TITLE, escaped, fine, font, shortened, text, wrap, type Measure } from './letters';

/** With more points than this in sight, the SVG holds them as one picture. */
export const MOST_CIRCLES = 20_000;

/** What the colours of a figure mean. */
export type FigureLegend =
  | {
      kind: 'classes';
      title: string;
      entries: readonly { colour: string; shape?: number; label: string; note: string }[];
    }
  | { kind: 'scale'; title: string; colours: readonly string[]; low: string; high: string };

export interface FigureAsk {
  sight: Sight;
  /** The colour of each class, for paper. */
  palette: readonly string[];
  /** The tokens of paper; `canvas` is the ground. */
  theme: PlotTheme;
  /** The whole map, or only what the stage shows of it. */
  whole: boolean;
  /** Empty for none. */
  title: string;
  legend: FigureLegend | null;
  /** Of groups, and the words of items where the stage has them. */
  names: boolean;
  /** Sentences below the map; empty for none. */
  caption: string;
}

/** A figure before its points are put down. */
export interface Figure {
  size: Size;
  dots: Dots;
  /** The map's place in the figure (px). */
  map: Size & Place;
  /** The colour of the paper. */
  ground: string;
  /** The lines of its grid, below the points. */
  rules: readonly Rule[];
  /** Whether the points are one picture rather than circles. */
  rastered: boolean;
  /** The whole SVG, given the points: circles, or the address of a picture of them. */
  svg(picture?: string): string;
}

const LEGEND = 240;
/** What a whole map keeps free around it. */
const EDGE = { top: 36, right: 44, bottom: 28, left: 44 };
export function figure(ask: FigureAsk, measure: Measure): Figure {
  const { sight, theme, legend, title } = ask;
  const map = { ...sight.size, x: PAGE, y: PAGE + (title ? TITLE : 0) };
  const width = map.width + 2 * PAGE + (legend ? LEGEND : 0);
  const lines = wrap(ask.caption, width - 2 * PAGE, measure);
  const height = map.y + map.height + (lines.length ? lines.length * LINE + 14 : 0) + PAGE;
  const view = ask.whole ? home(sight) : sight.view;
  const dots = dotsOf(sight.props, ask.palette, theme, view, sight.size);
  const rules = rulesIn(sight.props.axes, view, sight.size, theme);
  const rastered = dots.count > MOST_CIRCLES;

  const svg = (picture?: string) => {
    const points = picture
      ? `<image width="${map.width}" height="${map.height}" preserveAspectRatio="none" href="${picture}"/>`
      : rules.map((rule) => line(rule, sight.size)).join('') + circles(dots, theme.canvas);
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FAMILY}">`,
      `<title>${escaped(title || ask.caption)}</title>`,
      `<rect width="${width}" height="${height}" fill="${theme.canvas}"/>`,
      title ? text(title, PAGE, PAGE + 13, 600, 18, theme.text) : '',
      `<clipPath id="map"><rect width="${map.width}" height="${map.height}"/></clipPath>`,
      `<g transform="translate(${map.x} ${map.y})" clip-path="url(#map)">`,
      points,
      above(ask, view, dots, measure),
      '</g>',
      legend ? legendOf(legend, map.x + map.width + 20, map.y, map.height, theme, measure) : '',
      ...lines.map((line, i) => text(line, PAGE, map.y + map.height + 24 + i * LINE, 400, 12, theme.secondary)),
      '</svg>',
    ].join('');
  };
  return { size: { width, height }, dots, map, ground: theme.canvas, rules, rastered, svg };
}

/** The view that holds the whole map, turned as it is, and the arrows between the meanings it is laid out along. */
function home({ props, view, size }: Sight): View {
  const bounds = boundsOf(props.positions, props.dims);
  if (!bounds) return view;
  const { low, high } = bounds;
  for (const { from, to, names } of props.axes)
    for (const end of names[0] ? [from, to] : [])
      for (const axis of [0, 1, 2] as const) {
        low[axis] = Math.min(low[axis], end[axis]);
        high[axis] = Math.max(high[axis], end[axis]);
      }
  return fit(bounds, props.dims, size, EDGE, view);
}

/** What lies above the points: pictures, marks and names, as on the stage. */
function above({ sight, palette, theme, whole, names }: FigureAsk, view: View, dots: Dots, measure: Measure): string {
  const { props, size } = sight;
  const { positions, dims, labels, classes, texts } = props;
  const matrix = matrixOf(view, size);
  const on = ([x, y, z]: Anchor) => toScreen(matrix, size, x, y, z);
  const locate = (row: number): Place | null => {
    const at = row * dims;
    if (row < 0 || at + dims > positions.length) return null;
    return on([positions[at]!, positions[at + 1]!, dims === 3 ? positions[at + 2]! : 0]);
  };
  const wide: Wide = (text, weight, px) => measure(text, font(weight, px));
  const room = { theme, size, margins: EDGE, wide };
  const marked = markedIn(props, askedIn(props), on, locate);
  const settled = () => {
    const wanted = labels.map((label) => label.class);
    const anchors = classes ? peaks(positions, dims, classes, wanted) : new Map<number, Anchor>();
    const bounds = boundsOf(positions, dims);
    const closer = bounds ? closeness(view, fit(bounds, dims, size, undefined, view)) : 1;
    return namesIn(labels, anchors, on, room, { closer, blocked: [...taken(marked, room), ...spared(dots)] });
  };
  const named = names ? settled() : [];
  // What can be read from nearby cannot where the whole map has many points.
  const readable = names && texts && !(whole && dots.count > MOST_READ);
  const said = readable ? textsIn(texts, locate, room, { marked, names: named }) : [];
  const blocked = [...named.map((name) => nameBox(name, wide)), ...taken(marked, room)];
  const values = valuesIn(props.axes, view, on, room, blocked);
  const marks = marksOf(marked, named, [...values, ...said], room);
  return (
    pictures(props, palette, theme, size, view, blocked, locate) + marks.map((mark) => put(mark, theme.canvas)).join('')
  );
}

function line({ upright, at, colour }: Rule, { width, height }: Size): string {
  const way = upright ? `M${fine(at)} 0V${height}` : `M0 ${fine(at)}H${width}`;
  return `<path d="${way}" stroke="${colour}"/>`;
}

/** Points that names step aside for while they are few, as on the stage. */
function spared({ count, x, y }: Dots): Box[] {
  return count > FEW ? [] : Array.from({ length: count }, (_, i) => around({ x: x[i]!, y: y[i]! }, 3));
}

/**
 * Pictures that stand in for points, all or a few for many as on the stage, by the number of their item (`thumb:7`): who
 * shows or writes the figure knows them. `blocked`: where those few should not lie.
 */
function pictures(
  { pictures, order, classes, selected, positions, dims }: PlotProps,
  palette: readonly string[],
  theme: PlotTheme,
  size: Size,
  view: View,
  blocked: readonly Box[],
  locate: (row: number) => Place | null,
): string {
  if (!pictures) return '';
  const inSight = (rows: Uint32Array) => {
    const spots: Spot[] = [];
    rows.forEach((row, turn) => {
      const at = locate(row);
      if (at && at.x > 0 && at.x < size.width && at.y > 0 && at.y < size.height) spots.push({ row, at, turn });
    });
    return spots;
  };
  const rows = pictured(positions, dims, order, pictures.kinds);
  let spots = inSight(rows);
  const crowded = spots.length > MOST_IN_SIGHT;
  if (crowded) spots = inSight(representatives(positions, dims, rows, patchSide(scaleOf(view, size))));
  const side = crowded ? REPRESENTATIVE : thumbSide(spots.length, size.width * size.height);
  return chooseThumbs(spots, side, crowded ? blocked : [])
    .map(({ row, at }) => {
      const box = `x="${fine(at.x - side / 2)}" y="${fine(at.y - side / 2)}" width="${side}" height="${side}"`;
      const frame = (classes && palette[classes[row]!]) || theme.unselected;
      const opacity = selected && !selected[row] ? ' opacity="0.15"' : '';
      return `<g${opacity}><image ${box} preserveAspectRatio="xMidYMid slice" href="thumb:${pictures.items[row]!}"/><rect ${box} fill="none" stroke="${frame}" stroke-width="1.5"/></g>`;
    })
    .join('');
}

function legendOf(
  legend: FigureLegend,
  x: number,
  y: number,
  height: number,
  theme: PlotTheme,
  measure: Measure,
): string {
  const room = LEGEND - 20;
  const parts = [text(legend.title, x, y + 12, 600, 11, theme.secondary)];
  if (legend.kind === 'scale') {
    const step = room / legend.colours.length;
    legend.colours.forEach((colour, i) =>
      parts.push(
        `<rect x="${fine(x + i * step)}" y="${y + 22}" width="${fine(step + 0.5)}" height="10" fill="${colour}"/>`,
      ),
    );
    parts.push(text(legend.low, x, y + 48, 400, 11, theme.secondary));
    parts.push(text(legend.high, x + room, y + 48, 400, 11, theme.secondary, 'end'));
    return parts.join('');
  }
  const most = Math.max(1, Math.floor((height - 24) / 20));
  legend.entries.slice(0, most).forEach(({ colour, shape = 0, label, note }, i) => {
    const line = y + 32 + i * 20;
    const said = shortened(label, room - 14 - measure(note, font(400, 11)) - 10, measure);
    parts.push(`${outline(shape, x + 4, line, 8)} fill="${colour}"/>`);
    parts.push(text(said, x + 14, line + 4, 400, 12, theme.text));
    parts.push(text(note, x + room, line + 4, 400, 11, theme.secondary, 'end'));
  });
  return parts.join('');
}

function put(mark: Mark, halo: string): string {
  if (mark.kind === 'words') return haloed(mark, halo);
  const { colour, width, opacity = 1 } = mark;
  const own = width === undefined ? 'fill' : 'stroke';
  const line = width === undefined ? '' : ` fill="none" stroke-width="${width}" stroke-linejoin="round"`;
  const ink = `${own}="${colour}"${opacity < 1 ? ` ${own}-opacity="${opacity}"` : ''}${line}`;
  if (mark.kind === 'disc')
    return `<circle cx="${fine(mark.at.x)}" cy="${fine(mark.at.y)}" r="${mark.radius}" ${ink}/>`;
  const end = mark.closed ? 'Z' : '';
  const ways = mark.ways.map((way) => `M${way.map(({ x, y }) => `${fine(x)} ${fine(y)}`).join('L')}${end}`);
  return ways.length ? `<path d="${ways.join('')}" ${ink}/>` : '';
}

/** Written twice, because not every program that reads SVG knows `paint-order`. */
function haloed({ text, at, weight, size, colour }: Words, halo: string): string {
  const line = `x="${fine(at.x)}" y="${fine(at.y + size * 0.36)}" font-weight="${weight}" font-size="${size}" text-anchor="middle"`;
  const said = escaped(text);
  return `<text ${line} fill="none" stroke="${halo}" stroke-width="5" stroke-linejoin="round" stroke-opacity="0.9">${said}</text><text ${line} fill="${colour}">${said}</text>`;
}
