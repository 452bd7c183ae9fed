/** The same points for all: groups of many sizes, seeded; places within −1 to 1, and a class for each. */

export const PALETTE = [
  '#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377',
  '#ee9a3a', '#44aa99', '#882255', '#999933', '#cc6677', '#6699cc',
];
export const SIZE_PX = 2;
export const OPACITY = 0.5;

export function cloud(count) {
  let state = 42;
  // Mulberry32.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const groups = PALETTE.map(() => ({ x: random() * 1.4 - 0.7, y: random() * 1.4 - 0.7, spread: 0.03 + random() * 0.09 }));
  const positions = new Float32Array(count * 2);
  const classes = new Uint16Array(count);
  for (let row = 0; row < count; row++) {
    const of = Math.floor(random() * groups.length);
    const { x, y, spread } = groups[of];
    positions[row * 2] = Math.max(-1, Math.min(1, x + normal() * spread));
    positions[row * 2 + 1] = Math.max(-1, Math.min(1, y + normal() * spread));
    classes[row] = of;
  }
  return { count, positions, classes };
}

export const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
