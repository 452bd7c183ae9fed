import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './window';

const heat = (page: Page) => page.getByRole('application', { name: /every pair a cell/ });

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

test('one goes closer to the matrix, about the pointer or by buttons, and sees all again', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('3');
  await expect(page.getByText(/^200 items · cosine/)).toBeVisible();
  const part = page.locator('.foot p');
  const fit = page.getByRole('button', { name: 'Fit', exact: true });
  await expect(fit).toBeDisabled();

  // About the middle both sides show the same items.
  for (let step = 0; step < 4; step++) await page.getByRole('button', { name: 'Closer' }).click();
  await expect(part).toHaveText('items 81–120 of 200');
  const box = (await heat(page).boundingBox())!;
  const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await page.mouse.move(...middle);
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, 120);
  await page.keyboard.up('Shift');
  await expect(part).toHaveText(/^rows 81–120, columns (?!81–)\d+–\d+ of 200$/);

  // All that is in sight, from corner to corner: no more than its rows and columns.
  await drag(page, [0.5, 0.1], [0.99, 0.9]);
  expect(await chosen(page)).toBeLessThanOrEqual(80);
  await fit.click();
  await expect(part).toBeEmpty();

  // What is under the pointer stays there.
  await page.mouse.move(...middle);
  const pair = page.getByRole('region', { name: 'Pair', exact: true });
  await expect(pair).toContainText('cosine similarity');
  const said = await pair.textContent();
  await page.mouse.wheel(0, -240);
  await expect(part).toHaveText(/ of 200$/);
  expect(await pair.textContent()).toBe(said);
  await page.mouse.dblclick(...middle);
  await expect(part).toBeEmpty();
  await page.mouse.wheel(0, -240);
  await expect(part).toHaveText(/ of 200$/);
  await page.keyboard.press('0');
  await expect(part).toBeEmpty();
});

test('the matrix is walked, selected from and gone closer to by keys, and says where one is', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('3');
  await expect(page.getByText(/^200 items · cosine/)).toBeVisible();
  const pair = page.getByRole('region', { name: 'Pair', exact: true });
  const told = page.locator('.heat [aria-live]');
  await page.getByRole('button', { name: 'Closer' }).focus();
  await page.keyboard.press('Shift+Tab');
  await expect(heat(page)).toBeFocused();

  // The first cell, an item with itself; then the pair beside it.
  await page.keyboard.press('ArrowDown');
  await expect(told).toHaveText(/^1\.00 · .+ · One item with itself$/);
  await page.keyboard.press('ArrowRight');
  const { figure, titles } = {
    figure: (await pair.locator('.figure').textContent())!.split(' ')[0]!,
    titles: await pair.locator('.item .list').allTextContents(),
  };
  expect(titles).toHaveLength(2);
  await expect(told).toHaveText([figure, ...titles].join(' · '));

  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(told).toHaveText(/^block of 3 × 2 · /);
  await page.keyboard.press('Enter');
  // Rows 1 to 3 and columns 2 and 3.
  await expect(told).toHaveText('selected: 3 items');
  expect(await chosen(page)).toBe(3);

  // Escape takes a block back before it takes back the selection.
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Escape');
  expect(await chosen(page)).toBe(3);

  // Closer about that cell, which then leads the picture along.
  for (let step = 0; step < 5; step++) await page.keyboard.press('+');
  await expect(told).toHaveText('rows 4–30, columns 3–29 of 200');
  await accessible(page);
  const part = page.locator('.foot p');
  for (let step = 0; step < 30; step++) await page.keyboard.press('ArrowDown');
  await expect(part).toHaveText(/^rows \d+–34, columns 3–29 of 200$/);
  await page.keyboard.press('-');
  await expect(told).toHaveText('rows 1–40, columns 2–42 of 200');
  await page.keyboard.press('0');
  await expect(told).toHaveText('all 200 items');
});

test('the pairs of two models are gone closer to as well', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('2');
  await page.getByRole('button', { name: 'Pairs', exact: true }).click();
  await expect(heat(page)).toBeVisible();
  for (let step = 0; step < 4; step++) await page.getByRole('button', { name: 'Closer' }).click();
  await expect(page.getByText('items 81–120 of 200').first()).toBeVisible();
  await heat(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/of all pairs nearer by [AB]/).first()).toBeVisible();
  await accessible(page);
});

test('the matrix is copied and written as a picture', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('3');
  await expect(heat(page)).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('matrix as an image');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The figure is on the clipboard')).toBeVisible();
  await page.keyboard.press('Shift+E');
  await expect(page.getByText('field-notes.png is written')).toBeVisible();
});
