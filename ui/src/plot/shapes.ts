/**
 * The shapes of points: discs, and three more that join them where classes outnumber the colours that are told apart
 * well. Said three times, for the card, for pixels and for paper, and meaning the same. Deliberately absent: which class
 * has which shape (`palette.ts`).
 */

/** Disc, square, triangle, diamond. */
export const SHAPES = 4;
/** How far their corners reach from the middle at most, as a share of a disc's diameter. */
export const REACH = 0.7;
/** Points with shapes are at least this large (px): smaller ones look alike. */
export const SHAPED_SIZE = 7;

/** Halves of a diameter that give all shapes about the same area. */
const SQUARE = 0.44;
const TRIANGLE = 0.34;
const DIAMOND = 0.42;
const SLOPE = [Math.sqrt(3) / 2, 0.5] as const;

/** How far a place lies beyond the edge of a shape (below 0: inside), from the middle of it, `y` upwards. */
export function beyond(shape: number, x: number, y: number, size: number): number {
  const [across, along] = [Math.abs(x), Math.abs(y)];
  if (shape === 1) return Math.max(across, along) - SQUARE * size;
  if (shape === 2) return Math.max(SLOPE[0] * across + SLOPE[1] * y, -y) - TRIANGLE * size;
  if (shape === 3) return Math.SQRT1_2 * (across + along) - DIAMOND * size;
  return Math.hypot(x, y) - 0.5 * size;
}

/** The same in GLSL ES 3.00. */
export const BEYOND = /* glsl */ `
float beyond_shape(float shape, vec2 at, float size) {
  vec2 away = abs(at);
  if (shape < 0.5) return length(at) - 0.5 * size;
  if (shape < 1.5) return max(away.x, away.y) - ${SQUARE} * size;
  if (shape < 2.5) return max(${SLOPE[0]} * away.x + ${SLOPE[1]} * at.y, -at.y) - ${TRIANGLE} * size;
  return ${Math.SQRT1_2} * (away.x + away.y) - ${DIAMOND} * size;
}
`;

/** A shape as an element of an SVG whose `y` goes down, closed but for its ink; `grown` widens it evenly (px). */
export function outline(shape: number, x: number, y: number, size: number, grown = 0): string {
  if (shape === 0) return `<circle cx="${fine(x)}" cy="${fine(y)}" r="${fine(size / 2 + grown)}"`;
  const [square, low, tip] = [SQUARE * size + grown, TRIANGLE * size + grown, (DIAMOND * size + grown) * Math.SQRT2];
  const wide = low * Math.sqrt(3);
  const corners = [
    [],
    [-square, -square, square, -square, square, square, -square, square],
    [0, -2 * low, wide, low, -wide, low],
    [0, -tip, tip, 0, 0, tip, -tip, 0],
  ][shape]!;
  const points = corners.map((part, at) => fine((at % 2 ? y : x) + part));
  return `<polygon points="${points.join(' ')}"`;
}

/** Two digits after the point are finer than any printer. */
const fine = (value: number) => Math.round(value * 100) / 100;
