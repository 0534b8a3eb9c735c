import { expect, test } from '../fixtures';
import { address, cards, freshEmail, makeProduct, ordersOf } from '../data';

// JavaScript is off: every step is a plain HTML form.
test('a guest buys without JavaScript, a declined card first', async ({ page }) => {
  const email = freshEmail();
  const product = await makeProduct({ stock: 4 });
  await page.goto(`/p/${product.slug}`);
  await page.getByTestId('product-add-to-cart').click();
  await page.goto('/cart');
  await expect(page.getByRole('main')).toContainText(product.title);
  await page.getByRole('button', { name: /One more of/ }).click();
  await expect(page.getByTestId('cart-line-quantity')).toHaveText('2');

  await page.goto('/checkout');
  await page.getByRole('button', { name: /Continue/ }).click();
  // Nothing was filled in: the fields say so, and what is typed now is kept.
  await expect(page.getByLabel('Full name')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Full name').fill(address.name);
  await page.getByLabel('Street and number').fill(address.line1);
  await page.getByLabel('Town or city').fill(address.city);
  await page.getByLabel('State').selectOption(address.region);
  await page.getByLabel('ZIP code').fill(address.postal_code);
  await page.getByRole('button', { name: /Continue/ }).click();
  await expect(page.getByLabel('Full name')).toHaveValue(address.name);
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  // Without a script the payment provider's own page comes next.
  await expect(page.getByRole('heading', { level: 1, name: /^Pay / })).toBeVisible();
  const payWith = async (number: string) => {
    await page.getByLabel('Card number').fill(number);
    await page.getByLabel(/Expir/).fill('12 / 40');
    await page.getByLabel(/Security code|CVC/).fill('123');
    await page.getByLabel('Name on card').fill(address.name);
    await page.getByRole('button', { name: /^Pay / }).click();
  };
  await payWith(cards.declined);
  await expect(page.getByText(/declined/i).first()).toBeVisible();
  await payWith(cards.good);
  await page.waitForURL(/\/orders\//);
  expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }]);
});

test('3-D Secure without JavaScript', async ({ page }) => {
  const email = freshEmail();
  const product = await makeProduct({ stock: 4 });
  await page.goto(`/p/${product.slug}`);
  await page.getByTestId('product-add-to-cart').click();
  await page.goto('/checkout');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Full name').fill(address.name);
  await page.getByLabel('Street and number').fill(address.line1);
  await page.getByLabel('Town or city').fill(address.city);
  await page.getByLabel('State').selectOption(address.region);
  await page.getByLabel('ZIP code').fill(address.postal_code);
  await page.getByRole('button', { name: /Continue/ }).click();
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.getByLabel('Card number').fill(cards.secure);
  await page.getByLabel(/Expir/).fill('12 / 40');
  await page.getByLabel(/Security code|CVC/).fill('123');
  await page.getByLabel('Name on card').fill(address.name);
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByRole('button', { name: 'Authorise payment' }).click();
  await page.waitForURL(/\/orders\//);
  expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }]);
});

test('every page of the catalogue says what it has to say without JavaScript', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const departments = page.getByRole('navigation', { name: 'Departments' }).getByRole('link');
  expect(await departments.count()).toBeGreaterThan(3);
  await departments.first().click();
  expect(await page.getByRole('main').locator('a[href^="/p/"]').count()).toBeGreaterThan(1);
  await page.getByRole('searchbox').fill('bowl');
  await page.getByRole('searchbox').press('Enter');
  await page.waitForURL(/\/search\?q=bowl/);
  await expect(page.getByRole('main')).toContainText(/bowl/i);
});
