import { describe, expect, it } from 'vitest';
import { Random } from '../backend/fake/random';
import { BRUSH, Drawing, contains, rowsBrushed, rowsInside } from './lasso';
import type { OrbitView } from './props';
import { matrixOf, toScreen } from './view';

const square = new Float32Array([0, 0, 10, 0, 10, 10, 0, 10]);

describe('a closed line', () => {
  it('contains what is inside, also when it is hollow or crosses itself', () => {
    expect(contains(square, 5, 5)).toBe(true);
    expect(contains(square, -1, 5)).toBe(false);
    const horseshoe = new Float32Array([0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10]);
    expect(contains(horseshoe, 5, 6)).toBe(false);
    expect(contains(horseshoe, 8, 6)).toBe(true);
    const bow = new Float32Array([0, 0, 10, 10, 10, 0, 0, 10]);
    expect(contains(bow, 8, 5)).toBe(true);
    expect(contains(bow, 5, 9)).toBe(false);
  });

  it('contains the same whichever way round it was drawn', () => {
    const random = new Random(5);
    const star = Float32Array.from({ length: 40 }, () => random.next() * 10);
    const turned = new Float32Array(40);
    for (let i = 0; i < 20; i++) turned.set(star.subarray(i * 2, i * 2 + 2), (19 - i) * 2);
    for (let trial = 0; trial < 300; trial++) {
      const [x, y] = [random.next() * 10, random.next() * 10];
      expect(contains(star, x, y)).toBe(contains(turned, x, y));
    }
  });
});

describe('rows inside', () => {
  it('are those of a flat map, places that are not numbers left out', () => {
    const positions = new Float32Array([5, 5, 11, 5, NaN, 5, 9, 1]);
    expect([...rowsInside({ polygon: square, matrix: null, mode: 'replace' }, positions, 2)]).toEqual([0, 3]);
  });

  it('are those seen inside the line in 3-D', () => {
    const size = { width: 800, height: 600 };
    const view: OrbitView = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 8, azimuth: 1, elevation: 0.3 };
    const matrix = matrixOf(view, size);
    const random = new Random(9);
    const positions = Float32Array.from({ length: 600 }, () => random.next() * 4 - 2);
    const polygon = new Float32Array([-0.2, -0.3, 0.4, -0.3, 0.4, 0.5, -0.2, 0.5]);
    const expected: number[] = [];
    for (let row = 0; row < 200; row++) {
      const at = toScreen(matrix, size, positions[row * 3]!, positions[row * 3 + 1]!, positions[row * 3 + 2]!)!;
      const [x, y] = [(at.x / size.width) * 2 - 1, 1 - (at.y / size.height) * 2];
      if (x > -0.2 && x < 0.4 && y > -0.3 && y < 0.5) expected.push(row);
    }
    expect(expected.length).toBeGreaterThan(10);
    expect([...rowsInside({ polygon, matrix, mode: 'replace' }, positions, 3)]).toEqual(expected);
  });
});

describe('a drawing', () => {
  it('keeps a corner only when the hand has moved', () => {
    const drawing = new Drawing({ x: 0, y: 0 }, 'lasso');
    for (let x = 0; x <= 12; x++) drawing.to({ x, y: 0 });
    expect(drawing.outline().map(({ x }) => x)).toEqual([0, 3, 6, 9, 12]);
  });

  it('of a box has four corners', () => {
    const drawing = new Drawing({ x: 2, y: 3 }, 'box');
    drawing.to({ x: 90, y: 90 });
    drawing.to({ x: 8, y: 1 });
    expect(drawing.outline()).toEqual([{ x: 2, y: 3 }, { x: 8, y: 3 }, { x: 8, y: 1 }, { x: 2, y: 1 }]); // prettier-ignore
  });
});

describe('a brush', () => {
  it('takes in what it goes over, once, and nothing beyond its reach', () => {
    const size = { width: 400, height: 300 };
    // One unit is one pixel, and the middle of the stage is 0, 0.
    const view = { kind: 'flat', x: 0, y: 0, scale: 1 } as const;
    const positions = new Float32Array([-100, 0, 0, BRUSH - 2, 0, BRUSH + 2, 100, 0, NaN, 0, 190, 0]);
    const drawing = new Drawing({ x: 100, y: 150 }, 'brush');
    drawing.to({ x: 300, y: 150 });
    drawing.to({ x: 250, y: 150 });
    expect(drawing.outline()).toEqual([]);
    const rows = rowsBrushed(drawing.line, size, matrixOf(view, size), positions, 2);
    expect([...rows]).toEqual([0, 1, 3]);
  });

  it('sees a space as it is looked at', () => {
    const size = { width: 800, height: 600 };
    const view: OrbitView = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 10, azimuth: 0.4, elevation: 0.2 };
    const matrix = matrixOf(view, size);
    const positions = new Float32Array([0, 0, 0, 3, 0, 0, 100, 0, 100]);
    const at = toScreen(matrix, size, 0, 0, 0)!;
    expect([...rowsBrushed([at], size, matrix, positions, 3)]).toEqual([0]);
  });
});
