import AxeBuilder from '@axe-core/playwright';
import { expect, hoverPoint, open, test } from './window';

test('a figure is seen before it is written', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Shift+E');
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  const sheet = dialog.getByRole('img', { name: 'The figure as it will be' });
  await expect(sheet.locator('circle').first()).toBeVisible();
  await expect(sheet).toContainText('field-notes');
  await expect(sheet).toContainText('t-SNE, perplexity 30');
  await expect(sheet).toContainText('200 of 200 items, embedded by all-MiniLM-L6-v2');
  await expect(sheet).toContainText('Trustworthiness');

  const circles = await sheet.locator('circle').count();
  await dialog.getByLabel('Legend').uncheck();
  await expect.poll(() => sheet.locator('circle').count()).toBeLessThan(circles);
  await dialog.getByLabel('Title').fill('Notes from the field');
  await expect(sheet).toContainText('Notes from the field');
  await dialog.getByLabel('Caption: method').uncheck();
  await expect(sheet).not.toContainText('perplexity');

  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await dialog.getByRole('button', { name: 'SVG' }).click();
  await expect(dialog.getByText('Every point is a circle')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save as…' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('field-notes.svg is written')).toBeVisible();
});

test('words of items stand in the figure where they stand on the stage', async ({ page }) => {
  await open(page, 'full', 200);
  await hoverPoint(page);
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -240);
  const near = page.getByRole('list', { name: 'Items in sight' }).getByRole('listitem');
  await expect(near.first()).not.toBeEmpty();
  const beginnings = (await near.allTextContents()).map((title) => title.slice(0, 30));

  await page.keyboard.press('Shift+E');
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  const words = dialog
    .getByRole('img', { name: 'The figure as it will be' })
    .locator('g text[font-size="11.5"][fill^="#"]');
  const said = async () =>
    (await words.allTextContents()).filter((word) => beginnings.some((title) => word.startsWith(title)));
  await dialog.getByRole('button', { name: 'As on the stage' }).click();
  await expect.poll(said).not.toEqual([]);
  await dialog.getByLabel('words of items').uncheck();
  await expect.poll(said).toEqual([]);
  await dialog.getByLabel('words of items').check();
  await expect.poll(said).not.toEqual([]);
  await dialog.getByRole('button', { name: 'All of it' }).click();
  await expect.poll(said).toEqual([]);
});

test('many points are one picture in a figure, and it says so', async ({ page }) => {
  await open(page, 'huge', 60_000);
  await page.keyboard.press('Shift+E');
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  await dialog.getByRole('button', { name: 'SVG' }).click();
  await expect(dialog.getByText('Its 60,000 points are one picture inside it')).toBeVisible();
  await expect(dialog.locator('image[href^="data:image/png"]')).toBeAttached();
});

test('a figure that cannot be written says why, and the dialogue stays', async ({ page }) => {
  await open(page, 'failing', 200);
  await page.keyboard.press('Shift+E');
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  const save = dialog.getByRole('button', { name: 'Save as…' });
  await save.click();
  // Above the dialogue: what lies behind it is neither seen nor reached.
  const notice = dialog.getByRole('status').filter({ hasText: 'could not be read' });
  await expect(notice).toBeInViewport({ ratio: 1 });
  await save.click();
  await expect(notice).toContainText('2 times');
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'could not be read' })).toBeVisible();
  await page.keyboard.press('Shift+E');
  await expect(dialog).toBeVisible();
  await expect(notice).toHaveCount(0);
  await save.click();
  await expect(notice).toContainText('3 times');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toHaveCount(0);
});

test('what is selected is copied as text and as a table', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'full', 200);
  await page.evaluate(() => navigator.clipboard.writeText('of before'));
  await page.keyboard.press('Control+Shift+C');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('of before');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Shift+C');
  await expect(page.getByText('200 items on the clipboard')).toBeVisible();
  const table = await page.evaluate(() => navigator.clipboard.readText());
  expect(table.split('\n')[0]).toBe('item,kind,text,file,place');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('copy as text');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toContain('item,kind');
});

test('settings hold for every workspace: looks, memory, what leaves this computer', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Control+,');
  const sheet = page.getByRole('dialog', { name: 'Settings' });
  await sheet.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await sheet.getByRole('button', { name: 'Larger' }).click();
  await expect(sheet.getByText('110 %')).toBeVisible();
  await expect(sheet.getByText('412 MB in use')).toBeVisible();
  await expect(sheet.getByText('Nothing of yours. Models are fetched when you ask for one.')).toBeVisible();
  await sheet.getByRole('button', { name: 'Providers…' }).click();
  await expect(page.getByRole('region', { name: 'Models' })).toBeVisible();
});
