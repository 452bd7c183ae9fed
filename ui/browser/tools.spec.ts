import type { Page } from '@playwright/test';
import { drawAround, expect, hoverPoint, open, search, stage, test } from './window';

const selected = async (page: Page) =>
  Number((await page.getByRole('tab', { name: /^Selection/ }).textContent())!.match(/\d+/)?.[0] ?? 0);

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
  await expect(page.getByText(/items? · brush/)).toBeVisible();
  const first = await selected(page);
  await page.keyboard.down('Shift');
  await stroke(0.7, 0.3);
  await page.keyboard.up('Shift');
  await expect(page.getByText(/brush, changed/)).toBeVisible();
  expect(await selected(page)).toBeGreaterThan(first);
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
  await expect(page.getByText('Nearest to orbit − telescope + violin')).toBeVisible();
});

test('a box takes in what lies in it, and a lasso with Alt takes some of it away', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('b');
  const box = (await stage(page).boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.26, box.y + box.height * 0.16);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.82, box.y + box.height * 0.8, { steps: 8 });
  await page.mouse.up();
  await expect(page.getByText(/items · box$/)).toBeVisible();
  const all = await selected(page);
  await page.keyboard.press('l');
  await page.keyboard.down('Alt');
  await drawAround(page);
  await page.keyboard.up('Alt');
  await expect(page.getByText(/items? · box, changed/)).toBeVisible();
  const left = await selected(page);
  expect(left).toBeLessThan(all);
  // What was taken away is what the same lasso takes in: it lies in the box.
  await drawAround(page);
  await expect(page.getByText(`${all - left} items · lasso`)).toBeVisible();
});

test('the answers of a search join what is selected', async ({ page }) => {
  await open(page, 'full', 200);
  await page
    .getByRole('region', { name: 'Colour', exact: true })
    .getByRole('button', { name: /^bread, oven/ })
    .click();
  await expect(page.getByText('17 items · bread, oven')).toBeVisible();
  await search(page, 'a loan from the bank');
  await page.getByRole('tab', { name: 'Search' }).click();
  await page.keyboard.press('h');
  await expect(page.getByText('37 items · bread, oven, changed')).toBeVisible();
});
