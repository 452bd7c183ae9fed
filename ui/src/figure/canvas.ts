/** What a figure needs a canvas for: how wide letters are, and a picture as an address. Deliberately absent: what is drawn. */
import { words } from '../words';

let pen: CanvasRenderingContext2D | null = null;

/** How wide a text is (px) in a CSS font. */
export function measured(text: string, font: string): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return text.length * 7;
  pen.font = font;
  return pen.measureText(text).width;
}

/** A canvas as the address of a PNG. */
export async function addressOf(canvas: HTMLCanvasElement): Promise<string> {
  const { noPicture } = words.state.figure;
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error(noPicture);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error(noPicture));
    reader.readAsDataURL(blob);
  });
}
