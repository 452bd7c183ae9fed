import { describe, expect, it } from 'vitest';
import type { Marked, Room } from './marks';
import type { Place } from './props';
import { textsIn } from './texts';

const room = {
  size: { width: 400, height: 200 },
  margins: { top: 0, right: 0, bottom: 0, left: 0 },
  theme: { secondary: '#555555' },
  wide: (text: string) => text.length * 6,
} as unknown as Room;
const bare: Marked = {
  ...{ axes: [], joined: null, neighbours: [], query: null, question: '', hits: [], arrows: [], pinned: null },
};
const alone = { marked: bare, names: [] };
const at = (places: Place[]) => (row: number) => places[row] ?? null;

describe('words of items', () => {
  it('stand on the right of their point, on the left where there is no room, else nowhere', () => {
    const texts = new Map([
      [0, 'a loaf of bread'],
      [1, 'at the right edge'],
      [2, 'on the very same spot'],
      [3, 'out of sight'],
    ]);
    const places = [
      { x: 100, y: 50 },
      { x: 390, y: 150 },
      { x: 100, y: 52 },
      { x: 900, y: 50 },
    ];
    const said = textsIn(texts, at(places), room, alone);
    expect(said.map(({ text }) => text)).toEqual(['a loaf of bread', 'at the right edge']);
    expect(said[0]!.at.x).toBeGreaterThan(100);
    expect(said[1]!.at.x).toBeLessThan(390);
  });

  it('are cut between letters, and give way to marks and names', () => {
    const long = new Map([[0, 'x'.repeat(80)]]);
    const beside = (around: typeof alone) => textsIn(long, at([{ x: 20, y: 50 }]), room, around);
    expect(beside(alone)[0]!.text).toHaveLength(37);
    expect(beside({ ...alone, marked: { ...bare, pinned: { x: 40, y: 50 } } })).toEqual([]);
    const name = { label: { class: 0, text: 'bread', note: '', weight: 1 }, at: { x: 100, y: 55 } };
    expect(textsIn(long, at([{ x: 20, y: 50 }]), room, { ...alone, names: [name] })).toEqual([]);
  });
});
