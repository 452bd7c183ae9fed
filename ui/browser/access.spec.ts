import type { Page } from '@playwright/test';
import { accessible, counter, expect, hoverPoint, open, search, shown, test, unreachable } from './window';

// A colour that is still on its way to another has a contrast of its own.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const SCENES: Record<string, { scene: string; points?: number; key?: string; ready: string | RegExp }> = {
  start: { scene: 'empty', ready: 'Try the sample' },
  plan: { scene: 'plan', ready: 'These files become' },
  running: { scene: 'running', points: 200, ready: 'iteration 312 of 750' },
  map: { scene: 'full', points: 200, ready: 'trustworthiness' },
  compare: { scene: 'full', points: 200, key: '2', ready: 'aligned to A' },
  matrix: { scene: 'full', points: 200, key: '3', ready: /200 items · cosine/ },
  table: { scene: 'full', points: 200, key: '4', ready: '320 items' },
  palette: { scene: 'full', points: 200, key: 'Control+k', ready: 'Select all' },
  keys: { scene: 'full', points: 200, key: '?', ready: 'Grow to whole groups' },
  axes: { scene: 'full', points: 200, key: 'x', ready: 'A sum of meanings' },
  selection: { scene: 'full', points: 200, key: 'Control+a', ready: 'against 120 others' },
  workspace: { scene: 'full', points: 200, key: 'w', ready: 'Kept in the folder Documents' },
  reading: { scene: 'reading', points: 200, key: 'w', ready: 'Open for writing' },
  export: { scene: 'full', points: 200, key: 'e', ready: 'Places on the map' },
  settings: { scene: 'full', points: 200, key: 'Control+,', ready: 'Size of everything' },
  about: { scene: 'full', points: 200, key: 'Shift+H', ready: /libraries under/ },
  locked: { scene: 'locked', ready: /is open in another window/ },
};

for (const theme of ['light', 'dark'] as const)
  for (const [name, { scene, points, key, ready }] of Object.entries(SCENES))
    test(`nothing stands in the way: ${name}, ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await open(page, scene, points);
      if (key) await page.keyboard.press(key);
      await expect(page.getByText(ready).first()).toBeVisible();
      await accessible(page);
    });

/** Nothing stands in the way in either theme, one after the other over the same page. */
async function inBothThemes(page: Page, within?: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await accessible(page, within);
  }
}

test('nothing stands in the way on the parts of the models’ page and in the plan', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Recommend' }).click();
  await expect(region.getByText('91 MB, quick without a graphics card')).toBeVisible();
  await inBothThemes(page);
  await region.getByRole('button', { name: 'Providers' }).click();
  await region.getByRole('button', { name: 'Add the key of cohere' }).click();
  await inBothThemes(page);
  await region.getByRole('button', { name: 'Embed with openai:text-embedding-3-small…' }).click();
  await inBothThemes(page);
  await page.getByRole('button', { name: 'Send nothing' }).click();
  await region.getByRole('button', { name: 'Hub' }).click();
  await region.getByLabel('Search the hub').fill('small');
  await region.getByLabel('Search the hub').press('Enter');
  await region.getByRole('button', { name: 'Details of someone/jamba-small' }).click();
  await expect(region.getByText('This program cannot load it.')).toBeVisible();
  await inBothThemes(page);

  await page.getByRole('button', { name: 'Add files' }).click();
  await page.getByRole('menuitem').first().click();
  const plan = page.getByRole('dialog', { name: 'What was found' });
  await plan.getByText('3 files left out').click();
  await expect(plan.getByText('the archive is protected by a password')).toBeVisible();
  await inBothThemes(page);
});

test('nothing stands in the way of what opens over the map and the table', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Health of the vectors' }).click();
  await expect(page.getByText('Hubs', { exact: true })).toBeVisible();
  await inBothThemes(page, 'aside.left');
  await hoverPoint(page);
  await expect(page.getByRole('group', { name: 'Item under the pointer' })).toContainText('Nearest in the full space');
  await inBothThemes(page, '[role=group][aria-label="Item under the pointer"]');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('map');
  await expect(page.getByRole('option', { name: /^PCA map of builtin-text/ })).toBeVisible();
  await inBothThemes(page, 'dialog');
  await page.keyboard.press('Escape');

  await page.keyboard.press('4');
  for (const column of ['Item', 'Group', 'year']) {
    await page.getByRole('button', { name: `Filter ${column}`, exact: true }).click();
    await expect(page.getByRole('group', { name: `Filter ${column}`, exact: true })).toBeVisible();
    await inBothThemes(page, '.filter');
    await page.keyboard.press('Escape');
  }

  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await page.getByRole('button', { name: 'PCA', exact: true }).click();
  await page.getByRole('form', { name: 'Lay out another map' }).getByRole('button', { name: '3-D' }).click();
  await inBothThemes(page, 'aside.left');
  await page.getByRole('button', { name: /^Lay out all-MiniLM/ }).click();
  await expect(page.getByRole('button', { name: /^PCA in 3-D/ })).toHaveAttribute('aria-current', 'true');
  await inBothThemes(page);
});

test('nothing stands in the way of four maps, one that becomes another, and pairs', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('2');
  const add = page.getByRole('button', { name: 'Add a map' });
  await add.click();
  await add.click();
  await expect(page.getByText('200 shown')).toHaveCount(4);
  await inBothThemes(page);
  await page.getByRole('button', { name: 'Morph' }).click();
  await inBothThemes(page);
  await page.getByRole('button', { name: 'Pairs', exact: true }).click();
  await expect(page.getByRole('application', { name: 'Differences of 200 items, every pair a cell' })).toBeVisible();
  await inBothThemes(page);
  await page.getByRole('tab', { name: 'Move' }).click();
  await inBothThemes(page);
});

test('at twice its size nothing is cut off, and the size is kept', async ({ page }) => {
  // A window of 1280 by 800 at 200 %.
  await page.setViewportSize({ width: 640, height: 400 });
  for (const [scene, points, keys] of [
    ['empty', undefined, ['Escape']],
    ['full', 200, ['1', '2', '3', '4', 'w', 'm']],
  ] as const) {
    await open(page, scene, points);
    for (const key of keys) {
      await page.keyboard.press(key);
      await expect(page.getByRole('button', { name: 'Find an action' })).toBeInViewport({ ratio: 1 });
      const [width, wide] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      expect(wide, `${scene} ${key}`).toBeLessThanOrEqual(width!);
    }
  }
  const size = () => page.evaluate(() => document.documentElement.style.zoom);
  await page.keyboard.press('Control+=');
  await expect.poll(size).toBe('110%');
  await page.keyboard.press('Control+-');
  await page.keyboard.press('Control+-');
  await expect.poll(size).toBe('90%');
  await page.keyboard.press('Control+0');
  await expect.poll(size).toBe('100%');
});

test('at twice its size everything can be reached, and panels scroll one way', async ({ page }) => {
  // A window of 1440 by 900 at 200 %.
  await page.setViewportSize({ width: 720, height: 450 });
  await open(page, 'full', 200);
  const reached = async (what: string, within?: string) =>
    expect.soft(await unreachable(page, within), what).toEqual([]);
  await reached('map');
  for (const panel of ['Search', 'Axes', 'Selection', 'Item']) {
    await page.getByRole('button', { name: panel, exact: true }).click();
    await reached(panel);
  }
  await page.keyboard.press('Control+a');
  await expect(page.getByText('against 120 others')).toBeVisible();
  await reached('a selection');
  await page.keyboard.press('c');
  await page.keyboard.press('[');
  await page.getByRole('button', { name: 'Health of the vectors' }).click();
  await page.getByRole('button', { name: 'Lay out another map' }).click();
  await reached('the library with its forms');
  await page.keyboard.press('[');

  await page.keyboard.press('2');
  await expect(page.getByText('200 shown')).toHaveCount(2);
  await reached('compare');
  for (const panel of ['What changed', 'Which is better', 'Move']) {
    await page.getByRole('button', { name: panel, exact: true }).click();
    // It lies over the map beside it until it is folded.
    await reached(panel, '.rail');
  }
  await page.keyboard.press(']');
  await page.getByRole('button', { name: 'Add a map' }).click();
  await page.getByRole('button', { name: 'Add a map' }).click();
  await reached('four maps');
  await page.getByRole('button', { name: 'Morph' }).click();
  await reached('morph');
  await page.getByRole('button', { name: 'Pairs', exact: true }).click();
  await reached('pairs');

  for (const [key, ready] of [
    ['3', /200 items · cosine/],
    ['4', '320 items'],
    ['w', 'Kept in the folder Documents'],
    ['m', 'On this computer'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByText(ready).first()).toBeVisible();
    await reached(`view ${key}`);
  }
  for (const part of ['Recommend', 'Hub', 'Providers']) {
    await page.getByRole('button', { name: part, exact: true }).click();
    await reached(part);
  }
  await page.keyboard.press('1');
  for (const [key, name] of [
    ['Control+k', 'Find an action'],
    ['?', 'All keys'],
    ['Control+,', 'Settings'],
    ['e', 'Export'],
    ['Shift+E', 'Export figure'],
    ['Shift+S', 'What was found'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog', { name, exact: true })).toBeVisible();
    await reached(name);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
});

test('the size of everything changes from a field too, and Escape leaves the models', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByLabel('Search by meaning').focus();
  await page.keyboard.press('Control+=');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('dialog', { name: 'Settings' }).getByText('110 %')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('m');
  await expect(page.getByRole('region', { name: 'Models' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('application')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Selection 200' }), 'what is not in sight stays').toBeVisible();
});

test('everything by keyboard: start, search, keep, select, compare', async ({ page }) => {
  await open(page, 'empty');
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Workspace/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Theme/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'All models' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Start' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(counter(page)).toHaveText(shown(200));

  await page.keyboard.press('/');
  await page.keyboard.type('the night train');
  await page.keyboard.press('Enter');
  await expect(page.getByText('20 nearest of 200')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#lens .item').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nearest in the full space')).toBeVisible();

  await page.keyboard.press('l');
  await expect(page.getByRole('button', { name: /^Lasso/ })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Pointer/ })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('f');
  await expect(page.getByRole('complementary', { name: 'Under the lens' }).getByRole('tablist')).toBeHidden();
  await page.keyboard.press('f');
  await page.keyboard.press('3');
  await expect(page.getByText(/items drawn|items · cosine/).first()).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.type('table');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Items' })).toBeVisible();
});

test('what is typed right after a key goes into its field, however long a frame takes', async ({ page }) => {
  await open(page, 'full', 200);
  await page.evaluate(() => (window.requestAnimationFrame = () => 0));
  await page.keyboard.press('/');
  await page.keyboard.type('the night train');
  await expect(page.getByLabel('Search by meaning')).toHaveValue('the night train');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('s');
  await page.keyboard.type('All of it');
  await expect(page.getByLabel('Name to keep the selection under')).toHaveValue('All of it');
});

for (const [width, height] of [
  [2560, 1440],
  [1440, 900],
  [1280, 800],
  [900, 600],
] as const)
  test(`nothing leaves the window at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page, 'full', 200);
    await search(page, 'a late frost');
    for (const view of ['Map', 'Compare', 'Matrix', 'Table', 'Workspace']) {
      if (view === 'Workspace') await page.keyboard.press('w');
      else await page.getByRole('button', { name: view, exact: true }).click();
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('header *, main *')]
          .filter((element) => element.checkVisibility() && !element.closest('.unseen, .scroll, [role=grid]'))
          .map((element) => ({
            name: element.className.toString() || element.tagName,
            box: element.getBoundingClientRect(),
          }))
          .filter(
            ({ box }) => box.width > 1 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1),
          )
          .map(({ name }) => name),
      );
      expect(outside).toEqual([]);
    }
  });
