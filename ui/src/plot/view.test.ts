import { describe, expect, it } from 'vitest';
import type { FlatView, OrbitView } from './props';
import { between, boundsOf, drag, facing, fit, matrixOf, shift, toData, toScreen, zoom } from './view';

const size = { width: 800, height: 600 };
const flat: FlatView = { kind: 'flat', x: 3, y: -2, scale: 12 };
const orbit: OrbitView = { kind: 'orbit', x: 1, y: 2, z: 3, distance: 10, azimuth: 0.4, elevation: 0.2 };

describe('bounds', () => {
  it('pass over places that are not numbers', () => {
    const bounds = boundsOf(new Float32Array([1, 2, NaN, 5, -3, 4]), 2);
    expect(bounds).toEqual({ low: [-3, 2, 0], high: [1, 4, 0], radius: Math.sqrt(5) });
    expect(boundsOf(new Float32Array([NaN, NaN]), 2)).toBeNull();
  });

  it('take only the rows asked for', () => {
    expect(boundsOf(new Float32Array([0, 0, 5, 6, 9, 9]), 2, [1])).toEqual({
      low: [5, 6, 0],
      high: [5, 6, 0],
      radius: 0,
    });
  });
});

describe('a flat view', () => {
  it('gives back the data point of a pixel', () => {
    const at = toScreen(matrixOf(flat, size), size, 7.5, 1.25, 0)!;
    const back = toData(flat, size, at);
    expect(back.x).toBeCloseTo(7.5, 4);
    expect(back.y).toBeCloseTo(1.25, 4);
  });

  it('fits bounds between margins, touching two of them', () => {
    const margins = { top: 40, right: 200, bottom: 60, left: 100 };
    const bounds = boundsOf(new Float32Array([-5, -1, 15, 3]), 2)!;
    const view = fit(bounds, 2, size, margins);
    const matrix = matrixOf(view, size);
    const low = toScreen(matrix, size, -5, -1, 0)!;
    const high = toScreen(matrix, size, 15, 3, 0)!;
    expect(low.x).toBeCloseTo(100, 2);
    expect(high.x).toBeCloseTo(600, 2);
    expect((low.y + high.y) / 2).toBeCloseTo((40 + 540) / 2, 2);
    expect(low.y).toBeGreaterThan(high.y);
  });

  it('fits a single point without dividing by nothing', () => {
    const view = fit(boundsOf(new Float32Array([4, 4]), 2)!, 2, size) as FlatView;
    expect(Number.isFinite(view.scale)).toBe(true);
    expect(view.scale).toBeGreaterThan(0);
  });

  it('keeps what is under the pointer while zooming', () => {
    const at = { x: 650, y: 120 };
    const before = toData(flat, size, at);
    const closer = zoom(flat, size, 3, at, flat) as FlatView;
    expect(closer.scale).toBeCloseTo(36, 6);
    expect(toData(closer, size, at).x).toBeCloseTo(before.x, 6);
    expect(toData(closer, size, at).y).toBeCloseTo(before.y, 6);
  });

  it('stops zooming at both ends', () => {
    const at = { x: 0, y: 0 };
    expect((zoom(flat, size, 1e9, at, flat) as FlatView).scale).toBe(48000);
    expect((zoom(flat, size, 1e-9, at, flat) as FlatView).scale).toBeCloseTo(1.2, 6);
  });

  it('follows the hand when dragged', () => {
    const before = toScreen(matrixOf(flat, size), size, 5, 5, 0)!;
    const after = toScreen(matrixOf(drag(flat, 30, -20), size), size, 5, 5, 0)!;
    expect(after.x - before.x).toBeCloseTo(30, 2);
    expect(after.y - before.y).toBeCloseTo(-20, 2);
  });

  it('moves evenly between two views and ends where it should', () => {
    const to: FlatView = { kind: 'flat', x: 8, y: 1, scale: 48 };
    expect(between(flat, to, 0)).toEqual(flat);
    const end = between(flat, to, 1) as FlatView;
    expect(end.x).toBeCloseTo(8, 9);
    expect(end.scale).toBeCloseTo(48, 9);
    expect((between(flat, to, 0.5) as FlatView).scale).toBeCloseTo(24, 9);
  });
});

describe('an orbit view', () => {
  it('shows the plane of a flat map as the flat view does', () => {
    const view: FlatView = { kind: 'flat', x: 3, y: -2, scale: 40 };
    const [on, above] = [matrixOf(view, size), matrixOf(facing(view, size), size)];
    for (const [x, y] of [
      [3, -2],
      [-1, 4],
    ] as const) {
      const [flat, solid] = [toScreen(on, size, x, y, 0)!, toScreen(above, size, x, y, 0)!];
      expect(solid.x).toBeCloseTo(flat.x, 2);
      expect(solid.y).toBeCloseTo(flat.y, 2);
    }
  });

  it('shows the point looked at in the middle', () => {
    const at = toScreen(matrixOf(orbit, size), size, 1, 2, 3)!;
    expect(at.x).toBeCloseTo(400, 3);
    expect(at.y).toBeCloseTo(300, 3);
  });

  it('hides what is behind the eye', () => {
    const back = [Math.sin(0.4) * Math.cos(0.2), Math.sin(0.2), Math.cos(0.4) * Math.cos(0.2)] as const;
    expect(toScreen(matrixOf(orbit, size), size, 1 + back[0] * 11, 2 + back[1] * 11, 3 + back[2] * 11)).toBeNull();
  });

  it('keeps the whole cloud on the stage when fitted', () => {
    const cube = new Float32Array([-1, -1, -1, 1, 1, 1, -1, 1, -1, 1, -1, 1, 1, 1, -1, -1, -1, 1, 1, -1, -1, -1, 1, 1]);
    const matrix = matrixOf(fit(boundsOf(cube, 3)!, 3, size), size);
    for (let i = 0; i < 8; i++) {
      const at = toScreen(matrix, size, cube[i * 3]!, cube[i * 3 + 1]!, cube[i * 3 + 2]!)!;
      expect(at.x).toBeGreaterThan(0);
      expect(at.x).toBeLessThan(800);
      expect(at.y).toBeGreaterThan(0);
      expect(at.y).toBeLessThan(600);
    }
  });

  it('shifts by pixels at the depth looked at', () => {
    const moved = shift(orbit, size, 50, 25);
    const at = toScreen(matrixOf(moved, size), size, 1, 2, 3)!;
    expect(at.x).toBeCloseTo(450, 1);
    expect(at.y).toBeCloseTo(325, 1);
  });
});
