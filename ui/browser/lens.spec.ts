/** What is under the lens, and what is nearest to a question. */
import { counter, expect, hoverPoint, open, search, shown, stage, test } from './window';

test('the card under the pointer tells its columns and how near it is to the kept item', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'the night train');
  await page.locator('#lens .item').first().click();
  await expect(page.getByText('Nearest in the full space')).toBeVisible();
  await hoverPoint(page);
  const card = page.getByRole('group', { name: 'Item under the pointer' });
  await expect(card.getByText(/^To “/)).toBeVisible();
  await expect(card.getByText('written')).toBeVisible();
});

test('more answers are listed on demand, beside how near half of all are', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a late frost');
  await expect(page.getByText(/^Half of all items are below −?0\.\d\d, the mark on each bar$/)).toBeVisible();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect(page.getByText('40 nearest of 200')).toBeVisible();
  await expect(page.locator('#lens .item')).toHaveCount(40);
});

test('what comes under the lens is seen from its beginning, and the map goes to it', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a late frost');
  const lens = page.locator('#lens');
  const top = () => lens.evaluate(({ scrollTop }) => scrollTop);
  await lens.evaluate((panel) => panel.scrollTo(0, 300));
  expect(await top()).toBe(300);
  const whole = await stage(page).screenshot();
  await page.getByRole('region', { name: 'Colour' }).getByRole('button').filter({ hasText: 'bread, oven' }).click();
  await expect(page.getByRole('button', { name: 'Zoom to it' })).toBeInViewport();
  expect(await top()).toBe(0);
  await page.getByRole('button', { name: 'Zoom to it' }).click();
  await expect(counter(page)).toHaveText(shown(200));
  await page.keyboard.press('c');
  await expect.poll(async () => (await stage(page).screenshot()).equals(whole)).toBe(false);

  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: 'Redo' })).toBeEnabled();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(page.getByRole('button', { name: 'Redo' })).toBeDisabled();
});

test('a map is forgotten after it was asked, and another one is shown', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Shift+D');
  const dialog = page.getByRole('dialog', { name: 'Forget this map?' });
  await expect(dialog).toContainText('t-SNE · all-MiniLM-L6-v2');
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(page.getByLabel('This map')).toContainText('PCA');
  await expect(counter(page)).toHaveText(shown(200));
});

test('what is fetched is seen on the empty window', async ({ page }) => {
  await open(page, 'empty');
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Fetch resnet50' }).click();
  await page.keyboard.press('m');
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
  await expect(page.locator('header').getByRole('button', { name: /\d+ %|Working/ })).toBeVisible();
});
