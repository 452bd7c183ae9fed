/** Four of Embedscope's own maps side by side, looked at from one place, as Compare has them. */
import { Plot } from '../../../ui/src/plot/plot';
import { propsOf } from './ours.js';

const MAPS = 4;

export async function make(stage, cloud, { frame }) {
  Object.assign(stage.style, { display: 'grid', gridTemplate: '1fr 1fr / 1fr 1fr' });
  const shown = Array(MAPS).fill(0);
  const plots = Array.from({ length: MAPS }, (_, map) => {
    const host = document.createElement('div');
    stage.append(host);
    return new Plot(host, { ...propsOf(cloud), set: map, map }, { onShown: (points) => (shown[map] = points) });
  });
  const home = plots[0].view;
  return {
    first: () => frame(),
    shown: () => shown.reduce((sum, points) => sum + points, 0),
    async move(step) {
      for (const plot of plots) plot.setView({ ...home, x: home.x + Math.sin(step / 3) * 0.05 });
    },
  };
}
