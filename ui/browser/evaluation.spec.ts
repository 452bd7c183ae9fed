import AxeBuilder from '@axe-core/playwright';
import { expect, open, test } from './window';

for (const theme of ['light', 'dark'] as const)
  test(`which model is better, and the items behind every figure, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await open(page, 'full', 200);
    await page.keyboard.press('2');
    await page.getByRole('tab', { name: 'Which is better' }).click();
    const panel = page.getByRole('region', { name: 'Evaluation' });
    await expect(panel.getByLabel('Classes by')).toHaveValue('file');
    await panel.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await expect(panel.getByText('200 items in 12 classes, 100 tested')).toBeVisible();
    await expect(panel.getByText(/are not different|is better than/)).toHaveCount(2);

    await panel.getByRole('button', { name: /^Accuracy of builtin-text/ }).click();
    await expect(panel.getByText(/\d+ items? selected/)).toBeVisible();
    await panel.getByLabel('Mistakes of').selectOption({ label: 'builtin-text' });
    const mistake = panel.locator('.mistakes .row').first();
    const many = Number(await mistake.locator('.many').textContent());
    await mistake.click();
    await expect(panel.getByText(`${many} ${many === 1 ? 'item' : 'items'} selected`)).toBeVisible();

    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id }) => id)).toEqual([]);
    await panel.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(panel.getByText(/selected/)).toBeHidden();

    await panel.getByLabel('Classes by').selectOption('collection');
    await panel.getByRole('button', { name: 'Again' }).click();
    await expect(page.getByText(/fewer than two classes/)).toBeVisible();
    await page.getByRole('tab', { name: 'What changed' }).click();
    await expect(page.getByText('Moved most')).toBeVisible();
  });
