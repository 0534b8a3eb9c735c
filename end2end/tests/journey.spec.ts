import { type Route } from '@playwright/test';
import { expect, expectStatus, hydrated, test, visit } from '../fixtures';
import { address, buyElsewhere, cards, endHold, freshEmail, makeProduct, ordersOf, parcelsOf, password, reportsOf, stockOf, whileNobodyCanAdd } from '../data';
import { Shop } from '../pages/shop';

test.describe('a guest buys', () => {
  test('from the front page to a paid order, from two sellers', async ({ page, browser }) => {
    const shop = new Shop(page);
    const email = freshEmail();
    const other = await makeProduct({ stock: 5, seller: 1 });
    await visit(page, '/');
    await page.getByRole('navigation', { name: 'Departments' }).getByRole('link').first().click();
    await page.waitForURL(/\/c\//);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    // The front page's own catalogue, then a product of another seller: one order, two parcels.
    await page.getByRole('main').locator('a[href^="/p/"]').first().click();
    await page.waitForURL(/\/p\//);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    expect(await page.evaluate(() => window.scrollY), 'a new page begins at its top at once: nothing glides away under a finger').toBe(0);
    const add = page.getByTestId('product-add-to-cart');
    if (await add.isDisabled()) throw new Error('the first product of the first department should be in stock');
    await shop.add();
    await expect(page.getByRole('dialog', { name: 'Your cart (1)' })).toBeVisible();
    await shop.putIntoCart(other);
    await page.getByTestId('drawer-cart').click();
    await page.waitForURL('/cart');
    await expect(page.getByTestId('cart-line-quantity')).toHaveCount(2);
    await expect(page.getByRole('main').getByRole('region', { name: /^From / }), 'seller by seller').toHaveCount(2);

    await visit(page, '/checkout');
    await shop.fillCheckout(email);
    const total = page.getByRole('button', { name: /Continue to payment/ });
    const before = await total.textContent();
    await page.getByRole('radio', { name: /^Express/ }).first().check();
    await expect(total).not.toHaveText(before ?? '');
    await total.click();
    await page.waitForURL(/\/checkout\/pay\//);
    const number = shop.orderNumber();
    await shop.fillCard(cards.good);
    await shop.payButton.click();
    await shop.arrivesAtConfirmation(number);

    const [order, ...more] = await ordersOf(email);
    expect(more).toEqual([]);
    expect(order).toMatchObject({ number, status: 'paid', captured: order.total });
    const parcels = await parcelsOf(number);
    expect(parcels.map((parcel) => parcel.shipping).sort()).toEqual(['Express', 'Standard']);
    expect(new Set(parcels.map((parcel) => parcel.seller)).size).toBe(2);
    // The link that is kept or mailed opens the order in another browser.
    const link = await page.getByTestId('order-tracking-link').getAttribute('href');
    const elsewhere = await browser.newContext();
    const second = await elsewhere.newPage();
    await visit(second, link ?? '');
    expect(new URL(second.url()).pathname).toBe(`/orders/${number}`);
    await expect(second.getByRole('main')).toContainText(number);
    await elsewhere.close();
    await visit(page, '/cart');
    await expect(page.getByText('Your cart is empty')).toBeVisible();
  });

  test('after the bank has declined the first card', async ({ page }) => {
    const shop = new Shop(page);
    const email = freshEmail();
    const product = await makeProduct({ stock: 3 });
    await shop.putIntoCart(product);
    const number = await shop.placeOrder(email);
    await shop.fillCard(cards.declined);
    // The gateway's own answer to a declined card is 402.
    expectStatus(page, 402);
    await shop.payButton.click();
    await expect(page.getByTestId('payment-refusal')).toContainText(/declined/i);
    await expect(page.getByTestId('payment-refusal')).toBeFocused();
    await shop.fillCard(cards.good);
    await shop.payButton.click();
    await shop.arrivesAtConfirmation(number);
    expect(await ordersOf(email)).toMatchObject([{ number, status: 'paid' }]);
    expect(await stockOf(product)).toEqual({ on_hand: 3, allocated: 1, held: 0 });
  });

  test('with a card that asks who is there', async ({ page }) => {
    const shop = new Shop(page);
    const email = freshEmail();
    await shop.putIntoCart(await makeProduct({ stock: 3 }));
    const number = await shop.placeOrder(email);
    await shop.fillCard(cards.secure);
    await shop.payButton.click();
    await page.frameLocator('dialog iframe').getByRole('button', { name: 'Authorise payment' }).click();
    await shop.arrivesAtConfirmation(number);
    expect(await ordersOf(email)).toMatchObject([{ number, status: 'paid' }]);
  });

  test('and pays once, however often Pay is pressed', async ({ page }) => {
    const shop = new Shop(page);
    const email = freshEmail();
    await shop.putIntoCart(await makeProduct({ stock: 9 }));
    const number = await shop.placeOrder(email);
    await shop.fillCard(cards.good);
    await shop.payButton.dblclick();
    await shop.arrivesAtConfirmation(number);
    const orders = await ordersOf(email);
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ status: 'paid', captured: orders[0].total });
  });
});

test('who closes the page right after paying has paid all the same: the gateway tells the shop', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  const number = await shop.placeOrder(email);
  await shop.fillCard(cards.good);
  // The page does not live to ask how the payment went.
  await page.route('**/sf/checkout/settle', (route) => route.abort('aborted'));
  const confirmed = page.waitForResponse((response) => response.url().endsWith('/confirm') && response.ok());
  await shop.payButton.click();
  await confirmed;
  await page.close();
  await expect.poll(async () => (await ordersOf(email))[0].status).toBe('paid');
  await expect.poll(() => reportsOf(number)).toContain('payment_intent.amount_capturable_updated');
});

test('pressing "Continue to payment" twice places one order', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 9 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(email);
  await page.getByRole('button', { name: /Continue to payment/ }).dblclick();
  await page.waitForURL(/\/checkout\/pay\//);
  expect(await ordersOf(email)).toHaveLength(1);
});

test('the last unit, taken by somebody else, is said so and nothing is charged', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const product = await makeProduct({ stock: 1 });
  await shop.putIntoCart(product);
  await visit(page, '/checkout');
  await shop.fillCheckout(email);
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  await buyElsewhere(product);
  expectStatus(page, 409, 422);
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await expect(page.getByRole('alert').or(page.getByRole('group', { name: /problem/i })).first()).toContainText(product.title);
  expect(await ordersOf(email)).toEqual([]);
  expect(await stockOf(product)).toEqual({ on_hand: 1, allocated: 1, held: 0 });
});

test('two tabs with one cart make one order', async ({ context, page }) => {
  const email = freshEmail();
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 9 }));
  const second = new Shop(await context.newPage());
  await visit(second.page, '/checkout');
  await second.fillCheckout(email);
  await expect(second.page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  const number = await shop.placeOrder(email);
  expectStatus(second.page, 409);
  await second.page.getByRole('button', { name: /Continue to payment/ }).click();
  // The other tab is led to the order that waits.
  await expect(second.page.getByRole('main')).toContainText(number);
  expect(await ordersOf(email)).toHaveLength(1);
});

test('who is at the checkout before the cart has answered finds there what was added', async ({ page }) => {
  const product = await makeProduct({ stock: 3 });
  await visit(page, `/p/${product.slug}`);
  await page.route('**/sf/cart/add_item', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await page.getByTestId('product-add-to-cart').click();
  await page.getByTestId('drawer-checkout').click();
  await expect(page.getByLabel('Full name')).toBeVisible();
  await expect(page.getByRole('main')).toContainText(product.title);
});

test('what is added just before the page is loaded again is in the cart', async ({ page }) => {
  const product = await makeProduct({ stock: 3 });
  await visit(page, `/p/${product.slug}`);
  await whileNobodyCanAdd(product, async () => {
    const asked = page.waitForRequest('**/sf/cart/add_item');
    await page.getByTestId('product-add-to-cart').click();
    await asked;
    await page.reload({ waitUntil: 'commit' });
  });
  // The shop answers when the page that asked is gone: its cookie must still arrive.
  await expect(async () => {
    await visit(page, '/cart');
    await expect(page.getByTestId('cart-line')).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await expect(page.getByTestId('cart-line')).toContainText(product.title);
});

test('what is removed while the shop refuses one more of it is removed', async ({ page }) => {
  const product = await makeProduct({ stock: 1 });
  await new Shop(page).putIntoCart(product);
  const drawer = page.getByRole('dialog', { name: /Your cart/ });
  const held: Route[] = [];
  await page.route('**/sf/cart/set_item', async (route) => {
    if (held.push(route) > 1) await route.continue();
  });
  expectStatus(page, 422);
  await drawer.getByRole('button', { name: `One more of ${product.title}` }).click();
  await expect.poll(() => held.length).toBe(1);
  await drawer.getByTestId('cart-line-remove').click();
  await expect(drawer.getByTestId('dialog-announcer')).toContainText(`${product.title} removed from the cart.`);
  const refused = page.waitForResponse((response) => response.url().endsWith('/sf/cart/set_item') && response.status() === 422);
  const removed = page.waitForResponse((response) => response.url().endsWith('/sf/cart/set_item') && response.status() === 200);
  await held[0].continue();
  await Promise.all([refused, removed]);
  await expect(drawer.getByTestId('cart-line')).toHaveCount(0);
  await expect(drawer.getByTestId('cart-undo-remove')).toBeVisible();
  await visit(page, '/cart');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByTestId('cart-line')).toHaveCount(0);
});

test('back from the payment and forward again keeps the order', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 9 }));
  const number = await shop.placeOrder(email);
  await page.goBack();
  await page.waitForURL('**/checkout');
  await hydrated(page);
  await expect(page.getByLabel('Street and number')).toHaveValue(address.line1);
  await page.goForward();
  await page.waitForURL(`**/checkout/pay/${number}`);
  await hydrated(page);
  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(number);
  // Back from the confirmation nothing can be paid again.
  await page.goBack();
  await expect(shop.payButton).toHaveCount(0);
  expect(await ordersOf(email)).toHaveLength(1);
});

test('an address corrected before paying makes a new order, and the old one can no longer be paid', async ({ context, page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const product = await makeProduct({ stock: 3 });
  const corrected = '14 Analytical Way';
  await shop.putIntoCart(product);
  const wrong = await shop.placeOrder(email);
  // Another tab still shows the payment of the order as it was.
  const old = new Shop(await context.newPage());
  await visit(old.page, `/checkout/pay/${wrong}`);
  await old.fillCard(cards.good);

  await page.goBack();
  await page.waitForURL('**/checkout');
  await hydrated(page);
  await expect(page.getByLabel('Street and number')).toHaveValue(address.line1);
  await page.getByLabel('Street and number').fill(corrected);
  await page.getByLabel('Street and number').blur();
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.waitForURL(/\/checkout\/pay\//);
  await expect(page.getByRole('main')).toContainText(corrected);
  const right = shop.orderNumber();
  expect(right).not.toBe(wrong);
  expect(await ordersOf(email)).toMatchObject([
    { number: wrong, status: 'canceled', street: address.line1 },
    { number: right, status: 'pending_payment', street: corrected },
  ]);
  expect(await stockOf(product)).toEqual({ on_hand: 3, allocated: 0, held: 1 });

  // The gateway no longer takes a payment for it.
  expectStatus(old.page, 400);
  await old.payButton.click();
  await expect(old.page.getByTestId('payment-ended')).toContainText('This order was canceled');
  await visit(old.page, `/checkout/pay/${wrong}`);
  await expect(old.page.getByTestId('payment-ended')).toContainText('This order was canceled');
  await expect(old.payButton).toHaveCount(0);

  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(right);
  expect(await ordersOf(email)).toMatchObject([
    { number: wrong, status: 'canceled', captured: '0' },
    { number: right, status: 'paid' },
  ]);
});

test('what sold out while its page was open is refused with the reason, and the cart stays empty', async ({ page }) => {
  const product = await makeProduct({ stock: 1 });
  await visit(page, `/p/${product.slug}`);
  await buyElsewhere(product);
  expectStatus(page, 422);
  await page.getByTestId('product-add-to-cart').click();
  await expect(page.getByTestId('cart-message')).toContainText(/sold out/i);
  await expect(page.getByTestId('cart-line')).toHaveCount(0);
  await visit(page, '/cart');
  await expect(page.getByText('Your cart is empty')).toBeVisible();
});

test('after the end of the hold the payment page says so, and nothing is held or charged', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const product = await makeProduct({ stock: 3 });
  await shop.putIntoCart(product);
  const number = await shop.placeOrder(email);
  await endHold(number);
  await expect.poll(async () => (await ordersOf(email))[0].status).toBe('expired');
  await visit(page, `/checkout/pay/${number}`);
  await expect(page.getByTestId('payment-ended')).toContainText('The time to pay is over');
  await expect(shop.payButton).toHaveCount(0);
  expect(await stockOf(product)).toEqual({ on_hand: 3, allocated: 0, held: 0 });
  // The cart still has everything: buying again is a new order.
  await page.getByRole('link', { name: 'Back to your cart' }).click();
  await expect(page.getByTestId('cart-line')).toContainText(product.title);
});

test('the payment form turns to light and to dark with the page, by the system and by choice', async ({ page }) => {
  const shop = new Shop(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await shop.placeOrder(freshEmail());
  const form = shop.cardFrame.locator('html');
  await expect(form).toHaveAttribute('data-theme', 'stripe');
  await shop.cardNumber.fill(cards.good);
  const ground = () => shop.cardFrame.locator('form').evaluate((fields) => getComputedStyle(fields).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(form).toHaveAttribute('data-theme', 'night');
  await expect.poll(ground).not.toBe(light);
  await page.getByTestId('theme-toggle').getByRole('button', { name: /light/i }).click();
  await expect(form).toHaveAttribute('data-theme', 'stripe');
  await expect.poll(ground).toBe(light);
  await expect(shop.cardNumber, 'what was typed stays').toHaveValue(/4242/);
});

test('the end of the hold does not take away the question of the bank', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await page.clock.install();
  const number = await shop.placeOrder(email);
  await shop.fillCard(cards.secure);
  await shop.payButton.click();
  const authorise = page.frameLocator('dialog iframe').getByRole('button', { name: 'Authorise payment' });
  await expect(authorise).toBeVisible();
  await page.clock.fastForward('01:00:00');
  await expect(page.getByTestId('checkout-hold-timer')).toHaveText('0:00');
  await expect(page.getByTestId('payment-ended')).toHaveCount(0);
  // Said once, although the clock goes on.
  const spoken = page.getByTestId('announcer');
  await expect(spoken).toContainText('The time to pay is over');
  const said = await spoken.textContent();
  await page.clock.runFor(5_000);
  expect(await spoken.textContent()).toBe(said);
  await authorise.click();
  await shop.arrivesAtConfirmation(number);
  expect(await ordersOf(email)).toMatchObject([{ number, status: 'paid' }]);
});

test('an account sees its orders, and nobody else does', async ({ browser, page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.register(email);
  await shop.putIntoCart(await makeProduct({ stock: 9 }));
  const number = await shop.placeOrder(email);
  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(number);
  await visit(page, '/account');
  await expect(page.getByRole('main').getByRole('link', { name: new RegExp(number) })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByTestId('header-account')).toContainText('Account');
  // Whoever uses this browser next finds nothing of it.
  expectStatus(page, 404);
  expect((await visit(page, `/orders/${number}`))?.status()).toBe(404);
  await visit(page, '/account/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/account$/);
  await expect(page.getByRole('main').getByRole('link', { name: new RegExp(number) })).toBeVisible();

  const stranger = await (await browser.newContext()).newPage();
  expectStatus(stranger, 404);
  const answer = await stranger.goto(`/orders/${number}`);
  expect(answer?.status()).toBe(404);
  await stranger.context().close();
});

test('a press on the button counts although it shows what is wrong with the field before', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(freshEmail());
  await page.getByLabel('ZIP code').pressSequentially('x');
  await page.getByRole('main').getByRole('button', { name: /^Continue/ }).click();
  await expect(page.getByTestId('form-errors')).toBeFocused();
});

test('what is wrong stays told while the form is kept', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(freshEmail());
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  const kept = page.waitForResponse('**/sf/checkout/quote');
  await page.getByLabel('E-mail', { exact: true }).fill('nobody');
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await kept;
  await expect(page.getByTestId('form-errors')).toBeFocused();
  await page.waitForTimeout(500);
  await expect(page.getByTestId('form-errors')).toBeFocused();
});

test('what was typed is there again, however little it is', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const type = async (label: string, text: string) => {
    const kept = page.waitForResponse('**/sf/checkout/quote');
    await field(label).fill(text);
    await field(label).blur();
    await kept;
  };
  await type('E-mail', email);
  await type('Full name', 'Ada Lovelace');
  await visit(page, '/cart');
  await visit(page, '/checkout');
  await expect(field('E-mail')).toHaveValue(email);
  await expect(field('Full name')).toHaveValue('Ada Lovelace');
  // Nothing is wrong with what was not reached yet.
  await expect(page.getByTestId('form-errors')).toHaveCount(0);
  await shop.fillCheckout(email);
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  const corrected = freshEmail();
  await type('E-mail', corrected);
  await visit(page, '/checkout');
  await expect(field('E-mail')).toHaveValue(corrected);
});

test('the page of an unpaid order says how long there is to pay, and when that is over', async ({ page }) => {
  const shop = new Shop(page);
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await shop.fillCheckout(freshEmail());
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.waitForURL(/\/checkout\/pay\//);
  const number = shop.orderNumber();
  await page.clock.install();
  await visit(page, `/orders/${number}`);
  await expect(page.getByTestId('checkout-hold-timer')).toHaveText(/^\d+:\d\d$/);
  await expect(page.getByRole('link', { name: 'Pay now' })).toBeVisible();
  await page.clock.fastForward('02:00:00');
  await expect(page.getByTestId('order-hold-over')).toContainText('The time to pay is over');
  await expect(page.getByRole('link', { name: 'Pay now' })).toBeHidden();
});
