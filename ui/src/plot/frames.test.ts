import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Budget } from './budget';
import { Frames, type Drawn } from './frames';

let waiting: FrameRequestCallback[] = [];
/** The page's clock strikes. */
const strike = (now: number) => waiting.splice(0).forEach((run) => run(now));
const said: string[] = [];

function plot(name: string, busy = false): Drawn & { busy: boolean } {
  return {
    busy,
    measure: () => said.push(`${name} measures`),
    draw: (_, free) => said.push(`${name} draws${free ? '' : ' no points'}`),
  };
}

beforeEach(() => {
  said.length = 0;
  waiting = [];
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => waiting.push(run));
});
afterEach(() => vi.unstubAllGlobals());

describe('frames', () => {
  it('are one for all plots, which read the page before any of them draws', () => {
    const frames = new Frames(new Budget());
    const plots = ['a', 'b'].map((name) => plot(name));
    plots.forEach((each) => frames.join(each));
    plots.forEach((each) => frames.ask(each));
    frames.ask(plots[0]!);
    expect(waiting).toHaveLength(1);
    strike(1);
    expect(said).toEqual(['a measures', 'b measures', 'a draws', 'b draws']);
    strike(2);
    expect(said).toHaveLength(4);
  });

  it('hold points back from all while the card still draws for one', () => {
    const budget = new Budget();
    const frames = new Frames(budget);
    const [a, b] = [plot('a'), plot('b', true)];
    frames.join(a);
    frames.join(b);
    budget.drew(1, 100, null);
    frames.ask(a);
    strike(2);
    expect(said.at(-1)).toBe('a draws no points');
    expect(budget.awaits).toBe(true);
    b.busy = false;
    frames.ask(a);
    strike(3);
    expect(said.at(-1)).toBe('a draws');
    expect(budget.awaits).toBe(false);
  });

  it('share their budget among those that are there, and come no more to one that left', () => {
    const budget = new Budget();
    const frames = new Frames(budget);
    const [a, b] = [plot('a'), plot('b')];
    const whole = budget.prefix(1e9);
    frames.join(a);
    frames.join(b);
    expect(budget.prefix(1e9)).toBe(whole / 2);
    frames.ask(b);
    frames.leave(b);
    frames.ask(b);
    expect(budget.prefix(1e9)).toBe(whole);
    strike(1);
    expect(said).toEqual([]);
  });
});
