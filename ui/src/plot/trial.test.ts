import { expect, it } from 'vitest';
import { Trial } from './trial';

/** A machine whose every drawing takes so long (ms), the first ones longer. */
function machine(card_ms: number, processor_ms: number) {
  let now = 0;
  let drawn = 0;
  const draws = (ms: number) => {
    let first = true;
    return () => {
      now += first ? 40 + ms : ms;
      first = false;
      drawn++;
    };
  };
  const trial = new Trial();
  const [card, processor] = [draws(card_ms), draws(processor_ms)];
  return { quicker: () => trial.processorIsQuicker(card, processor, () => now), drawn: () => drawn };
}

it('leaves the card only for something much quicker, whatever the first drawing took', () => {
  expect(machine(24, 3).quicker()).toBe(true);
  expect(machine(1, 3).quicker()).toBe(false);
  expect(machine(5, 3).quicker()).toBe(false);
});

it('tries once for a window', () => {
  const { quicker, drawn } = machine(24, 3);
  quicker();
  expect(quicker()).toBe(true);
  expect(drawn()).toBe(4);
});
