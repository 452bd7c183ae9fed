import { accessible, expect, open, test } from './window';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('about says the version, and that nothing is fetched', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('about embedscope');
  await page.keyboard.press('Enter');
  const about = page.getByRole('dialog', { name: 'About Embedscope' });
  await expect(about.getByText('It asks nobody for a newer version unless you switch that on')).toBeVisible();
  await expect(about.getByRole('heading', { name: 'Embedscope 0.1.0' })).toBeVisible();
});

test('the list of libraries is fetched when it is asked for, and not before', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await open(page, 'full', 200);
  const lists = () => fetched.filter((url) => url.includes('/licences'));
  expect(lists()).toEqual([]);
  await page.keyboard.press('Shift+H');
  await expect(page.getByText(/libraries under \d+ licences/)).toBeVisible();
  expect(lists()).toHaveLength(1);
});

test('a library is found, its licence read and copied, by keyboard alone', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await open(page, 'full', 200);
  await page.keyboard.press('Shift+H');
  const about = page.getByRole('dialog', { name: 'About Embedscope' });
  const find = about.getByLabel('Find a library or a licence');
  const before = await find.boundingBox();
  await find.fill('apache tauri');
  await expect(about.getByText(/^\d+ of \d+ libraries$/)).toBeVisible();
  expect(await find.boundingBox(), 'the field stays where it is').toEqual(before);
  await page.keyboard.press('ArrowDown');
  const lines = about.locator('[aria-expanded]');
  await expect(lines.first()).toBeFocused();
  await page.keyboard.press('End');
  await expect(lines.last()).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(lines.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(lines.first()).toContainText('@tauri-apps/api');
  await page.keyboard.press('Enter');
  await expect(lines.first()).toHaveAttribute('aria-expanded', 'true');
  const licence = about.getByRole('group', { name: 'Licence of @tauri-apps/api' });
  await expect(licence.getByText('Grant of Copyright License')).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(licence.getByRole('button', { name: 'Copied' })).toBeFocused();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^@tauri-apps\/api [\d.]+\nApache-2\.0 OR MIT\nhttps:/);
  expect(copied).toContain('Permission is hereby granted');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(licence).toBeHidden();
  await find.fill('nothing of the kind');
  await expect(about.getByText('No library and no licence is called “nothing of the kind”.')).toBeVisible();
});

test('a package without a text says that the standard one is shown', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('Shift+H');
  const about = page.getByRole('dialog', { name: 'About Embedscope' });
  await about.getByLabel('Find a library or a licence').fill('WebView2 Loader');
  await about.getByRole('button', { name: 'WebView2 Loader' }).click();
  await expect(about.getByText('Comes inside webview2-com-sys')).toBeVisible();
  await expect(about.getByText('this is the standard one. By Microsoft Corporation.')).toBeVisible();
});
