import { describe, expect, it } from 'vitest';
import { Budget } from './budget';

/** Draws on a device that needs so long a point until the budget has settled; what it draws then, on average. */
function settle(budget: Budget, total: number, each_ms: number, plots = 1): number {
  let sum = 0;
  let now = clock;
  for (let frame = 0; frame < 300; frame++) {
    let drawn = 0;
    budget.settle(now);
    for (let plot = 0; plot < plots; plot++) {
      const own = budget.prefix(total);
      budget.drew(now, own, null);
      drawn += own;
    }
    now += Math.max(16.7, drawn * each_ms);
    if (frame >= 200) sum += drawn / 100;
  }
  clock = now;
  return sum;
}
let clock = 1;

describe('the budget', () => {
  it('draws everything where that is quick', () => {
    expect(settle(new Budget(), 1_000_000, 1e-6)).toBeCloseTo(1_000_000);
  });

  it('finds what a slow device can draw in a frame', () => {
    const drawn = settle(new Budget(), 1_000_000, 2e-4);
    expect(drawn * 2e-4).toBeLessThan(28);
    expect(drawn * 2e-4).toBeGreaterThan(15);
  });

  it('never draws fewer than a glance needs, nor more than there are', () => {
    expect(settle(new Budget(), 1_000_000, 0.01)).toBe(15_000);
    expect(new Budget().prefix(300)).toBe(300);
  });

  it('knows what a whole frame costs', () => {
    const budget = new Budget();
    settle(budget, 1_000_000, 1e-3);
    expect(budget.cost_ms(1_000_000)).toBeCloseTo(1000);
  });

  it('recovers after a slow spell, and shrugs off a pause', () => {
    const budget = new Budget();
    settle(budget, 1_000_000, 1e-3);
    expect(settle(budget, 1_000_000, 1e-6)).toBeCloseTo(1_000_000);
    budget.settle(clock + 60_000);
    expect(budget.prefix(1_000_000)).toBe(1_000_000);
  });

  it('looks only at what the processor took for the points, where it draws them', () => {
    const budget = new Budget();
    let now = 1;
    for (let frame = 0; frame < 60; frame++, now += 45) {
      budget.settle(now);
      for (const own of [budget.prefix(1_000_000), 20_000]) budget.drew(now, own, own * 4e-5);
    }
    expect(budget.prefix(1_000_000) * 4e-5).toBeGreaterThan(10);
    expect(budget.prefix(1_000_000) * 4e-5).toBeLessThan(20);
    expect(budget.prefix(100_000)).toBe(100_000);
  });

  it('is shared by plots that stand side by side', () => {
    const budget = new Budget();
    budget.share(4);
    const drawn = settle(budget, 100_000, 2e-4, 4);
    expect(drawn * 2e-4).toBeLessThan(28);
    expect(drawn * 2e-4).toBeGreaterThan(15);
    // On the slowest device each still draws its part of a glance.
    expect(settle(budget, 100_000, 0.01, 4)).toBe(15_000);
  });
});
