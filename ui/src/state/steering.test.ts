import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../backend/backend';
import { readAs } from '../backend/frame';
import { FakeHost } from '../backend/fake/host';
import type { SteerRequest } from '../backend/wire/SteerRequest';
import { App } from './app.svelte';

async function opened() {
  const host = new FakeHost('running');
  const app = new App(host);
  await app.connect();
  return { app, host, map: app.map.map! };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a hand on a moving map', () => {
  it('tells of a dragged slider now and then, and of where it ended', async () => {
    const { app, host, map } = await opened();
    const told: SteerRequest[] = [];
    host.steerMap = async (request) => void told.push(request);
    for (const exaggeration of [1.1, 1.2, 1.3]) app.steering.steer(map.id, { exaggeration });
    app.steering.steer(map.id, { seed: 7 });
    expect(app.steering.of(map)).toMatchObject({ exaggeration: 1.3, seed: 7, perplexity: 30 });
    vi.advanceTimersByTime(150);
    expect(told.map(({ exaggeration, seed }) => [exaggeration, seed])).toEqual([
      [1.1, null],
      [1.3, 7],
    ]);
    expect(told[0]).toMatchObject({ map: map.id, perplexity: null, neighbours: null, min_dist: null });
  });

  it('says what the map ended with, once it is still', async () => {
    const { app, map } = await opened();
    app.steering.steer(map.id, { exaggeration: 3 });
    const still = { ...map, running: false };
    app.onEvent({ type: 'workspace', workspace: { ...app.workspace, maps: [still] } });
    expect(app.steering.of(still)?.exaggeration).toBe(1);
  });

  it('asks only once for an early end, and again when that was refused', async () => {
    const { app, host, map } = await opened();
    const settle = vi.spyOn(host, 'settleMap').mockRejectedValueOnce({ code: 'failed', message: 'No.', hint: null });
    await app.steering.settle(map.id);
    expect([app.steering.settling, app.notices.list.length]).toEqual([[], 1]);
    await Promise.all([app.steering.settle(map.id), app.steering.settle(map.id)]);
    expect([settle.mock.calls.length, app.steering.settling]).toEqual([2, [map.id]]);
  });
});

describe('work at rest', () => {
  it('stays in sight as what is at work, and says when it rests', async () => {
    const { app } = await opened();
    const job = app.jobs.running!;
    const resting = app.jobs.pause(job.id, true);
    expect(app.jobs.pausing).toEqual([job.id]);
    await resting;
    expect([app.jobs.running?.state, app.jobs.pausing]).toEqual(['paused', []]);
    await app.jobs.pause(job.id, false);
    expect(app.jobs.running?.state).toBe('running');
  });
});

describe('a layout that moves', () => {
  it('is sent once until it is drawn, in steps, and exact where it ends', async () => {
    const host = new FakeHost('full');
    const frames: ArrayBuffer[] = [];
    const { workspace } = await host.connect({ onEvent: () => undefined, onFrame: (frame) => frames.push(frame) });
    const set = workspace.sets[0]!.id;
    const request = {
      set,
      method: 'tsne',
      dims: 2,
      like: null,
      perplexity: 20,
      iterations: 200,
      neighbours: null,
      min_dist: null,
    };
    await host.startProjection({ ...request, seed: 1 } as Parameters<Backend['startProjection']>[0]);
    await vi.runAllTimersAsync();
    const read = frames.map((frame) => readAs('positions', frame));
    expect(read.map(({ iteration }) => iteration)).toEqual([21, 200]);
    // The first is half as large, and within half a step of where the points were.
    expect(frames[0]!.byteLength).toBeLessThan(frames[1]!.byteLength);
    const whole = readAs('positions', await host.getPositions(read[1]!.map));
    expect([...whole.positions]).toEqual([...read[1]!.positions]);
  });
});
