/** The two programs that draw a point, in GLSL ES 3.00: where it is, and how it is filled. `SHAPED` adds shapes to discs. */
import { BEYOND, REACH } from './shapes';

/** Positions move from one layout to the next by `mixing`; `colour.a` says whether a point is in the light (1) or faded (0), and its shape: so many 255ths less. */
export const VERTEX = /* glsl */ `
precision highp float;
uniform mat4 matrix;
uniform float mixing;
uniform float size;
uniform float rim;
uniform float alpha;
uniform float faint;
uniform vec3 canvas;
uniform vec2 depth;
in vec3 start;
in vec3 place;
in vec4 colour;
out vec4 tint;
#ifdef SHAPED
flat out float shape;
#endif

void main() {
  vec3 at = mixing < 1.0 ? mix(start, place, mixing) : place;
  gl_Position = matrix * vec4(at, 1.0);
#ifdef SHAPED
  shape = colour.a > 0.5 ? floor((1.0 - colour.a) * 255.0 + 0.5) : 0.0;
  gl_PointSize = ${2 * REACH} * size + 2.0 * rim + 1.0;
#else
  gl_PointSize = size + 2.0 * rim + 1.0;
#endif
  float far = depth.y > depth.x ? 0.6 * smoothstep(depth.x, depth.y, gl_Position.w) : 0.0;
  tint = vec4(mix(colour.rgb, canvas, far), colour.a > 0.5 ? alpha : faint);
  // A place that is not a number has no pixel.
  if (!(abs(at.x) < 1e30 && abs(at.y) < 1e30 && abs(at.z) < 1e30)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`;

/** A disc, or another shape, with an edge one pixel soft, and, where it is large enough, around it a rim of the canvas that keeps it from its neighbours. */
export const FRAGMENT = /* glsl */ `
precision highp float;
uniform float size;
uniform float rim;
uniform vec3 canvas;
in vec4 tint;
out vec4 fragment;
#ifdef SHAPED
flat in float shape;
${BEYOND}
#endif

void main() {
#ifdef SHAPED
  vec2 at = (gl_PointCoord - 0.5) * vec2(1.0, -1.0) * (${2 * REACH} * size + 2.0 * rim + 1.0);
  float beyond = beyond_shape(shape, at, size);
#else
  float beyond = length(gl_PointCoord - 0.5) * (size + 2.0 * rim + 1.0) - 0.5 * size;
#endif
  float cover = clamp(0.5 + rim - beyond, 0.0, 1.0);
  if (cover <= 0.0) discard;
  float at_rim = rim > 0.0 ? clamp(beyond + 0.5, 0.0, 1.0) : 0.0;
  float opaque = tint.a * cover;
  fragment = vec4(mix(tint.rgb, canvas, 0.8 * at_rim) * opaque, opaque);
}
`;
