/**
 * The words of items beside their points, once so few are in sight that they can be read. Pure; deliberately absent:
 * where the words come from, and drawing.
 */
import type { Box } from './labels';
import { LINE, around, nameBox, overlap, taken, type Marked, type Named, type Room, type Words } from './marks';
import type { Place } from './props';

/** With more points than this in sight, names of groups say more than words of items. */
export const MOST_READ = 40;
const LETTERS = 36;
const PX = 11.5;
/** From a point's middle to its words, and what a point takes itself (px). */
const GAP = 9;
const POINT = 4;

/** Those words that find room beside their point, on its right or its left, without touching one another, names or marks. */
export function textsIn(
  texts: ReadonlyMap<number, string>,
  locate: (row: number) => Place | null,
  room: Room,
  { marked, names }: { marked: Marked; names: readonly Named[] },
): Words[] {
  const { size, theme, wide } = room;
  const points = [...texts].flatMap(([row, text]) => {
    const at = locate(row);
    return at && at.x > 0 && at.x < size.width && at.y > 0 && at.y < size.height ? [{ text, at }] : [];
  });
  const full: Box[] = [
    ...names.map((named) => nameBox(named, wide)),
    ...taken(marked, room),
    ...points.map(({ at }) => around(at, POINT)),
  ];
  const said: Words[] = [];
  for (const { text: whole, at } of points) {
    const text = whole.length > LETTERS ? `${whole.slice(0, LETTERS).trimEnd()}…` : whole;
    const half = wide(text, 400, PX) / 2;
    const free = [at.x + GAP + half, at.x - GAP - half].find((x) => {
      const box = { left: x - half, right: x + half, top: at.y - LINE / 2, bottom: at.y + LINE / 2 };
      return box.left > 0 && box.right < size.width && !full.some((other) => overlap(box, other));
    });
    if (free === undefined || !text) continue;
    full.push({ left: free - half, right: free + half, top: at.y - LINE / 2, bottom: at.y + LINE / 2 });
    said.push({ text, at: { x: free, y: at.y }, weight: 400, size: PX, colour: theme.secondary });
  }
  return said;
}
