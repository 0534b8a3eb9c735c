import { accessible, expect, expectStatus, test, visit } from '../fixtures';
import { address, cards, freshEmail, makeProduct, password } from '../data';
import { Shop } from '../pages/shop';

test('an account signs its other browsers out, and changes its name', async ({ page, browser, baseURL }) => {
  const email = freshEmail();
  await new Shop(page).register(email);
  const other = await browser.newContext({ baseURL });
  const elsewhere = await other.newPage();
  await visit(elsewhere, '/account/sign-in');
  await elsewhere.getByLabel('E-mail', { exact: true }).fill(email);
  await elsewhere.getByLabel('Password', { exact: true }).fill(password);
  await elsewhere.getByRole('button', { name: 'Sign in' }).click();
  await elsewhere.waitForURL('**/account');

  await visit(page, '/account');
  await expect(page.getByTestId('account-session')).toHaveCount(2);
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(page.getByTestId('flash')).toHaveText('One other browser is signed out.');
  await expect(page.getByTestId('flash')).toBeFocused();
  await expect(page.getByTestId('account-session')).toHaveCount(1);
  await elsewhere.goto('/account');
  await elsewhere.waitForURL(/\/account\/sign-in/);
  await other.close();

  await page.getByText('Change your name').click();
  await page.getByLabel('Name', { exact: true }).fill('Augusta King');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your name is changed.')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Augusta King');
});

test('one browser is signed out by its own button, and no other', async ({ page, browser, baseURL }) => {
  const email = freshEmail();
  await new Shop(page).register(email);
  const agent = (name: string) => `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 ${name}`;
  const others = await Promise.all(['Firefox/128.0', 'Safari/605.1.15'].map(async (name) => {
    const elsewhere = await (await browser.newContext({ baseURL, userAgent: agent(name) })).newPage();
    await visit(elsewhere, '/account/sign-in');
    await elsewhere.getByLabel('E-mail', { exact: true }).fill(email);
    await elsewhere.getByLabel('Password', { exact: true }).fill(password);
    await elsewhere.getByRole('button', { name: 'Sign in' }).click();
    await elsewhere.waitForURL('**/account');
    return elsewhere;
  }));
  const [ended, left] = others;
  await visit(page, '/account');
  await expect(page.getByTestId('account-session')).toHaveCount(3);
  await page.getByRole('button', { name: 'Sign out Firefox on Windows' }).click();
  await expect(page.getByTestId('account-session')).toHaveCount(2);
  await expect(page.getByTestId('account-session').filter({ hasText: 'Firefox' })).toHaveCount(0);
  await ended.goto('/account');
  await ended.waitForURL(/\/account\/sign-in/);
  for (const still of [left, page]) {
    await visit(still, '/account');
    await expect(still).toHaveURL(/\/account$/);
    await expect(still.getByTestId('account-session')).toHaveCount(2);
  }
  await Promise.all(others.map((other) => other.context().close()));
});

test('an account made on the page of a guest order takes the order in', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  const number = await shop.placeOrder(freshEmail());
  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(number);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(`**/orders/${number}`);
  await expect(page.getByRole('button', { name: 'Add it to your account' })).toBeHidden();
  await visit(page, '/account');
  await expect(page.getByRole('main').getByRole('link', { name: number })).toBeVisible();
});

test('an order placed as a guest is added to the account that signs in later', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  const number = await shop.placeOrder(freshEmail());
  await shop.register(freshEmail());
  await visit(page, '/account');
  await expect(page.getByRole('main').getByRole('link', { name: number })).toBeHidden();
  await visit(page, `/orders/${number}`);
  await accessible(page);
  await page.getByRole('button', { name: 'Add it to your account' }).click();
  await expect(page.getByText('The order is in your account now.')).toBeVisible();
  await visit(page, '/account');
  await expect(page.getByRole('main').getByRole('link', { name: number })).toBeVisible();
});

test('an account orders again to where it ordered before, and forgets an address', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.register(email);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await shop.placeOrder(email);
  await page.context().clearCookies({ name: '__Host-souk_draft' });
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await expect(page.getByLabel('Street and number')).toHaveValue(address.line1);
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  // What is corrected in a kept address is not undone by loading the page again.
  await page.getByLabel('Street and number').fill('7 Corrected Lane');
  await page.getByLabel('Street and number').blur();
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.waitForURL(/\/checkout\/pay\//);
  await visit(page, '/checkout');
  await page.getByText('Send it to another of your addresses').click();
  await page.getByTestId('checkout-address').filter({ hasText: address.line1 }).click();
  await expect(page.getByLabel('Street and number')).toHaveValue(address.line1);
  const chosen = page.url();
  await page.getByLabel('Street and number').fill('8 Corrected Lane');
  const kept = page.waitForResponse('**/sf/checkout/quote');
  await page.getByLabel('Street and number').blur();
  await kept;
  await visit(page, chosen);
  await expect(page.getByLabel('Street and number')).toHaveValue('8 Corrected Lane');
  await visit(page, '/account');
  await accessible(page);
  await expect(page.getByTestId('account-address')).toHaveCount(2);
  await page.getByRole('button', { name: `Forget ${address.line1}` }).click();
  await expect(page.getByTestId('account-address')).toHaveCount(1);
  await expect(page.getByTestId('account-address')).toContainText('7 Corrected Lane');
});

test('an account adds an address, changes it, and finds it at the checkout until it is forgotten', async ({ page }) => {
  const shop = new Shop(page);
  await shop.register(freshEmail());
  await visit(page, '/account');
  await page.getByRole('link', { name: 'Add an address' }).click();
  await page.waitForURL('**/account/address');
  await expect(page.getByLabel('Full name')).toHaveValue(address.name);
  await page.getByRole('button', { name: 'Save the address' }).click();
  await expect(page.getByTestId('form-errors')).toBeFocused();
  await expect(page.getByLabel('Town or city')).toHaveAttribute('aria-invalid', 'true');
  await accessible(page);
  // Another country wants other fields.
  await page.getByLabel('Country').selectOption('DE');
  await expect(page.getByLabel('State')).toBeHidden();
  // Each country keeps its own region, and none becomes another's.
  await page.getByLabel('Country').selectOption('CA');
  await page.getByLabel('Province').selectOption('ON');
  await page.getByLabel('Country').selectOption('US');
  await expect(page.getByLabel('State')).toHaveValue('');
  await page.getByLabel('Country').selectOption('CA');
  await expect(page.getByLabel('Province')).toHaveValue('ON');
  await shop.fillAddress();
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.waitForURL('**/account');
  await expect(page.getByText('The address is saved.')).toBeVisible();
  const kept = page.getByTestId('account-address');
  await expect(kept).toHaveCount(1);

  await page.getByRole('link', { name: `Change ${address.line1}` }).click();
  await expect(page.getByLabel('Town or city')).toHaveValue(address.city);
  await page.getByLabel('Street and number').fill('7 Moved Lane');
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.waitForURL('**/account');
  await expect(kept).toHaveCount(1);
  await expect(kept).toContainText('7 Moved Lane');

  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await expect(page.getByLabel('Street and number')).toHaveValue('7 Moved Lane');
  await visit(page, '/account');
  await page.getByRole('button', { name: 'Forget 7 Moved Lane' }).click();
  await expect(page.getByTestId('flash')).toContainText('The address is forgotten');
  await expect(page.getByTestId('flash')).toBeFocused();
  await expect(kept).toHaveCount(0);
});

test("another account's address cannot be looked at", async ({ page, browser, baseURL }) => {
  const shop = new Shop(page);
  await shop.register(freshEmail());
  await visit(page, '/account/address');
  await shop.fillAddress();
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.waitForURL('**/account');
  const link = await page.getByRole('link', { name: `Change ${address.line1}` }).getAttribute('href');
  const other = await browser.newContext({ baseURL });
  const stranger = await other.newPage();
  await new Shop(stranger).register(freshEmail());
  expectStatus(stranger, 404);
  expect((await visit(stranger, link ?? ''))?.status()).toBe(404);
  await expect(stranger.getByLabel('Street and number')).toBeHidden();
  await other.close();
});
