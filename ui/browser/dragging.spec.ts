import type { Locator, Page } from '@playwright/test';
import { expect, open, search, test } from './window';

const lens = (page: Page) => page.locator('#lens');
const library = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Presses on one thing and brings the pointer over others, one after another. */
async function drag(page: Page, from: Locator, ...over: Locator[]): Promise<void> {
  const middle = async (of: Locator) => {
    const box = (await of.boundingBox())!;
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  const [x, y] = await middle(from);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 8, y);
  for (const next of over) {
    // What is next may come into sight only now.
    await next.waitFor();
    await page.mouse.move(...(await middle(next)), { steps: 5 });
  }
}

test('a row of the table becomes an end of an axis', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('x');
  await page.keyboard.press('4');
  const row = page.locator('#row-0');
  await expect(row).toContainText('sourdough starter');
  const title = (await row.getByRole('gridcell').nth(1).textContent())!.trim();
  const left = lens(page).locator('.end').first();
  await drag(page, row, left);
  await expect(page.getByText('Put at the left end of the axis')).toBeVisible();
  await expect(left).toHaveAttribute('data-takes', 'here');
  await expect(lens(page).locator('.end').nth(1)).toHaveAttribute('data-takes', 'yes');
  await page.mouse.up();
  await expect(left.getByRole('button', { name: `Take ${title} out` })).toBeVisible();
  await expect(left).not.toHaveAttribute('data-takes');
  // The row was dragged, not pressed: its item is not kept.
  await expect(row).not.toHaveClass(/kept/);
});

test('an answer of the search is taken away from a sum, whose tab opens for it', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a late frost');
  const answer = lens(page).locator('.item').nth(1);
  const title = (await answer.locator('.head .list').first().textContent())!.trim();
  await drag(page, answer, page.getByRole('tab', { name: 'Axes' }), page.getByText('− Take away', { exact: true }));
  await page.mouse.up();
  await expect(page.getByLabel('A sum of meanings', { exact: true })).toHaveValue(
    new RegExp(`^− “${title.slice(0, 12)}`),
  );
  await expect(page.getByRole('tab', { name: 'Axes' })).toHaveAttribute('aria-selected', 'true');
});

test('a group and an item join what is kept, by pointer or by menu, and are undone', async ({ page }) => {
  await open(page, 'full', 200);
  const colour = page.getByRole('region', { name: 'Colour', exact: true });
  await colour.getByRole('button', { name: /^bread, oven/ }).click();
  await page.keyboard.press('s');
  await page.keyboard.type('Breads');
  await page.keyboard.press('Enter');
  await page.getByLabel('Tag for the selected items').fill('kitchen');
  await page.keyboard.press('Enter');
  const breads = library(page, 'Selections').getByRole('button', { name: /^Breads/ });
  const kitchen = library(page, 'Tags').getByRole('button', { name: /^kitchen/ });
  await expect(kitchen).toContainText('17');

  // The lists are below what is in sight until something is dragged.
  await drag(page, colour.getByRole('button', { name: /^orbit, telescope/ }), breads);
  await expect(page.getByText('Add to “Breads”')).toBeVisible();
  await page.mouse.up();
  await expect(breads).toContainText('34');
  await expect(page.getByText('17 items · Breads')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(breads).toContainText('17');

  await search(page, 'the night train');
  await drag(page, lens(page).locator('.item').first(), kitchen);
  await page.mouse.up();
  await expect(kitchen).toContainText('18');
  await page.keyboard.press('Control+z');
  await expect(kitchen).toContainText('17');
  await lens(page).locator('.item').first().click();
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('menuitem', { name: 'Tag “kitchen”' }).click();
  await expect(kitchen).toContainText('18');
});

test('Escape and a drop outside change nothing, and close what opened on the way', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a late frost');
  const answer = lens(page).locator('.item').first();
  const sum = page.getByText('+ Add', { exact: true });
  await drag(page, answer, page.getByRole('tab', { name: 'Axes' }), sum);
  await page.keyboard.press('Escape');
  await expect(sum).toBeHidden();
  await page.mouse.up();
  // The search stands: Escape was for what was dragged.
  await expect(page.getByRole('tab', { name: 'Search' })).toHaveAttribute('aria-selected', 'true');
  await expect(answer).toBeVisible();

  await drag(page, answer, page.getByTestId('counter'));
  await expect(page.locator('body')).toHaveAttribute('data-dragging');
  await page.mouse.up();
  await expect(page.locator('body')).not.toHaveAttribute('data-dragging');
  await expect(page.getByRole('tab', { name: 'Search' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('x');
  await expect(page.getByLabel('A sum of meanings', { exact: true })).toHaveValue('');
});
