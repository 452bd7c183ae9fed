/** deck.gl's ScatterplotLayer over binary columns, without smoothing of edges beyond its own. */
import { Deck, OrthographicView } from '@deck.gl/core';
import { ScatterplotLayer } from '@deck.gl/layers';
import { OPACITY, PALETTE, SIZE_PX, rgb } from '../cloud.js';

export async function make(stage, { count, positions, classes }, { frame, turn, pump }) {
  const colours = new Uint8Array(count * 4);
  const table = PALETTE.map(rgb);
  for (let row = 0; row < count; row++) colours.set([...table[classes[row]], OPACITY * 255], row * 4);
  const layer = new ScatterplotLayer({
    id: 'points',
    data: {
      length: count,
      attributes: { getPosition: { value: positions, size: 2 }, getFillColor: { value: colours, size: 4, normalized: true } },
    },
    ...{ radiusUnits: 'pixels', getRadius: SIZE_PX / 2, stroked: false, pickable: false, antialiasing: false },
  });
  const looking = (x) => ({ target: [x, 0, 0], zoom: Math.log2(400) });
  const deck = new Deck({
    ...{ parent: stage, width: 1000, height: 800, views: new OrthographicView({ flipY: false }), layers: [layer] },
    ...{ viewState: looking(0), useDevicePixels: false, deviceProps: { type: 'webgl', webgl: { antialias: false } } },
  });
  const ask = (x) => {
    deck.setProps({ viewState: looking(x) });
    deck.redraw('measured');
  };
  return {
    async first() {
      // Its layers are made over a few frames.
      for (let turns = 0; turns < 20 || !deck.isInitialized; turns++) {
        await turn();
        pump();
      }
      requestAnimationFrame(() => ask(0.001));
      return frame();
    },
    still: async () => requestAnimationFrame(() => ask(Math.random() * 1e-6)),
    move: async (step) => requestAnimationFrame(() => ask(Math.sin(step / 3) * 0.05)),
  };
}
