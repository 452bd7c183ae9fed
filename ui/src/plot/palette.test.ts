import { describe, expect, it } from 'vitest';
import { CLASS_COLOURS, blend, classColours, classShapes, hex, rgb, sequential } from './palette';

const GREY = '#b3b8bf';

/** Relative luminance, WCAG 2.1. */
function luminance([r, g, b]: readonly [number, number, number]): number {
  const part = (v: number) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

describe('class colours', () => {
  it('go to the largest class first and stop at twelve', () => {
    const counts = Array.from({ length: 20 }, (_, i) => i + 1);
    const colours = classColours(counts, false, GREY);
    expect(colours[19]).toBe('#4477aa');
    expect(colours.filter((colour) => colour !== GREY)).toHaveLength(CLASS_COLOURS);
    expect(colours.slice(0, 8)).toEqual(Array(8).fill(GREY));
  });

  it('leave empty classes grey and are all different', () => {
    expect(classColours([0, 3], true, GREY)[0]).toBe(GREY);
    for (const dark of [true, false]) {
      expect(new Set(classColours(Array(12).fill(1), dark, GREY)).size).toBe(12);
    }
  });

  it('come again with another shape, so that no two classes look alike', () => {
    const counts = Array.from({ length: 40 }, (_, i) => 40 - i);
    const [colours, shapes] = [classColours(counts, false, GREY, true), classShapes(counts)];
    expect(shapes.slice(0, 17)).toEqual([...Array(8).fill(0), ...Array(8).fill(1), 2]);
    const looks = colours.map((colour, index) => `${colour} ${shapes[index]}`).slice(0, 32);
    expect(new Set(looks).size).toBe(32);
    expect(colours[32]).toBe(GREY);
  });

  it('keep their distance from the canvas', () => {
    const against = (colour: string, canvas: string) => {
      const [a, b] = [luminance(rgb(colour)), luminance(rgb(canvas))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    for (const colour of classColours(Array(12).fill(1), true, GREY)) {
      expect(against(colour, '#0d0f13')).toBeGreaterThan(3);
    }
    for (const colour of classColours(Array(12).fill(1), false, GREY)) {
      expect(against(colour, '#fbfbf9')).toBeGreaterThan(1.7);
    }
  });
});

describe('scales', () => {
  const light = (table: Uint8ClampedArray, i: number) =>
    luminance([table[i * 3]!, table[i * 3 + 1]!, table[i * 3 + 2]!]);

  it('for amounts move one way in lightness, away from the canvas', () => {
    for (const dark of [true, false]) {
      const table = sequential(dark);
      for (let i = 1; i < 256; i++) {
        const step = light(table, i) - light(table, i - 1);
        expect(dark ? step : -step).toBeGreaterThan(-2e-3);
      }
      expect(Math.abs(light(table, 255) - light(table, 0))).toBeGreaterThan(0.6);
    }
  });
});

it('colours survive being written down', () => {
  expect(hex(rgb('#0d0f13'))).toBe('#0d0f13');
  // Builds shorten colours.
  expect(rgb('#fe0')).toEqual([255, 238, 0]);
  expect(hex(blend(rgb('#000000'), rgb('#ffffff'), 0.5))).toBe('#808080');
});
