import { counter, expect, open, search, shown, test } from './window';

test('the workspace says where it is, how large, and what was computed', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Workspace field-notes' }).click();
  await page.getByRole('menuitem', { name: 'About this workspace' }).click();
  await expect(page.getByText('Kept in the folder Documents')).toBeVisible();
  await expect(page.getByText('Pasted texts and pictures')).toBeVisible();
  const map = page.getByRole('listitem').filter({ hasText: 't-SNE' }).filter({ hasText: 'all-MiniLM-L6-v2' });
  await expect(map).toContainText('perplexity 30 · seed 42');
  await expect(map).toContainText('CPU, 2 threads');
  await map.getByRole('button', { name: /^Repeat/ }).click();
  await expect(map.getByRole('button', { name: /^Repeat/ })).toBeDisabled();
  await expect(map.getByRole('button', { name: /^Repeat/ })).toBeEnabled();

  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText('Everything is as it was written.')).toBeVisible();
  await page.getByRole('button', { name: 'Reclaim space' }).click();
  await expect(page.getByText('25 kB given back')).toBeVisible();
  await page.getByRole('button', { name: 'Save a diagnostic bundle…' }).click();
  await expect(page.getByText('embedscope-diagnosis.json is written')).toBeVisible();

  await map.getByRole('button', { name: 'Show this t-SNE map of all-MiniLM-L6-v2' }).click();
  await expect(counter(page)).toHaveText(shown(200));
});

test('damage is said in words and mended', async ({ page }) => {
  await open(page, 'damaged', 200);
  await page.keyboard.press('w');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText(/64 vectors of all-MiniLM-L6-v2 are not what was written/)).toBeVisible();
  await page.getByRole('button', { name: 'Mend' }).click();
  await expect(page.getByText('Mended; everything is as it was written.')).toBeVisible();
});

test('a selection is exported, and shown where it is', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption('column:year');
  await page.getByRole('button', { name: /^2019 / }).click();
  const chosen = (await page.getByText(/items · 2019/).textContent())!.match(/\d+/)![0];
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByRole('button', { name: `Selection (${chosen})` })).toHaveAttribute('aria-pressed', 'true');
  await expect(dialog.getByText(`${chosen} items.`)).toBeVisible();
  await dialog.getByLabel('Embedding set').selectOption('builtin-image');
  await expect(dialog.getByText('None of the selected items is in this set.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save as…' })).toBeDisabled();
  await dialog.getByRole('button', { name: 'All' }).click();
  await dialog.getByRole('radio', { name: /^Files/ }).check();
  await expect(dialog.getByText('Each file once')).toBeVisible();
  await dialog.getByRole('radio', { name: /^Projector/ }).check();
  await expect(dialog.getByText('120 items, into a new folder where you say.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Choose folder…' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('field-notes projector is written')).toBeVisible();
  await page.getByRole('button', { name: 'Show in folder' }).click();
});

test('an item and a selection are forgotten from where they are seen', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'a loan from the bank');
  await page.locator('#lens .item').first().click();
  await page.getByRole('button', { name: 'Forget this item…' }).click();
  const asked = page.getByRole('dialog', { name: 'Forget this item?' });
  await expect(asked.getByText('Your own files stay as they are')).toBeVisible();
  await asked.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(counter(page)).toHaveText(shown(199));
  await expect(page.getByText('1 item forgotten')).toBeVisible();
});

test('an original that moved is found again', async ({ page }) => {
  await open(page, 'full', 200);
  await search(page, 'A wholemeal loaf rises slowly when the kitchen is cold');
  await page.locator('#lens .item', { hasText: 'A wholemeal loaf rises slowly when the kitchen' }).first().click();
  await expect(page.getByText('The original is not where it was')).toBeVisible();
  await page.getByRole('button', { name: 'Find…' }).click();
  await expect(page.getByText('The original was found')).toBeVisible();
  await expect(page.getByText('The original is not where it was')).toBeHidden();
});

test('a workspace in use is read, and what writes says why it cannot', async ({ page }) => {
  await open(page, 'locked');
  await expect(page.getByRole('heading', { name: '“field-notes” is open in another window' })).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: '“field-notes” is open in another window' })).toBeVisible();
  await page.getByRole('button', { name: 'Open for reading' }).click();
  await expect(counter(page)).toHaveText(shown(200));
  const reason = 'This workspace is open for reading only';
  for (const name of ['Add files', 'Lay out another map']) {
    await expect(page.getByRole('button', { name })).toBeDisabled();
    await expect(page.getByRole('button', { name })).toHaveAttribute('title', reason);
  }
  await page.getByRole('button', { name: 'Reading only' }).click();
  for (const name of ['Reclaim space', 'Forget everything…', /^Repeat t-SNE of builtin-text/]) {
    await expect(page.getByRole('button', { name })).toBeDisabled();
    await expect(page.getByRole('button', { name })).toHaveAttribute('title', reason);
  }
  await page.getByRole('button', { name: 'Open for writing' }).click();
  await expect(counter(page)).toHaveText(shown(200));
  await expect(page.getByRole('button', { name: 'Add files' })).toBeEnabled();
});

test('one workspace after another', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Workspace field-notes' }).click();
  await page.getByRole('menuitem', { name: 'Letters 1890–1910' }).click();
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Workspace Letters 1890–1910' })).toBeVisible();

  await page.getByRole('button', { name: /^Open support-tickets/ }).click();
  const refused = page.getByRole('dialog', { name: 'This workspace could not be opened' });
  await expect(refused.getByText('There is no workspace in “support-tickets”')).toBeVisible();
  await refused.getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('button', { name: 'Take support-tickets off this list' }).click();
  await expect(page.getByRole('button', { name: /^Open support-tickets/ })).toBeHidden();
  await page.getByRole('button', { name: 'New workspace…' }).click();
  await expect(page.getByRole('button', { name: 'Workspace untitled' })).toBeVisible();
});
