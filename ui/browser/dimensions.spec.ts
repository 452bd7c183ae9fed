/** One map in two dimensions and in three. */
import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './window';

const maps = (page: Page, name: RegExp) => page.getByRole('button', { name });
const card = (page: Page) => page.getByRole('region', { name: 'This map' });
const side = (page: Page, name: string) =>
  card(page).getByRole('group', { name: 'Dimensions' }).getByRole('button', { name });

test('a map is shown in three dimensions, and flat again', async ({ page }) => {
  await open(page, 'full', 200);
  await expect(side(page, '2-D')).toHaveAttribute('aria-pressed', 'true');
  const before = await maps(page, /^t-SNE/).count();
  await side(page, '3-D').click();
  await expect(page.getByText('t-SNE is being laid out in 3-D with the parameters of this map')).toBeVisible();
  await expect(side(page, '3-D')).toHaveAttribute('aria-pressed', 'true');
  await accessible(page);
  // The flat one is there: also while the other is laid out.
  await page.keyboard.press('z');
  await expect(side(page, '2-D')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('z');
  await expect(side(page, '3-D')).toHaveAttribute('aria-pressed', 'true');
  expect(await maps(page, /^t-SNE/).count()).toBe(before + 1);
});

test('what cannot be shown in three dimensions says why', async ({ page }) => {
  await open(page, 'reading', 200);
  await expect(side(page, '3-D')).toBeDisabled();
  await expect(side(page, '3-D')).toHaveAttribute('title', 'This workspace is open for reading only');
});
