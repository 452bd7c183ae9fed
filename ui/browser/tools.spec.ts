import { expect, hoverPoint, open, search, stage, test } from './window';

test('a brush takes in what it goes over, and more with Shift', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('r');
  const box = (await stage(page).boundingBox())!;
  const stroke = async (from: number, to: number) => {
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * from);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * to, { steps: 12 });
    await page.mouse.up();
  };
  await stroke(0.3, 0.7);
  const tab = page.getByRole('tab', { name: /^Selection/ });
  await expect(page.getByText(/items? · brush/)).toBeVisible();
  const first = Number((await tab.textContent())!.match(/\d+/)![0]);
  await page.keyboard.down('Shift');
  await stroke(0.7, 0.3);
  await page.keyboard.up('Shift');
  await expect(page.getByText(/brush, changed/)).toBeVisible();
  expect(Number((await tab.textContent())!.match(/\d+/)![0])).toBeGreaterThan(first);
});

test('an axis is pulled from one item to another', async ({ page }) => {
  await open(page, 'full', 200);
  // Where two points are is found by pointing at them.
  await hoverPoint(page);
  const from = await page.evaluate(() => {
    const card = document.querySelector('[aria-label="Item under the pointer"]')!;
    return card.textContent;
  });
  expect(from).toBeTruthy();
  const spots = await page.evaluate(async () => {
    const host = document.querySelector('[role="application"]')!;
    const box = host.getBoundingClientRect();
    const found: { x: number; y: number }[] = [];
    for (let y = box.top + 160; y < box.bottom - 120 && found.length < 2; y += 22)
      for (let x = box.left + 300; x < box.right - 60 && found.length < 2; x += 22) {
        host.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y, bubbles: true }));
        await new Promise(requestAnimationFrame);
        const card = document.querySelector('[aria-label="Item under the pointer"]');
        if (card && !found.some((spot) => Math.hypot(spot.x - x, spot.y - y) < 120)) {
          await new Promise((resolve) => setTimeout(resolve, 200));
          found.push({ x, y });
        }
      }
    return found;
  });
  expect(spots).toHaveLength(2);
  await page.keyboard.press('a');
  await page.mouse.move(spots[0]!.x, spots[0]!.y);
  await page.mouse.down();
  await page.mouse.move(spots[1]!.x, spots[1]!.y, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByRole('region', { name: 'Along axes' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Axes' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('region', { name: 'Along axes' }).getByRole('button', { name: 'Back to the map' }).click();
  await expect(page.getByLabel('This map')).toBeVisible();
});

test('a sum of meanings is drawn with its answer, and a search with its words', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'bread');
  await page.screenshot({ path: '/tmp/b/live/query.png' });
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Axes' }).click();
  await page.getByLabel('A sum of meanings').fill('orbit − telescope + violin');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Nearest to')).toBeVisible();
  await page.waitForTimeout(400);
  await page.screenshot({ path: '/tmp/b/live/sum.png' });
});
