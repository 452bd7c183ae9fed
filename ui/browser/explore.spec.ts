import type { Page } from '@playwright/test';
import { counter, drawAround, expect, hoverPoint, open, search, shown, stage, test } from './window';

const rows = (page: Page) => page.getByRole('grid', { name: 'Items' }).locator('[role=row][id]');
const lens = (page: Page) => page.locator('#lens');
const colour = (page: Page, name: RegExp) =>
  page.getByRole('region', { name: 'Colour', exact: true }).getByRole('button', { name });

test('the table is sorted, filtered and searched, and shows what is selected on the map', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('4');
  await expect(page.getByText('320 items', { exact: true })).toBeVisible();
  await expect(rows(page).first()).toContainText('sourdough starter');
  expect(await rows(page).count(), 'only rows in sight are there').toBeLessThan(60);

  const head = page.getByRole('columnheader', { name: /^year/ });
  await head.getByRole('button', { name: 'year', exact: true }).click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await expect(rows(page).first()).toContainText('2018');
  await head.getByRole('button', { name: 'year', exact: true }).click();
  await expect(rows(page).first()).toContainText('2024');

  await page.getByRole('button', { name: 'Filter letters' }).click();
  const filter = page.getByRole('group', { name: 'Filter letters' });
  await filter.getByLabel('From').fill('100');
  await filter.getByLabel('to', { exact: true }).fill('120');
  await filter.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('letters from 100 to 120')).toBeVisible();
  await expect(page.getByText(/^\d+ of 320 items$/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Lift: letters from 100 to 120' }).click();
  await page.getByLabel('List items that hold these words').fill('a wholemeal lo');
  await expect(page.getByText('text holds “a wholemeal lo”')).toBeVisible();
  await expect(rows(page).first()).toContainText('A wholemeal loaf');
  await page.getByRole('button', { name: 'Lift all' }).click();
  await expect(page.getByText('320 items', { exact: true })).toBeVisible();

  await page.getByRole('checkbox', { name: 'Select row 2', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Select row 6', exact: true }).click({ modifiers: ['Shift'] });
  await page.getByRole('checkbox', { name: 'Select row 4', exact: true }).click({ modifiers: ['Shift'] });
  await expect(page.getByText('· 3 selected')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Select row 4', exact: true })).toBeChecked();
  await page.locator('#row-5').click({ modifiers: ['Shift'] });
  await expect(page.getByText('· 5 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Only the selected' }).click();
  await expect(page.getByText('5 of 320 items')).toBeVisible();
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await expect(page.getByRole('tab', { name: 'Selection 5' })).toBeVisible();
});

test('the table goes by keyboard, and what is kept there is kept on the map', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('4');
  const grid = page.getByRole('grid', { name: 'Items' });
  await expect(rows(page).first()).toBeVisible();
  await grid.focus();
  await page.keyboard.press('End');
  await expect(grid).toHaveAttribute('aria-activedescendant', 'row-319');
  await expect(page.locator('#row-319')).toBeInViewport();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('· 3 selected')).toBeVisible();
  await page.keyboard.press('Shift+ArrowUp');
  await expect(page.getByText('· 2 selected')).toBeVisible();
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(page.locator('#row-0')).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('#row-2')).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Enter');
  await expect(lens(page).getByText('Nearest in the full space')).toBeVisible();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(page.getByText('· 1 selected')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('· 2 selected')).toBeVisible();
});

test('two presses on a row open the file of its item', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('4');
  await expect(rows(page).first()).toContainText('sourdough starter');
  await rows(page).first().dblclick();
  await expect(page.getByRole('status')).toContainText('kitchen/bread.md would be opened here');
});

test('sixty thousand rows scroll to their end', async ({ page }) => {
  await open(page, 'huge', 60_000);
  await page.keyboard.press('4');
  await expect(page.getByText('60,000 items', { exact: true })).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Items' });
  await grid.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await expect(page.locator('#row-59999')).toBeInViewport();
  await expect(page.locator('#row-59999').getByRole('gridcell').nth(1)).not.toBeEmpty();
  expect(await rows(page).count()).toBeLessThan(60);
});

test('a selection is kept, tagged, explained, grown and undone', async ({ page }) => {
  await open(page, 'full', 200);
  await colour(page, /^bread, oven/).click();
  await expect(page.getByText('17 items · bread, oven')).toBeVisible();
  const special = lens(page).getByRole('region', { name: 'What is special here' });
  await expect(special.getByText('against 303 others')).toBeVisible();
  await expect(special.getByRole('button', { name: /^dough/ })).toBeVisible();

  await page.keyboard.press('s');
  await expect(page.getByLabel('Name to keep the selection under')).toBeFocused();
  await page.keyboard.type('Breads');
  await page.keyboard.press('Enter');
  await page.getByLabel('Tag for the selected items').fill('kitchen');
  await page.keyboard.press('Enter');
  await expect(page.getByText('“kitchen” put on 17 items')).toBeVisible();

  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page
    .getByRole('region', { name: 'Selections' })
    .getByRole('button', { name: /^Breads/ })
    .click();
  await expect(page.getByText('17 items · Breads')).toBeVisible();
  await page.getByRole('button', { name: 'Change the selection' }).click();
  await page.getByRole('menuitem', { name: /^Grow by nearest/ }).click();
  await expect(page.getByText(/items · Breads, grown/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('17 items · Breads')).toBeVisible();
  await page.keyboard.press('Control+Shift+z');
  await expect(page.getByText(/items · Breads, grown/)).toBeVisible();
  await page.keyboard.press('i');
  await expect(page.getByText(/items · all but Breads, grown/)).toBeVisible();

  await page.getByRole('button', { name: 'Rename Breads' }).click();
  await page.getByLabel('New name of Breads').fill('Loaves');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete Loaves' }).click();
  await expect(page.getByRole('region', { name: 'Selections' })).toBeHidden();
  const kitchen = page.getByRole('region', { name: 'Tags' }).getByRole('button', { name: /^kitchen/ });
  await kitchen.click();
  await expect(page.getByText('17 items · tagged kitchen')).toBeVisible();
  await colour(page, /^orbit, telescope/).click();
  await kitchen.click({ modifiers: ['Shift'] });
  await expect(page.getByRole('tab', { name: 'Selection 34' })).toBeVisible();
  await kitchen.click({ modifiers: ['Shift'] });
  await expect(page.getByRole('tab', { name: 'Selection 17' })).toBeVisible();
  await kitchen.click();
  await expect(page.getByText('17 items · tagged kitchen')).toBeVisible();
  await colour(page, /^orbit, telescope/).click();
  await special.getByLabel('Compared with').selectOption('tagged kitchen');
  await expect(special.getByText('against 17 others')).toBeVisible();
  await kitchen.click();
  await expect(special.getByText('All of it is selected')).toBeVisible();
  await page.locator('#lens ol .item').first().click();
  await expect(lens(page).getByRole('list', { name: 'Tags' }).getByRole('button', { name: 'kitchen' })).toBeVisible();
});

test('a special word lists what holds it', async ({ page }) => {
  await open(page, 'full', 200);
  await colour(page, /^bread, oven/).click();
  await lens(page)
    .getByRole('button', { name: /^dough/ })
    .click();
  await expect(page.getByText('text holds “dough”')).toBeVisible();
  await expect(rows(page).first()).toContainText('dough');
});

test('every action is found by its name', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Find an action' });
  await palette.getByRole('combobox').fill('grow');
  await expect(palette.getByRole('option', { name: /^Grow by nearest/ })).toHaveAttribute('aria-disabled', 'true');
  await palette.getByRole('combobox').fill('colour by err');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page.getByRole('combobox', { name: 'Colour by' })).toHaveValue('misplaced');
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('nothing of the kind');
  await expect(palette.getByText(/Nothing is called/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'All keys' });
  await expect(keys.getByText('Grow to whole groups')).toBeVisible();
  await keys.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('combobox', { name: 'Colour by' })).toHaveValue('cluster');
});

test('numbers and dates are a scale that one selects from', async ({ page }) => {
  await open(page, 'full', 200);
  const by = page.getByRole('combobox', { name: 'Colour by' });
  await by.selectOption('column:written');
  const scale = page.getByRole('group', { name: /^From \d+ \w+ 2018 to/ });
  await expect(scale).toBeVisible();
  const box = (await scale.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText(/items · written .* to .* 2024/)).toBeVisible();
  await page.keyboard.press('Escape');

  await expect(by.locator('option[value=similarity]')).toHaveCount(0);
  await search(page, 'a loan from the bank');
  await page.locator('#lens .item').first().click();
  await by.selectOption('similarity');
  await expect(page.getByRole('group', { name: /^From [−\d.]+ to \d\.\d\d$/ })).toBeVisible();
  await page.getByRole('group', { name: 'Select a quarter of the scale' }).getByRole('button').last().click();
  await expect(page.getByText(/items · similarity to the kept item/)).toBeVisible();
});

test('where models disagree is a colour, and the state of the vectors a panel', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('disagreement of models');
  await expect(page.getByRole('group', { name: /^From [\d.]+ % to \d+ %$/ })).toBeVisible();
  await page.getByRole('button', { name: 'Health of the vectors' }).click();
  const health = page.getByRole('region', { name: 'Health' });
  await expect(health.getByText('1.00 ± 0.00')).toBeVisible();
  await expect(health.getByText('of 384')).toBeVisible();
  await health.getByText('Hubs').first().hover();
  await expect(page.getByText('a few are near everything').last()).toBeVisible();
});

test('classes are joined with Shift', async ({ page }) => {
  await open(page, 'full', 200);
  await colour(page, /^bread, oven/).click();
  await colour(page, /^orbit, telescope/).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('tab', { name: 'Selection 34' })).toBeVisible();
  await colour(page, /^bread, oven/).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('tab', { name: 'Selection 17' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('file');
  await expect(counter(page)).toHaveText(shown(200));
});

test('shapes join colours where there are many classes, on the map and in figures', async ({ page }) => {
  await open(page, 'full', 200);
  const legend = page.getByRole('region', { name: 'Colour', exact: true });
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('file');
  await expect(legend.locator('.dot').nth(9)).toBeVisible();
  await expect(legend.locator('[data-shape="1"]')).toHaveCount(0);
  await legend.getByRole('button', { name: 'Shapes beside colours' }).click();
  await expect(legend.locator('[data-shape="1"]').first()).toBeVisible();
  await page.keyboard.press('Shift+E');
  const sheet = page.getByRole('img', { name: 'The figure as it will be' });
  await expect(sheet.locator('polygon').first()).toBeVisible();
  await expect(sheet.locator('circle').first()).toBeVisible();
});

test('one of many classes is found by its name', async ({ page }) => {
  await open(page, 'full', 200);
  const legend = page.getByRole('region', { name: 'Colour', exact: true });
  const find = legend.getByRole('textbox', { name: /^Find one of/ });
  await expect(legend.getByRole('button').filter({ hasText: 'bread, oven' })).toBeVisible();
  await expect(find).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('column:shelf');
  await find.fill('f A');
  await expect(legend.getByRole('listitem').first()).toContainText('shelf A');
  expect(await legend.getByRole('listitem').count()).toBeLessThan(6);
  await legend.getByRole('listitem').last().getByRole('button').click();
  await expect(page.getByRole('tab', { name: /^Selection \d/ })).toBeVisible();
  await find.fill('zebra');
  await expect(legend.getByText('None is called so')).toBeVisible();
  await find.fill('');
  await expect(legend.getByRole('button', { name: /more/ })).toBeVisible();
});

test('who comes back to a map looks where he looked', async ({ page }) => {
  await open(page, 'full', 200);
  const near = page.getByRole('list', { name: 'Items in sight' });
  const read = async () => (await near.getByRole('listitem').allTextContents()).sort();
  await hoverPoint(page);
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -240);
  await expect(near.getByRole('listitem').first()).not.toBeEmpty();
  const before = await read();
  await page.getByRole('button', { name: /^PCA.*MiniLM/ }).click();
  await expect(near).toHaveCount(0);
  await page.getByRole('button', { name: /^t-SNE.*MiniLM/ }).click();
  await expect.poll(read).toEqual(before);
  await page.keyboard.press('0');
  await expect(near).toHaveCount(0);
  await page.getByRole('button', { name: /^PCA.*MiniLM/ }).click();
  await expect(stage(page)).toHaveAccessibleName(/^PCA map/);
  await page.getByRole('button', { name: /^t-SNE.*MiniLM/ }).click();
  await expect(stage(page)).toHaveAccessibleName(/^t-SNE map/);
  await expect(near).toHaveCount(0);
});

test('from nearby the words of items stand beside their points', async ({ page }) => {
  await open(page, 'full', 200);
  const near = page.getByRole('list', { name: 'Items in sight' });
  await expect(near).toHaveCount(0);
  await hoverPoint(page);
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -240);
  await expect(near.getByRole('listitem').first()).not.toBeEmpty();
  await page.keyboard.press('0');
  await expect(near).toHaveCount(0);
});

test('two meanings make an axis, and a sum finds what is near', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('x');
  await page.getByLabel('Left end of the axis').fill('bread and dough');
  await page.getByLabel('Right end of the axis').fill('telescope orbit');
  await page.getByRole('button', { name: 'Lay out', exact: true }).click();
  await expect(stage(page)).toHaveAccessibleName(/^Between bread and dough, telescope orbit/);
  await expect(page.getByText(/of all variance/)).toBeVisible();
  await page.keyboard.press('l');
  await drawAround(page);
  await expect(page.getByText(/\d+ items? · lasso/)).toBeVisible();
  await page.getByRole('button', { name: 'Back to the map' }).click();
  await expect(stage(page)).toHaveAccessibleName(/^t-SNE map/);

  await page.keyboard.press('v');
  await page.keyboard.press('x');
  await page.getByLabel('A sum of meanings', { exact: true }).fill('river bank − river + loan');
  await page.keyboard.press('Enter');
  await expect(page.locator('#lens .item').first()).toContainText('money/banking.csv');
  await page.locator('#lens .item').first().click();
  await page.keyboard.press('x');
  await page.getByRole('button', { name: 'Put the kept item at the left end' }).click();
  await page.getByRole('button', { name: 'Lay out', exact: true }).click();
  await expect(page.getByLabel('Along axes').getByRole('heading')).toContainText('telescope orbit');
});

test('a map in space is turned, drawn around and hovered', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('button', { name: 'PCA', exact: true }).click();
  await page.getByRole('form', { name: 'Lay out another map' }).getByRole('button', { name: '3-D' }).click();
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  await expect(page.getByRole('button', { name: /^PCA in 3-D all-MiniLM/ })).toBeVisible();
  await expect(page.getByText('3 components')).toBeVisible();
  await stage(page).focus();
  await page.keyboard.press('ArrowLeft');
  await hoverPoint(page);
  await page.keyboard.press('l');
  await drawAround(page);
  await expect(page.getByText(/\d+ items? · lasso/)).toBeVisible();
  await page.keyboard.press('2');
  await expect(page.getByText('aligned to A')).toBeVisible();
});
