/** What the pointer looks like with a tool in hand. */
import { BRUSH } from './lasso';
import type { Tool } from './props';

export function cursorOf(tool: Tool, colour: string): string {
  return tool === 'pointer' ? 'default' : tool === 'brush' ? ring(colour) : 'crosshair';
}

/** A ring as large as the brush. */
function ring(colour: string): string {
  const side = 2 * BRUSH;
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><circle cx="${BRUSH}" cy="${BRUSH}" r="${BRUSH - 1}" fill="none" stroke="${colour}" stroke-width="1.5"/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(drawn)}") ${BRUSH} ${BRUSH}, crosshair`;
}
