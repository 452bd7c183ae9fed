import { accessible, counter, expect, open, search, shown, test } from './window';

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

test('at twice its size nothing is cut off, and the size is kept', async ({ page }) => {
  // A window of 1280 by 800 at 200 %.
  await page.setViewportSize({ width: 640, height: 400 });
  for (const [scene, points, key] of [
    ['empty', undefined, 'Escape'],
    ['full', 200, '1'],
    ['full', 200, '2'],
    ['full', 200, '3'],
    ['full', 200, '4'],
    ['full', 200, 'w'],
    ['full', 200, 'm'],
  ] as const) {
    await open(page, scene, points);
    await page.keyboard.press(key);
    await expect(page.getByRole('button', { name: 'Find an action' })).toBeInViewport({ ratio: 1 });
    const [width, wide] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    expect(wide, `${scene} ${key}`).toBeLessThanOrEqual(width!);
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
