/**
 * How many pixels of the screen a pixel of the page has, for whatever is drawn. WebKit leaves its own zoom out of
 * `devicePixelRatio`, other engines have it within; without it, all that is drawn is blurred where everything is larger.
 */

let zoom = 1;

/** Everything in the window is so large now, in per cent. */
export function zoomed(to: number): void {
  zoom = to / 100;
}

/** Whoever draws once, and not with every frame, draws anew when the zoom changes. */
export function sharpness(): number {
  // Chromium alone makes this known.
  const within = 'userAgentData' in navigator;
  return (window.devicePixelRatio || 1) * (within ? 1 : zoom);
}
