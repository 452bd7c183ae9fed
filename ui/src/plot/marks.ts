/**
 * What lies above the points, as lines, discs and words: one geometry for the stage's pen and for that of figures. Pure;
 * deliberately absent: pens, pictures, and what only a pointer brings.
 */
import { settle, type Anchor, type Box, type Wish } from './labels';
import type { Margins, Place, PlotLabel, PlotProps, PlotQuery, PlotTheme } from './props';
import { queryPlace } from './query';
import type { Size } from './view';

/** One colour: of a line, or of all that is inside. */
interface Ink {
  colour: string;
  /** Of its line (px); without one it is filled. */
  width?: number;
  opacity?: number;
}
export interface Words {
  text: string;
  /** The middle of the line. */
  at: Place;
  weight: 400 | 600;
  /** Of the letters (px). */
  size: number;
  colour: string;
}
/** One stroke of a pen, in CSS pixels; words are haloed with the canvas. */
export type Mark =
  | ({ kind: 'path'; ways: readonly (readonly Place[])[]; closed?: boolean } & Ink)
  | ({ kind: 'disc'; at: Place; radius: number } & Ink)
  | ({ kind: 'words' } & Words);

/** How wide words are (px). */
export type Wide = (text: string, weight: 400 | 600, size: number) => number;

/** What marks are fitted into. */
export interface Room {
  theme: PlotTheme;
  size: Size;
  /** What covers the edges. */
  margins: Margins;
  wide: Wide;
}

/** What is marked, and where on the screen. */
export interface Marked {
  axes: readonly { from: Place; to: Place; names: readonly [string, string] }[];
  /** Where the hairlines to the neighbours begin. */
  joined: Place | null;
  neighbours: readonly Place[];
  query: Place | null;
  /** The words of the query. */
  question: string;
  hits: readonly Place[];
  /** From one meaning to another. */
  arrows: readonly { from: Place; to: Place; names: readonly [string, string] }[];
  pinned: Place | null;
}

/** Where what is asked stands in the data: dear enough to be kept. */
export interface Asked {
  question: Anchor | null;
  ends: readonly (readonly [Anchor | null, Anchor | null])[];
}

export const NAME_PX = 13;
const NOTE_PX = 11.5;
export const LINE = 15;
/** How much of the margins names of axes keep free. */
const HELD = 0.65;
/** The head of an arrow (px). */
const HEAD = 9;
/** Letters of a question that stand on the map. */
const MOST_LETTERS = 40;
/** Half of what a ring takes (px). */
const MARK = 9;
const EDGE = 6;
/** How far names may reach into the margins (px). */
const REACH = 28;
/** So few points that names step aside for each. */
export const FEW = 1_000;

export function askedIn({ positions, dims, query, arrows }: PlotProps): Asked {
  const place = (of: PlotQuery) => queryPlace(positions, dims, of);
  return { question: query && place(query), ends: arrows.map(({ from, to }) => [place(from), place(to)] as const) };
}

/** What is marked as one looks: `on` gives an anchor's place on the screen, `locate` a row's. */
export function markedIn(
  props: PlotProps,
  { question, ends }: Asked,
  on: (anchor: Anchor) => Place | null,
  locate: (row: number) => Place | null,
): Marked {
  const { query, hub, pinned } = props;
  const all = (rows: readonly number[]) => rows.map(locate).filter((at) => at !== null);
  const between = <T>(from: Anchor | null, to: Anchor | null, rest: T) => {
    const [start, end] = [from && on(from), to && on(to)];
    return start && end ? [{ from: start, to: end, ...rest }] : [];
  };
  return {
    axes: props.axes.flatMap(({ from, to, names }) => between(from, to, { names })),
    joined: hub === null ? null : locate(hub),
    neighbours: hub === null ? [] : all(props.neighbours),
    query: question && on(question),
    question: query?.text ?? '',
    hits: query ? all(query.hits) : [],
    arrows: props.arrows.flatMap(({ from, to }, i) => {
      const [start = null, end = null] = ends[i] ?? [];
      return between(start, end, { names: [from.text, to.text] as const });
    }),
    pinned: pinned === null ? null : locate(pinned),
  };
}

/** Where names should not stand: on marks and on what is asked. */
export function taken(marked: Marked, room: Room): Box[] {
  const { axes, query, pinned, hits, arrows } = marked;
  const places = [query, pinned, ...hits, ...arrows.flatMap(({ from, to }) => [from, to])];
  return [
    ...places.flatMap((at) => (at ? [around(at, MARK)] : [])),
    ...[...axes.flatMap((of) => endNames(of, room)), ...asked(marked, room)].map((words) => boxOf(words, room.wide)),
  ];
}

const boxOf = ({ text, at: { x, y }, weight, size }: Words, wide: Wide): Box => {
  const half = wide(text, weight, size) / 2;
  return { left: x - half, top: y - LINE / 2, right: x + half, bottom: y + LINE / 2 };
};
export const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export function around({ x, y }: Place, half: number, across = half): Box {
  return { left: x - across, top: y - half, right: x + across, bottom: y + half };
}

/** A name that found room, and where. */
export interface Named {
  label: PlotLabel;
  at: Place;
}

/** What a name takes on the screen. */
export function nameBox({ label: { text, note }, at }: Named, wide: Wide): Box {
  const half = Math.max(wide(text, 600, NAME_PX), note ? wide(note, 400, NOTE_PX) : 0) / 2;
  const height = note ? 2 * LINE : LINE;
  return { left: at.x - half, right: at.x + half, top: at.y - height / 2, bottom: at.y + height / 2 };
}

/** The names that find room beside what is blocked, each at its anchor or close to it; `closer` is how far one has zoomed in. */
export function namesIn(
  labels: readonly PlotLabel[],
  anchors: ReadonlyMap<number, Anchor>,
  on: (anchor: Anchor) => Place | null,
  { size, margins, wide }: Room,
  { closer, blocked }: { closer: number; blocked: readonly Box[] },
): Named[] {
  const wishes: Wish[] = [];
  const named: PlotLabel[] = [];
  for (const label of labels) {
    const anchor = anchors.get(label.class);
    const at = anchor && on(anchor);
    if (!at) continue;
    const { text, note, weight } = label;
    const width = Math.max(wide(text, 600, NAME_PX), note ? wide(note, 400, NOTE_PX) : 0);
    wishes.push({ at, width, height: note ? 2 * LINE : LINE, weight });
    named.push(label);
  }
  const free = (margin: number) => Math.max(EDGE, margin - REACH);
  const stage = {
    left: free(margins.left),
    top: free(margins.top),
    right: size.width - free(margins.right),
    bottom: size.height - free(margins.bottom),
  };
  return [...settle(wishes, stage, closer, blocked)].map(([index, at]) => ({ label: named[index]!, at }));
}

/** Every mark, in the order of drawing; `texts` are the words of items and the values along axes. */
export function marksOf(marked: Marked, names: readonly Named[], texts: readonly Words[], room: Room): Mark[] {
  const { joined, neighbours, query, hits, arrows, pinned } = marked;
  const { theme } = room;
  return [
    ...marked.axes.flatMap((of) => axis(of, room)),
    ...texts.map(written),
    ...(joined ? hairlines(joined, neighbours, theme.accent, theme) : []),
    ...(query ? hairlines(query, hits, theme.query, theme) : []),
    ...hits.flatMap((at) => ring(at, 5.5, 1.5, theme.query, theme)),
    ...names.flatMap(({ label, at }) => name(label, at, theme)),
    ...arrows.flatMap(({ from, to }) => arrow(from, to, theme.query, theme)),
    ...(query ? questionMark(query, theme) : []),
    ...asked(marked, room).map(written),
    ...(pinned ? ring(pinned, 8, 2.25, theme.accent, theme) : []),
  ];
}

const written = (words: Words): Mark => ({ kind: 'words', ...words });

export function ring(at: Place, radius: number, width: number, colour: string, { canvas }: PlotTheme): Mark[] {
  return [
    { kind: 'disc', at, radius, colour: canvas, width: width + 2 },
    { kind: 'disc', at, radius, colour, width },
  ];
}

/** A line with a head, which keeps off what it points at. */
export function arrow(from: Place, to: Place, colour: string, { canvas }: PlotTheme): Mark[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 2 * HEAD) return [];
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const back = (along: number, side: number): Place => ({
    x: to.x - HEAD * (ux * along + uy * side),
    y: to.y - HEAD * (uy * along - ux * side),
  });
  const shaft = [[from, back(2, 0)]];
  const head = [[back(1, 0), back(2, 0.5), back(2, -0.5)]];
  return [
    { kind: 'path', ways: shaft, colour: canvas, width: 5 },
    { kind: 'path', ways: head, closed: true, colour: canvas, width: 5 },
    { kind: 'path', ways: shaft, colour, width: 2 },
    { kind: 'path', ways: head, closed: true, colour },
  ];
}

function hairlines(from: Place, to: readonly Place[], colour: string, { canvas }: PlotTheme): Mark[] {
  const ways = to.map((end) => [from, end]);
  return [
    { kind: 'path', ways, colour: canvas, width: 3, opacity: 0.5 },
    { kind: 'path', ways, colour, width: 1, opacity: 0.75 },
  ];
}

/** What stands at the ends of an axis. */
function endNames({ from, to, names }: Marked['axes'][number], { theme, size, margins, wide }: Room): Words[] {
  const upright = Math.abs(to.y - from.y) > Math.abs(to.x - from.x);
  return [from, to].flatMap((end, i) => {
    const text = names[i]!;
    if (!text) return [];
    // Names stay in sight when their end is not.
    const half = wide(text, 600, NAME_PX) / 2 + 8;
    const lift = upright && i === 1 ? -LINE : LINE;
    const at = {
      x: held(end.x, half, size.width - half),
      y: held(end.y + lift, margins.top * HELD, size.height - margins.bottom * HELD),
    };
    return [{ text, at, weight: 600, size: NAME_PX, colour: theme.accent }];
  });
}

function axis(of: Marked['axes'][number], room: Room): Mark[] {
  const { from, to, names } = of;
  const { theme } = room;
  return [
    { kind: 'path', ways: [[from, to]], colour: theme.secondary, width: 1, opacity: 0.5 },
    // Between two meanings it points from one to the other; what a component is called stands at its end alone.
    ...(names[0] ? arrow(from, to, theme.accent, theme) : []),
    ...[from, to].flatMap((at, i): Mark[] =>
      names[i] ? [{ kind: 'disc', at, radius: 3.5, colour: theme.accent }] : [],
    ),
    ...endNames(of, room).map((words) => ({ kind: 'words', ...words }) as const),
  ];
}

function name({ text, note }: PlotLabel, { x, y }: Place, theme: PlotTheme): Mark[] {
  const lift = note ? LINE / 2 : 0;
  const said: Mark = { kind: 'words', text, at: { x, y: y - lift }, weight: 600, size: NAME_PX, colour: theme.text };
  if (!note) return [said];
  const quiet = { weight: 400, size: NOTE_PX, colour: theme.secondary } as const;
  return [said, { kind: 'words', text: note, at: { x, y: y + lift }, ...quiet }];
}

function questionMark(at: Place, theme: PlotTheme): Mark[] {
  return [
    { kind: 'disc', at, radius: 13, colour: theme.query, opacity: 0.18 },
    { kind: 'disc', at, radius: 5.5, colour: theme.canvas, width: 3 },
    { kind: 'disc', at, radius: 5.5, colour: theme.query },
  ];
}

/** So far into the margins reaches what is asked (px). */
const BESIDE = 32;

/** The words of the question above its mark, and those of arrows at their ends, beside one another where they would touch. */
function asked({ query, question, arrows }: Marked, { theme, wide, size, margins }: Room): Words[] {
  const said: Words[] = [];
  /** Within what nothing covers. */
  const inside = (x: number, half: number) =>
    held(x, Math.max(0, margins.left - BESIDE) + half, size.width - Math.max(0, margins.right - BESIDE) - half);
  const say = (whole: string, { x, y }: Place, lifts: readonly number[]) => {
    const text = whole.length > MOST_LETTERS ? `${whole.slice(0, MOST_LETTERS).trimEnd()}…` : whole;
    if (!text) return;
    const middle = inside(x, wide(text, 600, NAME_PX) / 2);
    const choices = lifts.map((lift): Words => ({
      text,
      at: { x: middle, y: y + lift },
      weight: 600,
      size: NAME_PX,
      colour: theme.query,
    }));
    const stands = (words: Words) => !said.some((other) => overlap(boxOf(words, wide), boxOf(other, wide)));
    said.push(choices.find(stands) ?? choices[0]!);
  };
  if (query) say(question, query, [-13 - LINE / 2]);
  for (const { from, to, names } of arrows)
    for (const [at, name] of [[from, names[0]] as const, [to, names[1]] as const])
      if (name !== question) say(name, at, [-LINE, LINE, -2 * LINE, 2 * LINE]);
  return said;
}

const held = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
