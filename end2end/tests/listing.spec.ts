import { accessible, expect, test, visit } from '../fixtures';
import { makeProduct, makeVariants } from '../data';

test('a list is narrowed down, sorted, and gone back to: all of it stands in the address', async ({ page }) => {
  await visit(page, '/search');
  const filters = page.getByTestId('listing-filters');
  const applied = page.getByTestId('listing-applied');
  const all = Number.parseInt((await page.getByTestId('listing-count').textContent()) ?? '', 10);

  await filters.getByLabel('Ready to ship only').check();
  await page.waitForURL(/in_stock=true/);
  await filters.getByLabel(/4 stars and up/).check();
  await page.waitForURL(/min_rating=4/);
  await expect(applied.getByRole('link')).toHaveCount(3);
  const some = Number.parseInt((await page.getByTestId('listing-count').textContent()) ?? '', 10);
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(all);
  await accessible(page);

  await page.getByTestId('listing-sort').selectOption('rating');
  await page.waitForURL(/sort=rating/);
  const narrowed = page.url();
  const first = page.getByTestId('product-card').first();
  await expect(first).toBeVisible();

  await applied.getByRole('link', { name: /4 stars and up/ }).click();
  await page.waitForURL((url) => !url.search.includes('min_rating'));
  await expect(applied.getByRole('link')).toHaveCount(1);
  await page.goBack();
  await page.waitForURL(narrowed);
  await expect(filters.getByLabel(/4 stars and up/)).toBeChecked();
  await expect(page.getByTestId('listing-sort')).toHaveValue('rating');

  await visit(page, narrowed.replace('sort=rating', 'sort=price_asc'));
  await page.getByTestId('listing-sort').selectOption('rating');
  await page.waitForURL(/sort=rating/);
  await page.goBack();
  await expect(page.getByTestId('listing-sort')).toHaveValue('price_asc');
  await page.goForward();
  await expect(page.getByTestId('listing-sort')).toHaveValue('rating');

  // The address alone is enough.
  await visit(page, narrowed);
  await expect(applied.getByRole('link')).toHaveCount(3);
});

test('a list is narrowed down by category, seller, colours and price', async ({ page }) => {
  await visit(page, '/search');
  const filters = page.getByTestId('listing-filters');
  const facet = (name: string) => filters.getByRole('group', { name });
  const count = async () => Number.parseInt((await page.getByTestId('listing-count').textContent()) ?? '', 10);
  const applied = page.getByTestId('listing-applied').getByRole('link', { name: /Remove the filter/ });
  const all = await count();
  await facet('Category').getByLabel(/^Home & Table/).check();
  await page.waitForURL(/category=/);
  await expect.poll(count).toBeLessThan(all);
  const inCategory = await count();
  await facet('Seller').getByLabel(/^Fallow & Kiln/).check();
  await page.waitForURL(/seller=/);
  await expect.poll(count).toBeLessThan(inCategory);
  const ofSeller = await count();
  for (const card of await page.getByTestId('product-card').all()) await expect(card).toContainText('Fallow & Kiln');

  // Two glazes are either of them.
  const glazes = facet('Glaze').getByRole('checkbox');
  await glazes.nth(0).check();
  await page.waitForURL(/option\.glaze=/);
  await expect.poll(count).toBeLessThan(ofSeller);
  const ofOne = await count();
  const one = page.url();
  await glazes.nth(1).check();
  await page.waitForURL((url) => url.href !== one);
  await expect(applied).toHaveCount(4);
  expect(await count()).toBeGreaterThanOrEqual(ofOne);
  expect(await count()).toBeLessThanOrEqual(ofSeller);

  const dearest = async () => {
    const prices = await page.getByTestId('product-card').locator('p').filter({ hasText: '$' }).allInnerTexts();
    return Math.max(...prices.map((price) => Number.parseFloat(/\$([\d.]+)/.exec(price)?.[1] ?? '')));
  };
  expect(await dearest(), 'there is something to leave out').toBeGreaterThan(40);
  // A list that arrives meanwhile leaves alone what is being typed.
  const upTo = filters.getByLabel('To', { exact: true });
  await page.route('**/sf/catalog/listing_page', async (route) => {
    await upTo.fill('40');
    await route.continue();
  });
  await filters.getByLabel(/^4 stars and up/).check();
  await expect(applied).toHaveCount(5);
  await expect(upTo).toHaveValue('40');
  await page.unroute('**/sf/catalog/listing_page');
  await upTo.press('Enter');
  await page.waitForURL(/max_price=/);
  // The address changes first, the list follows.
  await expect.poll(dearest).toBeLessThanOrEqual(40);
  await expect(page.getByTestId('product-card')).not.toHaveCount(0);
  // The price taken off leaves the field empty.
  await applied.filter({ hasText: '40' }).click();
  await expect(upTo).toHaveValue('');
  await accessible(page);
});

test('what is not found is said, with ways on', async ({ page }) => {
  const product = await makeProduct({ stock: 1 });
  await visit(page, `/search?q=${encodeURIComponent(product.title)}&max_price=1`);
  await expect(page.getByRole('main')).toContainText('Nothing found');
  await page.getByTestId('listing-applied').getByRole('link').first().click();
  await expect(page.getByRole('main').getByRole('link', { name: product.title }).first()).toBeVisible();
});

test('on a phone the filters lie over the page and say how much is found', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await makeProduct({ stock: 0 });
  await visit(page, '/search');
  const filters = page.getByTestId('listing-filters');
  const first = page.getByTestId('product-card').first();
  const open = filters.locator('> summary');
  await open.click();
  const show = filters.getByText(/^Show \d+ things$/);
  await expect(show, 'the way back is in sight').toBeInViewport({ ratio: 1 });
  const lies = () => filters.evaluate((filters) => [100, 400, 700].every((y) => filters.contains(document.elementFromPoint(195, y))));
  await expect.poll(lies, 'nothing of the page shows through').toBe(true);
  const before = await page.getByTestId('listing-count').textContent();
  await filters.getByLabel('Ready to ship only').check();
  await page.waitForURL(/in_stock=true/);
  await expect.poll(() => page.getByTestId('listing-count').textContent(), 'some things are sold out').not.toBe(before);
  const count = await page.getByTestId('listing-count').textContent();
  await expect(show, 'it follows what is found').toHaveText(`Show ${count}`);
  await accessible(page);
  await show.click();
  await expect(filters.getByLabel('Ready to ship only')).toBeHidden();
  await expect(first).toBeVisible();

  // Whoever leaves it by the keyboard sees what has the focus.
  await open.click();
  await filters.getByLabel('To', { exact: true }).focus();
  await page.keyboard.press('Tab');
  await expect(show).toBeHidden();
  await expect(page.locator(':focus')).toBeVisible();
});

test('categories unfold where one has gone in, sizes come as they grow', async ({ page }) => {
  await visit(page, '/search');
  const filters = page.getByTestId('listing-filters');
  const categories = filters.getByRole('group', { name: 'Category' });
  await expect(categories.getByLabel(/^Tableware/)).toBeHidden();
  await categories.getByLabel(/^Home & Table/).check();
  await page.waitForURL(/category=/);
  await categories.getByLabel(/^Pantry/).check();
  await page.waitForURL(/category=pantry/);
  await expect(categories.getByLabel(/^Tableware/)).toBeVisible();
  const sizes = filters.getByRole('group', { name: 'Size' });
  await expect(sizes).toBeVisible();
  // The first are those of most things, and both parts go from small to large.
  const values = (boxes: ReturnType<typeof sizes.getByRole>) => boxes.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
  const rest = sizes.locator('details');
  await expect(rest.getByRole('checkbox').first()).toBeHidden();
  await rest.getByText(/^\d+ more$/).click();
  const grams = (texts: string[]) => texts.map((text) => Number.parseFloat(text) * (/k?g$/.exec(text)?.[0] === 'kg' ? 1000 : 1));
  const all = await values(sizes.getByRole('checkbox'));
  const folded = await values(rest.getByRole('checkbox'));
  const weights = grams(all.slice(0, all.length - folded.length).filter((value) => value.endsWith('g')));
  expect(weights.length).toBeGreaterThan(2);
  expect(weights).toEqual([...weights].sort((one, other) => one - other));
  // What is chosen is seen.
  const chosen = rest.getByLabel(new RegExp(`^${folded[0]}`));
  await chosen.check();
  await page.waitForURL(/option\.size=/);
  await visit(page, page.url());
  await expect(chosen).toBeVisible();
  await expect(chosen).toBeChecked();
});

test('the focus stays on what was chosen, also where the choices around it change', async ({ page }) => {
  await visit(page, '/search?category=pantry');
  const filters = page.getByTestId('listing-filters');
  const department = filters.getByRole('group', { name: 'Category' }).getByLabel(/^Wear & Carry/);
  await department.focus();
  await page.keyboard.press('Space');
  await page.waitForURL(/category=carry/);
  // The department that was left folds, this one unfolds.
  await expect(filters.getByLabel(/^Tableware/)).toBeHidden();
  await expect(department).toBeFocused();
  await expect(department).toBeChecked();

  await visit(page, '/search');
  const rest = filters.getByRole('group', { name: 'Size' }).locator('details');
  await rest.getByText(/^\d+ more$/).click();
  const value = await rest.getByRole('checkbox').last().inputValue();
  const size = rest.locator(`[value="${value}"]`);
  await size.check();
  await page.waitForURL(/option\.size=/);
  await expect(size).toBeFocused();
  await size.uncheck();
  await page.waitForURL((url) => !url.search.includes('option.size'));
  await expect(size, 'the group does not fold around the focus').toBeVisible();
  await expect(size).toBeFocused();
});

test('an option whose value holds a comma can be chosen', async ({ page }) => {
  const value = 'Small, 18 cm';
  await makeVariants([{ options: { Size: value }, price: 2000, stock: 3 }]);
  await visit(page, `/search?option.size=${encodeURIComponent(value)}`);
  const applied = page.getByTestId('listing-applied').getByRole('link', { name: /Remove the filter/ });
  await expect(applied).toHaveCount(1);
  await expect(applied).toContainText(value);
  await expect(page.getByTestId('product-card')).not.toHaveCount(0);
  await expect(page.getByTestId('listing-filters').getByRole('group', { name: 'Size' }).getByLabel(new RegExp(`^${value}`))).toBeChecked();
  const api = await page.request.get(`/api/v1/products?option.size=${encodeURIComponent(value)}`);
  expect((await api.json()).total).toBeGreaterThan(0);
});
