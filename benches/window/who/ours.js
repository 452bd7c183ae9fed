/** Embedscope's own map. */
import { Plot } from '../../../ui/src/plot/plot';
import { PALETTE } from '../cloud.js';

const THEME = {
  dark: false,
  canvas: '#ffffff',
  text: '#1b1e23',
  secondary: '#565e69',
  accent: '#3257e0',
  query: '#b93c0b',
  unselected: '#b3b8bf',
  font: 'sans-serif',
};

/** What a plot is given of a cloud. */
export function propsOf({ count, positions, classes }) {
  // As the program has them: in an order that is shuffled once.
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  for (let i = count - 1, state = 7; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return {
    ...{ set: 1, map: 1, positions, dims: 2, order, classes, palette: PALETTE, shapes: null, selected: null, hovered: null },
    ...{ pinned: null, hub: null, neighbours: [], axes: [], query: null, arrows: [], labels: [], pictures: null, texts: null, tool: 'pointer' },
    ...{ margins: { top: 0, right: 0, bottom: 0, left: 0 }, theme: THEME, reducedMotion: true, title: 'Points' },
  };
}

export async function make(stage, cloud, { frame, turn, pump }) {
  const { count } = cloud;
  let answers = 0;
  let shown = 0;
  let reducedMotion = true;
  const plot = new Plot(stage, propsOf(cloud), { onHover: () => answers++, onShown: (points) => (shown = points) });
  const home = plot.view;
  return {
    first: () => frame(),
    shown: () => shown,
    async still() {
      // Long after the last movement; whether motion is reduced changes nothing that is seen, but draws all of it.
      await new Promise((resolve) => setTimeout(resolve, 700));
      reducedMotion = !reducedMotion;
      plot.update({ reducedMotion });
    },
    move: async (step) => plot.setView({ ...home, x: home.x + Math.sin(step / 3) * 0.05 }),
    /** Milliseconds from a pointer that moves to the row it means, with the places of rows as its places. */
    async hover(times) {
      const box = stage.getBoundingClientRect();
      const taken = [];
      for (let i = 0; taken.length < times; i++) {
        const at = plot.screenOf((i * 7919) % count);
        const before = answers;
        const began = performance.now();
        const where = { clientX: box.left + at.x, clientY: box.top + at.y };
        stage.dispatchEvent(new PointerEvent('pointermove', { ...where, bubbles: true, pointerId: 1 }));
        // Where the card is still busy, an answer that waits for it is late.
        for (let turns = 0; answers === before && turns < 500; turns++) {
          pump();
          if (answers === before) await turn();
        }
        if (answers > before) taken.push(performance.now() - began);
        await turn();
      }
      return taken;
    },
  };
}
