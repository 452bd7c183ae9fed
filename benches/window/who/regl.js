/** regl-scatterplot, with its own look at the same size and opacity. */
import createScatterplot from 'regl-scatterplot';
import { OPACITY, PALETTE, SIZE_PX } from '../cloud.js';

export async function make(stage, { count, positions, classes }, { frame, turn, pump }) {
  const canvas = document.createElement('canvas');
  stage.append(canvas);
  const plot = createScatterplot({
    ...{ canvas, width: 1000, height: 800, pointSize: SIZE_PX, opacity: OPACITY, pointColor: PALETTE },
    ...{ colorBy: 'valueA', backgroundColor: '#ffffff', mouseMode: 'panZoom', aspectRatio: 1 },
  });
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  for (let row = 0; row < count; row++) [x[row], y[row]] = [positions[row * 2], positions[row * 2 + 1]];
  const moved = (by) => plot.view([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, by, 0, 0, 1], { preventEvent: true });
  return {
    async first() {
      let there = false;
      const done = plot.draw({ x, y, valueA: Float32Array.from(classes) }, { zDataType: 'categorical' });
      void done.then(() => (there = true));
      while (!there) {
        await turn();
        pump();
      }
      moved(0.01);
      return frame();
    },
    still: async () => moved(Math.random() * 1e-6),
    move: async (step) => moved(Math.sin(step / 3) * 0.05),
  };
}
