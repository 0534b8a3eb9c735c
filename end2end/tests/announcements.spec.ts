import { expect, expectStatus, test, visit } from '../fixtures';
import { endHold, freshEmail, makeCoupon, makeProduct, makeVariants, ordersOf, reviewedProduct } from '../data';
import { Shop } from '../pages/shop';

// What a screen reader says although the focus stays where it is, and where the focus goes instead. Adding to the cart and
// changing it on its page are in keyboard.spec.ts, a declined card is in journey.spec.ts.

test('while the cart stands open beside the page, its changes are read out inside it', async ({ page }) => {
  const product = await makeProduct({ stock: 3 });
  await new Shop(page).putIntoCart(product);
  const drawer = page.getByRole('dialog', { name: /Your cart/ });
  // Outside of a modal dialog nothing is heard.
  const spoken = drawer.getByTestId('dialog-announcer');
  await drawer.getByRole('button', { name: `One more of ${product.title}` }).press('Enter');
  await expect(spoken).toContainText(`${product.title}: quantity 2.`);
  await drawer.getByTestId('cart-line-remove').press('Enter');
  await expect(spoken).toContainText(`${product.title} removed from the cart.`);
  const undo = drawer.getByTestId('cart-undo-remove');
  await expect(undo, 'the button that was pressed is gone with its line').toBeFocused();
  await undo.press('Enter');
  await expect(spoken).toContainText(`${product.title} is back in the cart.`);
  await expect(drawer.getByTestId('cart-line-quantity')).toHaveText('2');
  await expect(drawer.getByTestId('cart-line').getByRole('link', { name: product.title })).toBeFocused();
});

test('a coupon is read out when it is refused, taken and taken out', async ({ page }) => {
  const code = await makeCoupon();
  const spoken = page.getByTestId('announcer');
  await new Shop(page).putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/cart');
  await page.getByTestId('coupon-open').click();
  const field = page.getByTestId('coupon-code');
  expectStatus(page, 422);
  // With Enter the focus is in the field already: it does not say again what is wrong with it.
  await field.fill('NO-SUCH-CODE');
  await field.press('Enter');
  await expect(spoken).toContainText('There is no such coupon.');
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription('There is no such coupon.');
  await field.fill(code);
  await field.press('Enter');
  await expect(spoken).toContainText('The coupon is in your cart.');
  await expect(page.getByTestId('coupon-remove'), 'the field is gone').toBeFocused();
  await expect(page.getByTestId('coupon-remove')).toHaveAccessibleName(`Remove ${code}`);
  await page.getByTestId('coupon-remove').press('Enter');
  await expect(spoken).toContainText('The coupon was taken out.');
  await expect(page.getByTestId('coupon-open')).toBeFocused();
});

test('a total that the address settles is read out, and tax is named for what it is', async ({ page }) => {
  await new Shop(page).putIntoCart(await makeProduct({ stock: 3, price: 11900 }));
  await visit(page, '/checkout');
  const summary = page.getByRole('complementary', { name: 'Order summary' });
  const amount = async (label: string) => {
    const row = summary.locator('.order-totals-row').filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
    return Math.round(Number((await row.locator('dd').textContent())?.replace(/[^\d.]/g, '') || 0) * 100);
  };
  const spoken = page.getByTestId('announcer');
  const totals = async (tax: string) => {
    await expect(summary.getByText(tax, { exact: true })).toBeVisible();
    const texts = await Promise.all(['Shipping', tax, 'Total'].map((label) => summary.locator('.order-totals-row').filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) }).locator('dd').textContent()));
    const [shipping, ofTax, total] = texts;
    await expect(spoken).toContainText(`tax ${ofTax}, total ${total}.`);
    expect(shipping).not.toBe('');
    return { subtotal: await amount('Subtotal'), shipping: await amount('Shipping'), tax: await amount(tax), total: await amount('Total') };
  };
  await page.getByLabel('E-mail', { exact: true }).fill(freshEmail());
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('Country').selectOption('DE');
  await page.getByLabel('Street and number').fill('Lindenweg 7');
  await page.getByLabel('Town or city').fill('Hamburg');
  await page.getByLabel(/^(Postal code|Postcode)$/).fill('20095');
  await page.getByLabel(/^(Postal code|Postcode)$/).blur();
  const german = await totals('Tax, included');
  expect(german.tax).toBeGreaterThan(0);
  expect(german.total, 'the tax is in it already').toBe(german.subtotal + german.shipping);
  await page.getByLabel('Country').selectOption('US');
  await page.getByLabel('State').selectOption('CA');
  await page.getByLabel('ZIP code').fill('94105');
  await page.getByLabel('ZIP code').blur();
  const californian = await totals('Tax');
  expect(Math.abs(californian.tax - (californian.subtotal + californian.shipping) * 0.0725), '7.25 percent, of shipping too').toBeLessThanOrEqual(1);
  expect(californian.total, 'the tax is added').toBe(californian.subtotal + californian.shipping + californian.tax);
});

test('what is wrong with a form is said above it and at each field', async ({ page }) => {
  await new Shop(page).putIntoCart(await makeProduct({ stock: 3 }));
  await visit(page, '/checkout');
  await page.getByRole('main').getByRole('button', { name: /^Continue/ }).click();
  const summary = page.getByTestId('form-errors');
  await expect(summary).toBeFocused();
  await expect(summary).toHaveRole('alert');
  const errors = await summary.getByRole('link').evaluateAll((links) => links.map((link) => ({ field: link.getAttribute('href') ?? '', text: link.textContent ?? '' })));
  expect(errors.map((error) => error.field)).toEqual(expect.arrayContaining(['#email', '#name', '#line1', '#city', '#region', '#postal_code']));
  for (const { field, text } of errors) {
    await expect(page.locator(field)).toHaveAttribute('aria-invalid', 'true');
    const description = await page.locator(field).evaluate((input) => (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
    expect(description, field).toContain(text);
  }
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('Full name').blur();
  await expect(page.getByLabel('Full name')).not.toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Full name')).toHaveAccessibleDescription('');
});

test('a sign-in and a registration that are refused say why, and where', async ({ page }) => {
  await visit(page, '/account/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(freshEmail());
  await page.getByLabel('Password', { exact: true }).fill('not the password 1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByTestId('form-errors')).toBeFocused();
  await expect(page.getByTestId('form-errors')).toContainText('The e-mail address or the password is not right.');

  await visit(page, '/account/register');
  const password = page.getByLabel('Password', { exact: true });
  await page.getByRole('button', { name: 'Show the password' }).press('Enter');
  await expect(password).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Hide the password' }).press('Enter');
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('E-mail', { exact: true }).fill(freshEmail());
  await password.fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByTestId('form-errors')).toBeFocused();
  await expect(password).toHaveAttribute('aria-invalid', 'true');
  await expect(password).toHaveAccessibleDescription(/At least \d+ characters.*Use at least \d+ characters/s);
});

test('another page takes the focus to its heading and the title with it, also on the way back', async ({ page }) => {
  const heading = page.getByRole('heading', { level: 1 });
  const spoken = page.getByTestId('announcer');
  await visit(page, '/');
  await expect(page).toHaveTitle('Souk, a market of small workshops');
  const welcome = (await heading.textContent()) ?? '';
  const department = page.getByRole('navigation', { name: 'Departments' }).getByRole('link').first();
  const name = (await department.textContent()) ?? '';
  await department.click();
  await expect(heading).toHaveText(name);
  await expect(heading).toBeFocused();
  await expect(page).toHaveTitle(`${name} · Souk`);
  await expect(spoken).toContainText(name);
  await page.goBack();
  await expect(heading).toHaveText(welcome);
  await expect(heading).toBeFocused();
  await expect(page).toHaveTitle('Souk, a market of small workshops');
  await expect(spoken).toContainText(welcome);
});

test('a filter and a longer list are read out, and leave the focus where it is', async ({ page }) => {
  const spoken = page.getByTestId('announcer');
  await visit(page, '/search');
  const more = page.getByTestId('listing-more');
  await more.press('Enter');
  await expect(spoken).toContainText(/\d+ more shown\./);
  await expect(more).toBeFocused();
  const inStock = page.getByTestId('listing-filters').getByLabel('Ready to ship only');
  await inStock.press('Space');
  await page.waitForURL(/in_stock=true/);
  await expect(spoken).toContainText(/^\d+ things?/);
  await expect(inStock).toBeFocused();
});

test('the price and the stock of another variant are read out', async ({ page }) => {
  const [small] = await makeVariants([
    { options: { Size: 'Small' }, price: 2000, stock: 30 },
    { options: { Size: 'Large' }, price: 2600, stock: 0 },
  ]);
  await visit(page, `/p/${small.slug}`);
  await page.getByTestId('product-option').filter({ hasText: 'Large' }).press('Enter');
  await expect(page.getByTestId('announcer')).toContainText('$26.00, Sold out for now');
});

test('the next picture is read out in the dialog that shows it', async ({ page }) => {
  await visit(page, `/p/${(await reviewedProduct()).slug}`);
  await page.getByRole('link', { name: /Enlarge$/ }).first().click();
  const dialog = page.getByRole('dialog', { name: /^Picture 1 of/ });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog').getByTestId('dialog-announcer')).toContainText(/^Picture 2 of \d+/);
});

test('the time to pay is read out when it gets short, and when it is over', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const spoken = page.getByTestId('announcer');
  const timer = page.getByTestId('checkout-hold-timer');
  await shop.putIntoCart(await makeProduct({ stock: 3 }));
  await page.clock.install();
  const number = await shop.placeOrder(email);
  await expect(timer).toHaveText(/^\d+:\d\d$/);
  await expect(shop.cardFrame.getByLabel('Card number')).toBeVisible();
  /** Lets the time pass until so many seconds are left. */
  const pass = async (left: number) => {
    const [minutes, seconds] = ((await timer.textContent()) ?? '').split(':').map(Number);
    await page.clock.fastForward((minutes * 60 + seconds - left) * 1000);
  };
  await expect(timer, 'nobody hears the clock tick').toHaveAttribute('role', 'timer');
  for (const [left, text] of [[290, '5 minutes'], [110, '2 minutes'], [55, 'one minute'], [25, '30 seconds']] as const) {
    await pass(left);
    await expect(spoken).toContainText(`Your things are held for you for ${text} more.`);
  }
  await endHold(number);
  await expect.poll(async () => (await ordersOf(email))[0].status).toBe('expired');
  await page.clock.fastForward('01:00:00');
  await expect(spoken).toContainText('The time to pay is over');
  await expect(page.getByTestId('payment-ended')).toBeVisible();
});
