import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { chooseThumbs, thumbSide } from './thumbs';

describe('pictures on the map', () => {
  it('never lie on one another, and go by turn', () => {
    const random = new Random(8);
    const spots = Array.from({ length: 300 }, (_, row) => ({
      row,
      at: { x: random.next() * 800, y: random.next() * 600 },
      turn: 300 - row,
    }));
    const chosen = chooseThumbs(spots, 48);
    expect(chosen[0]!.row).toBe(299);
    expect(chosen.length).toBeGreaterThan(40);
    for (const a of chosen) {
      for (const b of chosen) {
        if (a !== b) expect(Math.abs(a.at.x - b.at.x) >= 51 || Math.abs(a.at.y - b.at.y) >= 51).toBe(true);
      }
    }
    // Whoever was left out really had no room.
    for (const spot of spots) {
      if (chosen.includes(spot)) continue;
      expect(chosen.some(({ at }) => Math.abs(at.x - spot.at.x) < 51 && Math.abs(at.y - spot.at.y) < 51)).toBe(true);
    }
  });

  it('grow with the room they have', () => {
    expect(thumbSide(400, 1200 * 800)).toBeLessThan(thumbSide(60, 1200 * 800));
    expect(thumbSide(1, 1e9)).toBe(84);
    expect(thumbSide(1e6, 100)).toBe(28);
  });
});
