import { describe, expect, it } from 'vitest';
import { pixelsOf, roundStep, ruled, rulesIn, tickText, ticks, valuesIn, type Rule } from './grid';
import type { Box } from './labels';
import type { Room } from './marks';
import type { FlatView, OrbitView, PlotAxis, PlotTheme } from './props';
import { matrixOf, toScreen } from './view';

const THEME = { canvas: '#ffffff', secondary: '#000000' } as PlotTheme;
const SIZE = { width: 1000, height: 600 };
const ROOM: Room = {
  ...{ theme: THEME, size: SIZE, margins: { top: 96, right: 40, bottom: 104, left: 40 } },
  wide: (text) => text.length * 6,
};
const across: PlotAxis = { from: [-1, 0, 0], to: [1, 0, 0], names: ['', ''] };
const up: PlotAxis = { from: [0, -1, 0], to: [0, 1, 0], names: ['', ''] };
const deep: PlotAxis = { from: [0, 0, -1], to: [0, 0, 1], names: ['', ''] };
const flat: FlatView = { kind: 'flat', x: 0, y: 0, scale: 300 };
const on = (view: FlatView | OrbitView) => {
  const matrix = matrixOf(view, SIZE);
  return ([x, y, z]: readonly [number, number, number]) => toScreen(matrix, SIZE, x, y, z);
};
const values = (axes: PlotAxis[], view: FlatView | OrbitView, blocked: Box[] = []) =>
  valuesIn(axes, view, on(view), ROOM, blocked);

describe('round values', () => {
  it('go by 1, 2 and 5', () => {
    expect([0.11, 0.2, 0.21, 0.3, 1, 1.1, 30, 501].map(roundStep)).toEqual([0.2, 0.2, 0.5, 0.5, 1, 2, 50, 1000]);
    // Also where a power of ten is not exact.
    expect(roundStep(1e-3)).toBeCloseTo(1e-3, 12);
  });

  it('are multiples within both ends', () => {
    expect(ticks(-0.5, 0.41, 0.2).map((value) => tickText(value, 0.2))).toEqual(['−0.4', '−0.2', '0.0', '0.2', '0.4']);
    expect(ticks(0.1, 0.3, 1)).toEqual([]);
  });

  it('are written in as many digits as tell them apart', () => {
    expect(tickText(-1200, 200)).toBe('−1,200');
    expect(tickText(3, 1)).toBe('3');
    expect(tickText(12.03, 0.01)).toBe('12.03');
    expect(tickText(0.3, 0.05)).toBe('0.30');
  });
});

describe('the lines of a flat map', () => {
  it('stand at round values and move with the view', () => {
    const upright = rulesIn([across], flat, SIZE, THEME);
    // 110 px are 0.37 here, so that half ones are drawn.
    expect(upright.map(({ at }) => Math.round(at)).sort((a, b) => a - b)).toEqual([50, 200, 350, 500, 650, 800, 950]);
    expect(upright.every(({ upright }) => upright)).toBe(true);
    const panned = rulesIn([across], { ...flat, x: 0.1 }, SIZE, THEME);
    expect(panned.map(({ at }) => Math.round(at)).sort((a, b) => a - b)).toEqual([20, 170, 320, 470, 620, 770, 920]);
  });

  it('are as many however closely one looks', () => {
    for (const scale of [0.003, 1, 47, 300, 8e5]) {
      const { length } = rulesIn([across], { ...flat, scale }, SIZE, THEME);
      expect(length).toBeGreaterThanOrEqual(3);
      expect(length).toBeLessThanOrEqual(10);
    }
  });

  it('are stronger at zero, and lie above the others there', () => {
    const rules = rulesIn([across, up], flat, SIZE, THEME);
    const strong = rules.filter(({ colour }) => colour !== rules[0]!.colour);
    expect(strong.map(({ upright, at }) => [upright, at])).toEqual([
      [true, 500],
      [false, 300],
    ]);
    expect(rules.slice(-2)).toEqual(strong);
  });

  it('are there for axes alone that have a meaning', () => {
    expect(rulesIn([], flat, SIZE, THEME)).toEqual([]);
    expect(values([], flat)).toEqual([]);
  });
});

describe('values', () => {
  it('stand at the edges, clear of what covers them and of one another', () => {
    const said = values([across, up], flat);
    expect(said.filter(({ at }) => at.y === 592).map(({ text }) => text)).toEqual([
      '−1.5',
      '−1.0',
      '−0.5',
      '0.0',
      '0.5',
      '1.0',
      '1.5',
    ]);
    const beside = said.filter(({ at }) => at.y !== 592);
    expect(beside.map(({ text }) => text)).toEqual(['−0.5', '0.0', '0.5']);
    // They begin below one another, whatever their lengths.
    expect(new Set(beside.map(({ text, at }) => at.x - text.length * 3))).toEqual(new Set([8]));
  });

  it('yield to names', () => {
    const name = { left: 0, top: 140, right: 100, bottom: 160 };
    expect(values([up], flat).map(({ text }) => text)).toContain('0.5');
    expect(values([up], flat, [name]).map(({ text }) => text)).not.toContain('0.5');
  });

  it('stand along the axes in space, but for zero, and not on one that is seen from its end', () => {
    const view: OrbitView = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 3, azimuth: 0, elevation: 0 };
    const said = values([across, up, deep], view);
    expect(said.map(({ text }) => text)).not.toContain('0.0');
    const level = said.filter(({ at }) => Math.abs(at.y - 300) < 1e-6);
    expect(level.map(({ text }) => text)).toEqual(['−1.0', '−0.5', '0.5', '1.0']);
    expect(said.every(({ at }) => Math.abs(at.x - 500) < 1e-6 || Math.abs(at.y - 300) < 1e-6)).toBe(true);
    expect(rulesIn([across, up, deep], view, SIZE, THEME)).toEqual([]);
  });
});

describe('pixels of lines', () => {
  const rule = (upright: boolean, at: number): Rule => ({ upright, at, colour: '#010203' });
  const inked = (rules: Rule[], ratio = 1, border = 0) => {
    const pixels = new Int32Array(40);
    ruled(pixels, 8, rules, ratio, border);
    return Array.from({ length: 40 }, (_, at) => at).filter((at) => pixels[at]);
  };

  it('are whole ones, as thick as one of the window', () => {
    expect(pixelsOf(rule(true, 10.5), 1)).toEqual({ first: 10, thick: 1 });
    expect(pixelsOf(rule(true, 10.5), 2)).toEqual({ first: 20, thick: 2 });
    expect(inked([rule(true, 2.5)])).toEqual([2, 10, 18, 26, 34]);
    expect(inked([rule(false, 1.5)])).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    expect(inked([rule(true, 1.5)], 1, 1)).toEqual([2, 10, 18, 26, 34]);
  });

  it('beyond the edge are none', () => {
    expect(inked([rule(true, 9)])).toEqual([]);
    expect(inked([rule(false, 9)])).toEqual([]);
  });
});
