/**
 * The two programs that draw a point, in GLSL ES 3.00: where it is, and how it is filled. A picture pays for what it
 * shows: `SHAPED` adds shapes to discs, `RIMMED` a rim around them, `DEEP` a third dimension.
 */
import { FIELD, LEVELS } from './density';
import { BEYOND } from './shapes';

/** Positions move from one layout to the next by `mixing`; `colour.a` says whether a point is in the light (1) or faded (0), and its shape: so many 255ths less. */
export const VERTEX = /* glsl */ `
precision highp float;
uniform mat4 matrix;
uniform float mixing;
uniform float sprite;
uniform float faint;
#ifdef DEEP
uniform vec3 canvas;
uniform vec2 depth;
#endif
uniform highp usampler2D levels;
uniform vec3 square;
uniform float alphas[${LEVELS}];
in vec3 start;
in vec3 place;
in vec4 colour;
flat out vec4 tint;
#ifdef SHAPED
flat out float shape;
#endif

void main() {
  vec3 at = mixing < 1.0 ? mix(start, place, mixing) : place;
  gl_Position = matrix * vec4(at, 1.0);
  gl_PointSize = sprite;
  ivec2 cell = clamp(ivec2((place.xy - square.xy) * square.z), 0, ${FIELD - 1});
  float clear = alphas[texelFetch(levels, cell, 0).r];
  tint = vec4(colour.rgb, colour.a > 0.5 ? clear : faint);
#ifdef SHAPED
  shape = colour.a > 0.5 ? floor((1.0 - colour.a) * 255.0 + 0.5) : 0.0;
#endif
#ifdef DEEP
  tint.rgb = mix(tint.rgb, canvas, 0.6 * smoothstep(depth.x, depth.y, gl_Position.w));
#endif
  // A place that is not a number has no pixel.
  if (!(abs(at.x) < 1e30 && abs(at.y) < 1e30 && abs(at.z) < 1e30)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`;

/** A disc, or another shape, with an edge one pixel soft, and, where it is large enough, around it a rim of the canvas that keeps it from its neighbours. */
export const FRAGMENT = /* glsl */ `
precision highp float;
uniform float sprite;
uniform float size;
#ifdef RIMMED
uniform float rim;
uniform vec3 canvas;
#endif
flat in vec4 tint;
out vec4 fragment;
#ifdef SHAPED
flat in float shape;
${BEYOND}
#endif

void main() {
#ifdef SHAPED
  float beyond = beyond_shape(shape, (gl_PointCoord - 0.5) * vec2(1.0, -1.0) * sprite, size);
#else
  float beyond = length(gl_PointCoord - 0.5) * sprite - 0.5 * size;
#endif
  float opaque = tint.a;
  vec3 ink = tint.rgb;
#ifdef RIMMED
  opaque *= clamp(0.5 + rim - beyond, 0.0, 1.0);
  ink = mix(ink, canvas, 0.8 * clamp(beyond + 0.5, 0.0, 1.0));
#else
  opaque *= clamp(0.5 - beyond, 0.0, 1.0);
#endif
#ifdef DEEP
  // What is not seen hides nothing behind it.
  if (opaque <= 0.0) discard;
#endif
  fragment = vec4(ink * opaque, opaque);
}
`;
