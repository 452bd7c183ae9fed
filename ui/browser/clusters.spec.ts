import { expect, open, test } from './window';

test('groups are found another way, and shown finer or coarser', async ({ page }) => {
  await open(page, 'full', 200);
  const rail = page.getByRole('region', { name: 'Groups' });
  const legend = page.getByLabel('Colour', { exact: true });
  await expect(rail.getByText('k-means · seed 42')).toBeVisible();
  const before = await legend.getByRole('listitem').count();

  await rail.getByRole('button', { name: 'Find other groups' }).click();
  const form = page.getByRole('form', { name: 'Find other groups' });
  await expect(form.getByRole('slider', { name: /^Groups/ })).toHaveValue('1');
  await form.getByLabel('Method').selectOption('HDBSCAN');
  await form.getByRole('button', { name: 't-SNE map' }).click();
  await form.getByRole('slider', { name: /^Smallest/ }).fill('8');
  await form.getByRole('button', { name: 'Find groups' }).click();
  await expect(form).toBeHidden();
  await expect(rail.getByText('HDBSCAN, 8 or more together · on t-SNE · seed 42')).toBeVisible();
  await expect(rail.getByText(/\d+ groups, \d+ in none/)).toBeVisible();
  const found = await rail.getByText(/groups, /).textContent();
  await expect(legend.getByRole('listitem').last()).toHaveText(/none/);

  await rail.getByRole('slider', { name: /^Coarser/ }).fill('2');
  await expect(rail.getByText('≥ 32')).toBeVisible();
  await expect(rail.getByText(found!)).toBeHidden();
  await expect.poll(() => legend.getByRole('listitem').count()).toBeLessThan(before);

  await rail.getByRole('button', { name: 'Find other groups' }).click();
  await form.getByLabel('Method').selectOption('DBSCAN');
  await expect(form.getByRole('button', { name: 'Vectors' }), 'it knows only places').toBeHidden();
  await form.getByRole('slider', { name: /^Dense with/ }).fill('6');
  await form.getByRole('button', { name: 'Find groups' }).click();
  await expect(rail.getByText('DBSCAN, 6 within reach · on t-SNE · seed 42')).toBeVisible();
  await rail.getByRole('slider', { name: /^Coarser/ }).fill('1');
  await expect(rail.getByText('2.4 %')).toBeVisible();
});
