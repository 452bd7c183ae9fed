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
  const from = await hoverPoint(page);
  const to = await hoverPoint(page, from.text);
  await page.keyboard.press('a');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
  const along = page.getByRole('region', { name: 'Along axes' });
  await expect(along).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Axes' })).toHaveAttribute('aria-selected', 'true');
  await along.getByRole('button', { name: 'Back to the map' }).click();
  await expect(page.getByLabel('This map')).toBeVisible();
});

test('a sum of meanings is drawn with its answer, and a search with its words', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'bread');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Axes' }).click();
  await page.getByLabel('A sum of meanings').fill('orbit − telescope + violin');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await expect(page.getByText('Nearest to')).toBeVisible();
});
