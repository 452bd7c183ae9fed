/** Axes that mean something have a grid; others have none. */
import type { Page } from '@playwright/test';
import { expect, open, stage, test } from './window';

const maps = (page: Page, name: RegExp) => page.getByRole('button', { name });
const card = (page: Page) => page.getByRole('region', { name: 'This map' });

/** The lines that go right across the stage, as pixels from the left and from above. */
async function lines(page: Page): Promise<{ upright: number[]; level: number[] }> {
  const picture = (await stage(page).screenshot()).toString('base64');
  return page.evaluate(async (picture) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (c) => c.charCodeAt(0))]));
    const { width, height } = image;
    const pen = new OffscreenCanvas(width, height).getContext('2d')!;
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    const pixels = new Int32Array(data.buffer);
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    const [ground] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
    const inked = (at: number) => Number(pixels[at] !== ground);
    // Cards lie along the edges above and below.
    const [top, foot] = [120, height - 120];
    const crossed = (from: number, to: number, span: [number, number], at: (i: number, j: number) => number) =>
      Array.from({ length: to - from }, (_, i) => from + i).filter((i) => {
        let sum = 0;
        for (let j = span[0]; j < span[1]; j++) sum += inked(at(i, j));
        return sum > 0.85 * (span[1] - span[0]);
      });
    return {
      upright: crossed(0, width, [top, foot], (x, y) => y * width + x),
      level: crossed(top, foot, [0, width], (y, x) => y * width + x),
    };
  }, picture);
}

test('principal components have a grid that moves with the view, and t-SNE has none', async ({ page }) => {
  await open(page, 'full', 200);
  await page.mouse.move(5, 5);
  expect(await lines(page)).toEqual({ upright: [], level: [] });
  await maps(page, /^PCA/).first().click();
  await expect(card(page).getByRole('heading')).toContainText('PCA');
  await expect.poll(async () => (await lines(page)).upright.length).toBeGreaterThan(1);
  await expect.poll(async () => (await lines(page)).level.length).toBeGreaterThan(1);

  const before = await lines(page);
  const box = (await stage(page).boundingBox())!;
  const [x, y] = [box.x + 60, box.y + box.height / 2 + 40];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 24, y, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(5, 5);
  const moved = before.upright.map((at) => at + 24).filter((at) => at < box.width);
  await expect.poll(async () => (await lines(page)).upright).toEqual(expect.arrayContaining(moved));
});

test('values of the grid stand in a figure', async ({ page }) => {
  await open(page, 'full', 200);
  await maps(page, /^PCA/).first().click();
  await expect(card(page).getByRole('heading')).toContainText('PCA');
  await page.keyboard.press('Shift+E');
  const drawn = page.getByRole('dialog').locator('svg').filter({ hasText: 'PCA, 2 components' });
  await expect(drawn.getByText('−0.4', { exact: true }).first()).toBeAttached();
});
