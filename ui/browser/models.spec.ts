import { accessible, expect, open, test } from './window';

test('models are found, looked at, fetched and deleted', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'All models' }).click();
  const region = page.getByRole('region', { name: 'Models' });
  await expect(region.getByRole('heading', { name: 'Models' })).toBeVisible();
  await region.getByRole('button', { name: 'Fetch resnet50' }).click();
  await expect(region.getByRole('button', { name: 'Embed with resnet50' })).toBeVisible();
  await region.getByRole('button', { name: 'Delete resnet50…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('resnet50 is gone; 102 MB came free')).toBeVisible();

  await region.getByRole('button', { name: 'Hub' }).click();
  await region.getByLabel('Search the hub').fill('small');
  await region.getByLabel('Search the hub').press('Enter');
  await region.getByRole('button', { name: 'Details of someone/jamba-small' }).click();
  await expect(region.getByText('This program cannot load it.')).toBeVisible();
  await expect(region.getByRole('button', { name: 'Fetch someone/jamba-small' })).toBeHidden();
  await region.getByRole('button', { name: 'Details of BAAI/bge-small-en-v1.5' }).click();
  await expect(region.getByText('512 tokens')).toBeVisible();
  await region.getByRole('button', { name: 'Fetch BAAI/bge-small-en-v1.5' }).click();
  await expect(region.getByRole('button', { name: 'Embed with BAAI/bge-small-en-v1.5' })).toBeVisible();
});

test('models come from a mirror, and with a token that the keyring keeps', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Hub' }).click();
  await expect(region.getByText('Models come from huggingface.co, without a token.')).toBeVisible();
  await region.getByRole('button', { name: 'Change…' }).click();
  await region.getByLabel('Mirror').fill('http://hub.example');
  await region.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(page.getByText('The mirror has a url that does not begin with https://')).toBeVisible();
  await region.getByLabel('Mirror').fill('https://hub.example');
  await region.getByLabel('Token').fill('hf_secret');
  await region.getByLabel('Token').press('Enter');
  await expect(region.getByText('Models come from hub.example, with a token of yours.')).toBeVisible();
  await expect(region.getByLabel('Token')).toBeHidden();
  await accessible(page);

  await region.getByRole('button', { name: 'Change…' }).click();
  await expect(region.getByLabel('Token')).toHaveValue('');
  await region.getByRole('button', { name: 'Forget the token' }).click();
  await expect(region.getByText('Models come from hub.example, without a token.')).toBeVisible();
});

test('advice says why, and changes with what is wanted', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Recommend' }).click();
  await expect(region.getByText('91 MB, quick without a graphics card')).toBeVisible();
  await region.getByRole('combobox', { name: /^Of/ }).selectOption('both');
  await expect(region.getByText('clip-vit-base-patch32')).toBeVisible();
  await expect(region.getByText('all-MiniLM-L6-v2')).toBeHidden();
});

test('nothing is sent before it is asked, with its price', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await region.getByRole('button', { name: 'Providers' }).click();
  await expect(region.getByText('texts go to api.openai.com')).toBeVisible();
  await expect(region.getByRole('button', { name: 'Embed with cohere:embed-v4.0…' })).toBeDisabled();
  await region.getByRole('button', { name: 'Add the key of cohere' }).click();
  await region.getByRole('textbox', { name: 'Key of cohere' }).fill('secret');
  await region.getByRole('button', { name: 'Keep in the keyring' }).click();
  await expect(region.getByRole('button', { name: 'Embed with cohere:embed-v4.0…' })).toBeEnabled();

  await region.getByRole('button', { name: 'Embed with openai:text-embedding-3-small…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send 200 texts to api.openai.com?' });
  await expect(dialog.getByText('about $0.0008')).toBeVisible();
  await dialog.getByRole('button', { name: 'Send nothing' }).click();
  await expect(region.getByRole('checkbox').first()).not.toBeChecked();
});

test('a model in a folder is listed, and one in memory is let go of', async ({ page }) => {
  await open(page, 'full', 200);
  await page.keyboard.press('m');
  const region = page.getByRole('region', { name: 'Models' });
  await expect(region.getByText('In memory · 214 MB · CPU, 2 threads')).toBeVisible();
  await expect(region.getByText('1 model in memory, about 214 MB.')).toBeVisible();
  await region.getByRole('button', { name: 'Unload all-MiniLM-L6-v2' }).click();
  await expect(region.getByText(/In memory/)).toBeHidden();

  await region.getByRole('button', { name: 'Add a folder with a model…' }).click();
  await expect(page.getByText('folder:minilm-contracts is listed among the models')).toBeVisible();
  await expect(region.getByRole('button', { name: 'Embed with folder:minilm-contracts' })).toBeVisible();
  await region.getByRole('button', { name: 'Take folder:minilm-contracts off the list' }).click();
  await expect(region.getByText('From a folder of yours.')).toBeHidden();
});

test('vectors are combined by a field, and pictures with their captions', async ({ page }) => {
  await open(page, 'full', 200);
  await page.getByRole('button', { name: 'Combine vectors' }).click();
  const form = page.getByRole('form', { name: 'Combine vectors' });
  await form.getByRole('combobox', { name: 'By' }).selectOption('column:year');
  await form.getByRole('button', { name: 'Max' }).click();
  await form.getByRole('button', { name: 'Combine all-MiniLM-L6-v2' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole('button', { name: /^all-MiniLM-L6-v2, max by column:year/ })).toBeVisible();

  await page
    .getByRole('button', { name: /^builtin-image/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Combine vectors' }).click();
  await form.getByRole('button', { name: 'Pictures and captions' }).click();
  await expect(form.getByText('builtin-image reads no texts')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Combine builtin-image' })).toBeDisabled();
  await form.getByRole('button', { name: 'Side by side' }).click();
  await form.getByRole('combobox', { name: 'Captions by' }).selectOption('all-MiniLM-L6-v2');
  await form.getByRole('button', { name: 'Combine builtin-image' }).click();
  await expect(page.getByRole('button', { name: /^builtin-image, beside captions/ })).toBeVisible();
});
