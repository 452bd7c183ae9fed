/** Letters on a figure: as SVG writes them, as wide as they are, cut and broken to fit. Pure; deliberately absent: what they say. */

/** How wide a text is (px) in a CSS font. */
export type Measure = (text: string, font: string) => number;

/** The rim of a figure, the room of its title and of a line of its caption (px). */
export const PAGE = 28;
export const TITLE = 34;
export const LINE = 17;

export const FAMILY = "Inter, 'Inter Variable', sans-serif";
export const font = (weight: number, size: number) => `${weight} ${size}px ${FAMILY}`;

export function text(
  words: string,
  x: number,
  y: number,
  weight: number,
  size: number,
  colour: string,
  anchor = '',
): string {
  const held = anchor ? ` text-anchor="${anchor}"` : '';
  return `<text x="${fine(x)}" y="${fine(y)}" font-weight="${weight}" font-size="${size}" fill="${colour}"${held}>${escaped(words)}</text>`;
}

export function shortened(words: string, room: number, measure: Measure): string {
  if (measure(words, font(400, 12)) <= room) return words;
  let end = words.length;
  while (end > 1 && measure(`${words.slice(0, end)}…`, font(400, 12)) > room) end--;
  return `${words.slice(0, end).trimEnd()}…`;
}

/** Breaks sentences between words. */
export function wrap(words: string, room: number, measure: Measure): string[] {
  const lines: string[] = [];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer, font(400, 12)) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

export const fine = (value: number) => Math.round(value * 100) / 100;

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Words as they may stand in an SVG; what XML cannot hold is left out. */
export const escaped = (words: string) =>
  words
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replace(/[&<>"']/g, (sign) => SIGNS[sign]!);
