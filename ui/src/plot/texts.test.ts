import { describe, expect, it } from 'vitest';
import type { Room } from './marks';
import type { Place } from './props';
import { textsIn } from './texts';

const room = {
  size: { width: 400, height: 200 },
  margins: { top: 0, right: 0, bottom: 0, left: 0 },
  theme: { secondary: '#555555' },
  wide: (text: string) => text.length * 6,
} as unknown as Room;
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
    const said = textsIn(texts, at(places), room, []);
    expect(said.map(({ text }) => text)).toEqual(['a loaf of bread', 'at the right edge']);
    expect(said[0]!.at.x).toBeGreaterThan(100);
    expect(said[1]!.at.x).toBeLessThan(390);
  });

  it('are cut between letters, and give way to what is there', () => {
    const long = new Map([[0, 'x'.repeat(80)]]);
    expect(textsIn(long, at([{ x: 20, y: 50 }]), room, [])[0]!.text).toHaveLength(37);
    const taken = [{ left: 0, top: 0, right: 400, bottom: 200 }];
    expect(textsIn(long, at([{ x: 20, y: 50 }]), room, taken)).toEqual([]);
  });
});
