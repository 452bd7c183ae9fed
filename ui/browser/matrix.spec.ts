import type { Page } from '@playwright/test';
import { expect, open, test } from './window';

const heat = (page: Page) => page.getByRole('img', { name: /every pair a cell/ });

/** Drags over a block, from and to a share of the picture's box. */
async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = (await heat(page).boundingBox())!;
  const at = ([x, y]: [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 6 });
  await page.mouse.up();
}

const chosen = async (page: Page) => parseInt((await page.getByText(/^\d+ items selected$/).textContent())!);

test('the matrix of the selection is always that of the selection as it is', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('3');
  await expect(page.getByText(/^200 items · cosine/)).toBeVisible();
  // A block of the sample is selected, and the sample stays.
  await drag(page, [0.45, 0.3], [0.6, 0.6]);
  const many = await chosen(page);
  await expect(page.getByText('Similarity of a sample')).toBeVisible();
  await page.getByRole('button', { name: `Selection (${many})` }).click();
  await expect(page.getByText('Similarity of the selection')).toBeVisible();
  await expect(page.getByText(new RegExp(`^${many} items · cosine`))).toBeVisible();

  // A block of the selection is seen alone; undoing leads back.
  await drag(page, [0.45, 0.3], [0.5, 0.4]);
  const few = await chosen(page);
  expect(few).toBeLessThan(many);
  await expect(page.getByText(new RegExp(`^${few} items · cosine`))).toBeVisible();
  await expect(page.getByRole('button', { name: `Selection (${few})` })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Control+z');
  await expect(page.getByText(new RegExp(`^${many} items · cosine`))).toBeVisible();

  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByText('Similarity of a sample')).toBeVisible();
  await expect(page.getByText(/^200 items · cosine/)).toBeVisible();
});
