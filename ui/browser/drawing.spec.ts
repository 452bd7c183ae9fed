/** Who draws the points: the processor or the card, with one picture. */
import { type Page } from '@playwright/test';
import { counter, expect, open, shown, stage, test } from './window';

/** The stage as a picture once every point stands in it, and whether the processor drew it. */
async function drawn(page: Page): Promise<{ picture: string; byHand: boolean }> {
  await open(page, 'huge', 60_000);
  await page.mouse.move(5, 5);
  const byHand = (await stage(page).locator('canvas:not([hidden])').count()) === 3;
  let picture = '';
  // The view may still settle, and fewer points are drawn while it does.
  await expect(async () => {
    expect(await counter(page).textContent()).toBe(shown(60_000));
    picture = (await stage(page).screenshot()).toString('base64');
    expect(await counter(page).textContent()).toBe(shown(60_000));
  }).toPass();
  return { picture, byHand };
}

/** How far two pictures are apart, in levels of 255: on average, and where they differ most (in the mean of a square of 16 px). */
const apart = (page: Page, a: string, b: string) =>
  page.evaluate(
    async (pictures) => {
      const [one, other] = await Promise.all(
        pictures.map(async (picture) => {
          const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (c) => c.charCodeAt(0))]));
          const pen = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
          pen.drawImage(image, 0, 0);
          return pen.getImageData(0, 0, image.width, image.height);
        }),
      );
      const { data, width } = one!;
      const squares = new Map<number, { difference: number; count: number }>();
      let sum = 0;
      for (let i = 0; i < data.length; i++) {
        const difference = data[i]! - other!.data[i]!;
        sum += Math.abs(difference);
        const pixel = Math.floor(i / 4);
        const at = Math.floor(Math.floor(pixel / width) / 16) * width + Math.floor((pixel % width) / 16);
        const square = squares.get(at) ?? { difference: 0, count: 0 };
        squares.set(at, { difference: square.difference + difference, count: square.count + 1 });
      }
      const means = [...squares.values()].map(({ difference, count }) => Math.abs(difference / count));
      return { mean: sum / data.length, most: Math.max(...means) };
    },
    [a, b],
  );

test('the processor draws what the card draws', async ({ page, context }) => {
  // Which of them is quicker is another matter on every machine: here a card that takes its time, below a processor that does.
  await page.addInitScript(() => {
    WebGL2RenderingContext.prototype.readPixels = () => {
      for (const began = performance.now(); performance.now() < began + 500;);
    };
  });
  const one = await drawn(page);
  expect(one.byHand).toBe(true);
  const other = await context.newPage();
  await other.addInitScript(() => {
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (image: ImageData, x: number, y: number) {
      for (const began = performance.now(); performance.now() < began + 2_000;);
      Reflect.apply(put, this, [image, x, y]);
    };
  });
  const two = await drawn(other);
  expect(two.byHand).toBe(false);
  const { mean, most } = await apart(other, one.picture, two.picture);
  expect(mean).toBeLessThan(0.3);
  expect(most).toBeLessThan(1.5);
});
