import { accessible, expect, expectStatus, test, visit } from '../fixtures';
import { buyElsewhere, cards, endCoupon, freshEmail, makeCoupon, makeProduct, ordersOf, reprice } from '../data';
import { Shop } from '../pages/shop';

test('a coupon is entered in the cart and taken off the order', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const code = await makeCoupon();
  await shop.putIntoCart(await makeProduct({ stock: 5, price: 5000 }));
  await visit(page, '/cart');
  await page.getByTestId('coupon-open').click();
  expectStatus(page, 422);
  await page.getByTestId('coupon-code').fill('NO-SUCH-CODE');
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon-code')).toHaveAccessibleDescription('There is no such coupon.');
  await expect(page.getByTestId('coupon-code')).toBeFocused();
  await accessible(page);
  await page.getByTestId('coupon-code').fill(code.toLowerCase());
  await page.getByTestId('coupon-code').press('Enter');
  await expect(page.getByTestId('coupon')).toContainText(code);
  await expect(page.getByTestId('cart-total')).toHaveText('$45.00');
  await expect(page.getByRole('complementary', { name: 'Summary' })).toContainText('−$5.00');
  await accessible(page);

  const number = await shop.placeOrder(email);
  await expect(page.getByRole('main')).toContainText('−$5.00');
  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(number);
  const [order] = await ordersOf(email);
  expect(order).toMatchObject({ status: 'paid', discount: '500', captured: order.total });
});

test('a coupon is entered at the checkout, and taken out again', async ({ page }) => {
  const shop = new Shop(page);
  const code = await makeCoupon();
  await shop.putIntoCart(await makeProduct({ stock: 5, price: 5000 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(freshEmail());
  const pay = page.getByRole('button', { name: /Continue to payment/ });
  await expect(pay).toBeVisible();
  const whole = await pay.innerText();
  await page.getByTestId('coupon-open').click();
  await page.getByTestId('coupon-code').fill(code);
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon')).toContainText(code);
  await expect(pay).not.toHaveText(whole);
  await expect(page.getByRole('main')).toContainText('−$5.00');
  await accessible(page);
  await page.getByTestId('coupon-remove').click();
  await expect(page.getByTestId('coupon-open')).toBeVisible();
  await expect(pay).toHaveText(whole);
  // What was typed is still there.
  await expect(page.getByLabel('Full name')).not.toHaveValue('');
});

test('nobody orders without the coupon that was typed and not entered', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const code = await makeCoupon();
  await shop.putIntoCart(await makeProduct({ stock: 5, price: 5000 }));
  await visit(page, '/checkout');
  const errors = page.getByTestId('form-errors');
  await page.getByTestId('coupon-open').click();
  await page.getByTestId('coupon-code').fill('NO-SUCH-CODE');
  expectStatus(page, 422);
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon-code')).toHaveAccessibleDescription('There is no such coupon.');
  // The last field is left by the press alone: what its change asks for takes no message away.
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await shop.fillAddress();
  const pay = page.getByRole('button', { name: /^Continue/ });
  await pay.click();
  await expect(errors).toContainText('There is no such coupon.');
  await expect(pay).toContainText('Continue to payment');
  await expect(errors).toContainText('There is no such coupon.');
  await errors.getByRole('link').click();
  await expect(page.getByTestId('coupon-code')).toBeFocused();
  await page.getByTestId('coupon-code').fill(code);
  await pay.click();
  await expect(page.getByTestId('coupon')).toContainText(code);
  await expect(page.getByTestId('coupon'), 'what was said of another code').not.toContainText('no such coupon');
  await expect(page.getByRole('complementary', { name: 'Order summary' })).toContainText('−$5.00');
  await expect(errors).toHaveCount(0);
  expect(await ordersOf(email)).toEqual([]);
  await accessible(page);
  // Enter in a field of the form is the order's, but not beside a question that may change the total.
  let orders = 0;
  page.on('request', (request) => { orders += request.url().endsWith('/sf/checkout/place_order') ? 1 : 0; });
  await page.route('**/sf/checkout/quote', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  const quoted = page.waitForResponse('**/sf/checkout/quote');
  await page.getByLabel('ZIP code').fill('97202');
  await page.getByLabel('ZIP code').press('Enter');
  await quoted;
  expect(orders).toBe(0);
  await expect(pay).not.toHaveAttribute('aria-busy', 'true');
  await page.getByLabel('Full name').press('Enter');
  await page.waitForURL(/\/checkout\/pay\//);
  expect(await ordersOf(email)).toMatchObject([{ status: 'pending_payment', discount: '500' }]);
});

test('what changes during the checkout is told with both totals before anything is ordered', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const code = await makeCoupon();
  const product = await makeProduct({ stock: 5, price: 5000 });
  await shop.putIntoCart(product);
  await visit(page, '/cart');
  await page.getByTestId('coupon-open').click();
  await page.getByTestId('coupon-code').fill(code);
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon')).toBeVisible();
  await visit(page, '/checkout');
  await shop.fillCheckout(email);
  const pay = page.getByRole('button', { name: /Continue to payment/ });
  await expect(pay).toBeVisible();
  const totals = async () => /\$[\d.,]+/.exec(await pay.innerText())?.[0] ?? '';

  // First the coupon ends, then the price rises.
  for (const change of [() => endCoupon(code), () => reprice(product, 6000)]) {
    const before = await totals();
    await change();
    expectStatus(page, 422);
    await pay.click();
    await expect(page.getByTestId('form-errors')).toContainText(`It was ${before} and is now`);
    await expect.poll(totals).not.toBe(before);
    expect(await ordersOf(email)).toEqual([]);
    await accessible(page);
  }
  // The line beside the total too.
  const line = page.getByRole('complementary', { name: 'Order summary' }).getByRole('listitem').filter({ hasText: product.title });
  await expect(line).toContainText('Now $60.00, it was $50.00');
  await expect(page.getByTestId('coupon-problem')).toContainText('expired');
  await pay.click();
  await page.waitForURL(/\/checkout\/pay\//);
  expect(await ordersOf(email)).toMatchObject([{ status: 'pending_payment', discount: '0' }]);
});

test('a way of shipping that another country does not have gives way to one that it has', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 5, price: 5000 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(email);
  const express = page.getByRole('radio', { name: /Express/ });
  await express.check();
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeEnabled();
  await page.getByLabel('Country').selectOption('DE');
  await page.getByLabel('Postal code').fill('04103');
  await page.getByLabel('Postal code').blur();
  await expect(page.getByRole('radio', { name: /Standard/ })).toBeChecked();
  await expect(express).not.toBeChecked();
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.waitForURL(/\/checkout\/pay\//);
  expect(await ordersOf(email)).toMatchObject([{ status: 'pending_payment' }]);
});

test('a line of the cart says what has changed about it', async ({ page }) => {
  const shop = new Shop(page);
  const product = await makeProduct({ stock: 3, price: 2000 });
  await shop.putIntoCart(product);
  await visit(page, '/cart');
  // The page shows the change before the shop has it, and what is changed takes the price that it meets.
  const changed = page.waitForResponse('**/sf/cart/set_item');
  await page.getByRole('button', { name: `One more of ${product.title}` }).click();
  await changed;
  await reprice(product, 2200);
  await buyElsewhere(product, 2);
  await visit(page, '/cart');
  await expect(page.getByTestId('cart-line-problems')).toContainText('Now $22.00, it was $20.00');
  await expect(page.getByTestId('cart-line-problems')).toContainText('Only 1 left');
  await accessible(page);
  // Nor is it left to the last button of the checkout to say so.
  await visit(page, '/checkout');
  await expect(page.getByTestId('checkout-blocked')).toContainText('cannot be bought as it stands');
  const beside = page.getByRole('complementary', { name: 'Order summary' });
  await expect(beside.getByTestId('cart-line-problems')).toContainText('Now $22.00, it was $20.00');
  await expect(beside.getByTestId('cart-line-problems')).toContainText('Only 1 left');
  await accessible(page);
  // The drawer leads to no checkout that would be refused.
  await visit(page, `/p/${(await makeProduct({ stock: 3 })).slug}`);
  await shop.add();
  const drawer = page.getByRole('dialog', { name: /Your cart/ });
  await expect(drawer).toContainText('cannot be bought as it stands');
  await expect(page.getByTestId('drawer-checkout')).toHaveCount(0);
  await accessible(page);
  await drawer.getByTestId('cart-line').filter({ hasText: product.title }).getByTestId('cart-line-remove').click();
  await expect(page.getByTestId('drawer-checkout')).toBeVisible();
});

test('a line that has too many is lowered to what there is', async ({ page }) => {
  const shop = new Shop(page);
  const product = await makeProduct({ stock: 5, price: 2000 });
  await shop.putIntoCart(product);
  await visit(page, '/cart');
  const more = page.getByRole('button', { name: `One more of ${product.title}` });
  for (let quantity = 2; quantity <= 5; quantity += 1) {
    await more.click();
    await expect(page.getByTestId('cart-line-quantity')).toHaveText(String(quantity));
  }
  await expect.poll(async () => (await page.request.get('/cart')).text()).toContain('>5<');
  await buyElsewhere(product, 2);
  await visit(page, '/cart');
  await expect(page.getByTestId('cart-line-problems')).toContainText('Only 3 left');
  await page.getByRole('button', { name: `One fewer of ${product.title}` }).click();
  await expect(page.getByTestId('cart-line-quantity')).toHaveText('3');
  await expect(page.getByTestId('cart-line-problems')).toBeEmpty();
  await expect(page.getByTestId('cart-checkout')).toBeVisible();
});
