import type { Page } from '@playwright/test';
import { expect, open, test } from './window';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'What was found' });
const cut = (page: Page) => dialog(page).getByRole('region', { name: 'The text as it is cut' });
const borders = (page: Page) => cut(page).locator('.border');

test('a cut is shown at once on a real text', async ({ page }) => {
  await open(page, 'plan');
  const plan = dialog(page);
  await expect(plan.getByText(/^These files become/)).toBeVisible();
  const before = await borders(page).count();
  await plan.getByLabel('Size of a part, in words').fill('40');
  await expect.poll(() => borders(page).count()).toBeGreaterThan(before);
  await expect(cut(page).locator('.twice')).toHaveCount(0);
  await plan.getByLabel('Repeated from the part before, in words').fill('12');
  await expect(cut(page).locator('.twice').first()).toBeVisible();
  await expect(plan.getByText('in two parts')).toBeVisible();

  await plan.getByRole('button', { name: 'Sentences' }).click();
  await expect(plan.getByLabel('Size of a part, in sentences')).toHaveValue('5');
  await plan.getByRole('button', { name: 'Not at all' }).click();
  await expect(borders(page)).toHaveCount(1);
  await expect(plan.getByLabel(/Size of a part/)).toBeHidden();
  await expect(plan.getByText(/it would not read .* tokens of what is shown/)).toBeVisible();

  await plan.getByLabel('Shown on the text of').selectOption('kitchen/bread.md');
  await expect(cut(page)).toContainText('Notes on bread');
  await plan.getByRole('checkbox', { name: 'Small letters' }).check();
  await expect(cut(page)).toContainText('notes on bread');
  await plan.getByRole('button', { name: 'Words', exact: true }).click();
  await plan.getByRole('checkbox', { name: 'Only the beginning' }).check();
  await expect(borders(page)).toHaveCount(1);
  await expect(plan.getByText('left out', { exact: true })).toBeVisible();
});

test('Start stays under the pointer while the plan finds out what it shows', async ({ page }) => {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  // Room enough for the dialogue to grow into.
  await page.setViewportSize({ width: 1280, height: 2000 });
  await open(page, 'plan');
  const start = dialog(page).getByRole('button', { name: 'Start' });
  const before = (await start.boundingBox())!;
  await page.mouse.move(before.x + before.width / 2, before.y + 2);
  await page.mouse.down();
  await expect(borders(page)).toHaveCount(0);
  await page.clock.runFor(1000);
  await expect(borders(page).first()).toBeVisible();
  expect(await start.boundingBox()).toEqual(before);
  await page.mouse.up();
  await expect(dialog(page)).toBeHidden();
});

test('columns and tables are chosen beside their first rows', async ({ page }) => {
  await open(page, 'plan');
  const plan = dialog(page);
  const banking = plan.getByRole('group', { name: 'money/banking.csv' });
  await expect(banking.getByRole('columnheader', { name: 'question text' })).toBeVisible();
  await banking.getByRole('combobox', { name: 'Class' }).selectOption('category');
  await expect(banking.getByRole('columnheader', { name: 'category class' })).toBeVisible();
  await banking.getByRole('combobox', { name: 'Text', exact: true }).selectOption('category');
  await expect(banking.getByRole('columnheader', { name: 'question', exact: true })).toBeVisible();

  const results = plan.getByRole('group', { name: 'sport/results.db' });
  await results.getByLabel('Table of sport/results.db').selectOption('players');
  await expect(results.getByRole('cell', { name: 'Ann Example' })).toBeVisible();
  await expect(results.getByRole('combobox', { name: 'Text', exact: true })).toHaveValue('name');
});

test('what is there twice is said, and folders can be labels', async ({ page }) => {
  await open(page, 'plan');
  const plan = dialog(page);
  await plan.getByText('3 files repeat the content of another').click();
  await expect(plan.getByText('= kitchen/copy of bread.md')).toBeVisible();
  const labels = plan.getByRole('checkbox', { name: 'Folder names as labels' });
  await expect(labels).not.toBeChecked();
  await labels.check();
  await plan.getByRole('button', { name: 'Start' }).click();
  await expect(plan).toBeHidden();
});

test('a folder is watched only when asked, and no longer when it is switched off', async ({ page }) => {
  await open(page, 'plan');
  const plan = dialog(page);
  const watch = plan.getByRole('checkbox', { name: 'Watch for new files' });
  await expect(watch).not.toBeChecked();
  await watch.check();
  await plan.getByRole('button', { name: 'Start' }).click();
  const stop = page.getByRole('button', { name: 'Stop watching field-notes' });
  await expect(page.getByText('field-notes is watched')).toBeVisible();
  await stop.click();
  await expect(stop).toBeHidden();
});
