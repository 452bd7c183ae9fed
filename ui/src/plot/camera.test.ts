import { describe, expect, it } from 'vitest';
import { Camera, easeOut } from './camera';
import type { FlatView } from './props';

const here: FlatView = { kind: 'flat', x: 0, y: 0, scale: 10 };
const there: FlatView = { kind: 'flat', x: 4, y: 2, scale: 40 };

describe('a camera', () => {
  it('turns away from the plane of a flat map into space', () => {
    const camera = new Camera();
    camera.jump({ kind: 'flat', x: 1, y: 2, scale: 10 });
    const home = { kind: 'orbit', x: 0, y: 0, z: 0, distance: 5, azimuth: 0.6, elevation: 0.35 } as const;
    camera.glide(home, 0, 100);
    expect(camera.view).toMatchObject({ kind: 'orbit', x: 1, y: 2, azimuth: 0 });
    expect(camera.goal).toBe(home);
    camera.tick(100);
    expect(camera.view).toEqual(home);
  });

  it('glides, and ends exactly where it should', () => {
    const camera = new Camera();
    camera.jump(here);
    camera.glide(there, 1000, 160);
    expect(camera.goal).toEqual(there);
    camera.tick(990);
    expect(camera.view).toEqual(here);
    camera.tick(1060);
    expect(camera.moving).toBe(true);
    expect((camera.view as FlatView).scale).toBeGreaterThan(10);
    expect((camera.view as FlatView).scale).toBeLessThan(40);
    camera.tick(1200);
    expect(camera.moving).toBe(false);
    expect(camera.view).toEqual(there);
  });

  it('jumps where there is no time, or no way from space to a flat map', () => {
    const camera = new Camera();
    camera.glide(there, 0, 0);
    expect(camera.view).toEqual(there);
    camera.jump({ kind: 'orbit', x: 0, y: 0, z: 0, distance: 5, azimuth: 0, elevation: 0 });
    camera.glide(there, 0, 160);
    expect(camera.view).toEqual(there);
    expect(camera.moving).toBe(false);
  });
});

it('easing begins at 0, ends at 1 and never turns back', () => {
  expect([easeOut(0), easeOut(1)]).toEqual([0, 1]);
  for (let t = 0; t < 1; t += 0.05) expect(easeOut(t + 0.05)).toBeGreaterThan(easeOut(t));
});
