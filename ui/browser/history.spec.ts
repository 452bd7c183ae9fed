import type { Page } from '@playwright/test';
import { expect, open, search, test } from './window';

const undo = (page: Page) => page.keyboard.press('Control+z');
const redo = (page: Page) => page.keyboard.press('Control+Shift+z');

test('what changed on the map is taken back step by step, and done again', async ({ page }) => {
  await open(page, 'full', 200);
  const [names, card] = [page.getByRole('button', { name: /^Names/ }), page.getByLabel('This map')];
  const by = page.getByRole('combobox', { name: 'Colour by' });
  const along = page.getByRole('region', { name: 'Along axes' });
  const undoes = page.getByRole('button', { name: 'Undo' });
  await expect(undoes).toBeDisabled();

  await page.keyboard.press('n');
  await expect(names).toHaveAttribute('aria-pressed', 'false');
  await by.selectOption('kind');
  await page.getByRole('button', { name: /^PCA.*MiniLM/ }).click();
  await expect(card).toContainText('PCA');
  await expect(undoes).toHaveAttribute('title', /^Undo: show the PCA map of all-MiniLM-L6-v2/);

  await page.getByRole('tab', { name: 'Axes' }).click();
  await page.getByLabel('Left end of the axis').fill('bread and dough');
  await page.getByLabel('Right end of the axis').fill('telescope orbit');
  await page.getByRole('button', { name: 'Lay out', exact: true }).click();
  await expect(along).toContainText('telescope orbit');
  await along.getByRole('button', { name: 'Back to the map' }).click();
  await expect(along).toBeHidden();

  await undo(page);
  await expect(along).toContainText('bread and dough');
  await undo(page);
  await expect(along).toBeHidden();
  await undo(page);
  await expect(card).toContainText('t-SNE');
  await expect(by).toHaveValue('kind');
  await undo(page);
  await expect(by).toHaveValue('cluster');
  await undo(page);
  await expect(names).toHaveAttribute('aria-pressed', 'true');
  await expect(undoes).toBeDisabled();

  // However fast.
  for (let n = 0; n < 4; n++) await redo(page);
  await expect(along).toContainText('telescope orbit');
  await expect(by).toHaveValue('kind');
  await expect(names).toHaveAttribute('aria-pressed', 'false');
  await redo(page);
  await expect(card).toContainText('PCA');
});

test('a list that was chosen from leaves undoing to the window, and a slider is one step', async ({ page }) => {
  await open(page, 'full', 200);
  const by = page.getByRole('combobox', { name: 'Colour by' });
  await by.focus();
  await by.selectOption('kind');
  await expect(by).toBeFocused();
  await undo(page);
  await expect(by).toHaveValue('cluster');
  // Keys go through the choices one by one: one step.
  for (let n = 0; n < 2; n++) await by.press('ArrowDown');
  await expect(by).not.toHaveValue('cluster');
  await undo(page);
  await expect(by).toHaveValue('cluster');

  const groups = page.getByRole('region', { name: 'Groups' });
  await groups.getByRole('button', { name: 'Find other groups' }).click();
  const form = page.getByRole('form', { name: 'Find other groups' });
  await form.getByLabel('Method').selectOption('HDBSCAN');
  await form.getByRole('button', { name: 'Find groups' }).click();
  const slider = groups.getByRole('slider', { name: /^Coarser/ });
  await expect(slider).toHaveValue('0');
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.move(x + height / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + height / 2);
  await expect(groups.getByText('≥ 10')).toBeVisible();
  await page.mouse.move(x + width - height / 2, y + height / 2);
  await page.mouse.up();
  await expect(groups.getByText('≥ 20')).toBeVisible();
  await slider.press('ArrowLeft');
  await expect(groups.getByText('≥ 10')).toBeVisible();
  await undo(page);
  await expect(groups.getByText('≥ 20')).toBeVisible();
  await undo(page);
  await expect(slider).toHaveValue('0');
  await expect(groups.getByText('≥ 5')).toBeVisible();
  await redo(page);
  await expect(groups.getByText('≥ 20')).toBeVisible();
});

test('what is searched for, the table and the maps side by side come back as they were', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'night train');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(page.getByText(/nearest of/)).toBeHidden();
  await undo(page);
  await expect(page.getByText(/nearest of/)).toBeVisible();
  await expect(page.getByLabel('Search by meaning')).toHaveValue('night train');

  await page.keyboard.press('4');
  const year = page.getByRole('columnheader', { name: /^year/ });
  await year.getByRole('button', { name: 'year', exact: true }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitem', { name: 'Hide year' }).click();
  await expect(year).toBeHidden();
  await undo(page);
  await expect(year).toHaveAttribute('aria-sort', 'ascending');
  await undo(page);
  await expect(year).toHaveAttribute('aria-sort', 'none');

  await page.keyboard.press('2');
  const [first, becoming] = [page.getByLabel('Model A'), page.getByRole('button', { name: 'Morph' })];
  await expect(first).toHaveValue('1');
  await page.getByRole('button', { name: 'Swap' }).click();
  await expect(first).toHaveValue('3');
  await becoming.click();
  await expect(page.getByLabel('From one map to the other')).toBeVisible();
  await undo(page);
  await undo(page);
  await expect(first).toHaveValue('1');
  await redo(page);
  await expect(first).toHaveValue('3');
});
