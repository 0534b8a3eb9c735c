import { expect, test } from '../fixtures';
import { address, cards, freshEmail, makeCoupon, makeProduct, makeVariants, ordersOf, password, reviewedProduct } from '../data';
import { Shop } from '../pages/shop';

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
  await expect(page.getByTestId('cart-line-each')).toHaveText('$25.00 each');

  await page.getByTestId('coupon-open').click();
  await page.getByTestId('coupon-code').fill(await makeCoupon());
  await page.getByTestId('coupon-enter').click();
  await expect(page.getByTestId('coupon')).toBeVisible();

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
  await expect(page.getByText(/^Discount, [A-Z0-9-]+$/)).toBeVisible();
  await expect(page.getByText('Quantity 2 · $25.00 each')).toBeVisible();
  expect(await ordersOf(email)).toMatchObject([{ status: 'paid', discount: '500' }]);
});

test('a coupon at the checkout takes nothing away that was typed, without JavaScript', async ({ page }) => {
  const email = freshEmail();
  const code = await makeCoupon();
  await page.goto(`/p/${(await makeProduct({ stock: 4, price: 5000 })).slug}`);
  await page.getByTestId('product-add-to-cart').click();
  await page.goto('/checkout');
  const summary = page.getByRole('complementary', { name: 'Order summary' });
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Full name').fill(address.name);
  await page.getByLabel('Street and number').fill(address.line1);
  const typed = async () => {
    await expect(page.getByLabel('E-mail', { exact: true })).toHaveValue(email);
    await expect(page.getByLabel('Full name')).toHaveValue(address.name);
    await expect(page.getByLabel('Street and number')).toHaveValue(address.line1);
  };
  const enter = async (text: string, way: 'button' | 'key') => {
    // Beside what was refused it stands open.
    if (!(await page.getByTestId('coupon-code').isVisible())) await page.getByTestId('coupon-open').click();
    await page.getByTestId('coupon-code').fill(text);
    await (way === 'button' ? page.getByTestId('coupon-enter').click() : page.getByTestId('coupon-code').press('Enter'));
  };
  await enter('NO-SUCH-CODE', 'button');
  await expect(page.getByTestId('form-errors')).toContainText('There is no such coupon.');
  await expect(page.getByTestId('coupon-code'), 'what was refused can be mended').toHaveValue('NO-SUCH-CODE');
  await typed();
  await enter(code, 'button');
  await expect(page.getByText('The coupon is in your cart.')).toBeVisible();
  await expect(summary).toContainText('−$5.00');
  await typed();
  await page.getByTestId('coupon-remove').click();
  await expect(page.getByText('The coupon was taken out.')).toBeVisible();
  await expect(summary).not.toContainText('−$5.00');
  await typed();

  // A key pressed in a field is the order's, not the coupon's.
  await page.getByLabel('Town or city').fill(address.city);
  await page.getByLabel('State').selectOption(address.region);
  await page.getByLabel('ZIP code').fill(address.postal_code);
  await page.getByLabel('ZIP code').press('Enter');
  await expect(page.getByRole('button', { name: /Continue to payment/ })).toBeVisible();
  // And one in the code's field orders nothing: the total with the coupon is shown first.
  await enter(code, 'key');
  await expect(page.getByTestId('coupon')).toContainText(code);
  await typed();
  expect(await ordersOf(email)).toEqual([]);
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Pay / })).toBeVisible();
  expect(await ordersOf(email)).toMatchObject([{ status: 'pending_payment', discount: '500' }]);
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

test('an account is made, left and found again without JavaScript', async ({ page }) => {
  const email = freshEmail();
  await page.goto('/account/register');
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/account');
  await expect(page.getByRole('main')).toContainText(email);
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/account/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/account');
  await expect(page.getByText('No orders yet')).toBeVisible();
});

test('a name and an address are changed without JavaScript', async ({ page }) => {
  const shop = new Shop(page);
  await page.goto('/account/register');
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('E-mail', { exact: true }).fill(freshEmail());
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/account');
  await page.getByText('Change your name').click();
  await page.getByLabel('Name', { exact: true }).fill('Augusta King');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your name is changed.')).toBeVisible();

  await page.getByRole('link', { name: 'Add an address' }).click();
  await expect(page.getByLabel('Full name')).toHaveValue('Augusta King');
  await page.getByLabel('Street and number').fill('7 Half Lane');
  await page.getByRole('button', { name: 'Save the address' }).click();
  // The page says what is missing, and keeps what was typed.
  await expect(page.getByTestId('form-errors').getByRole('link', { name: 'Enter the town or city.' })).toBeVisible();
  await expect(page.getByLabel('Street and number')).toHaveValue('7 Half Lane');
  await shop.fillAddress();
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.waitForURL('**/account');
  await page.getByRole('link', { name: `Change ${address.line1}` }).click();
  await page.getByLabel('Street and number').fill('7 Moved Lane');
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.waitForURL('**/account');
  await expect(page.getByTestId('account-address')).toContainText('7 Moved Lane');
  await page.getByRole('button', { name: 'Forget 7 Moved Lane' }).click();
  await expect(page.getByTestId('account-address')).toHaveCount(0);
});

test('all reviews of a product, and its pictures in full size, are links without JavaScript', async ({ page }) => {
  const { slug, reviews } = await reviewedProduct();
  await page.goto(`/p/${slug}`);
  await page.getByRole('link', { name: `All ${reviews} reviews` }).click();
  await expect(page.getByTestId('review')).toHaveCount(reviews);
  const picture = await page.getByRole('link', { name: /Enlarge$/ }).first().getAttribute('href');
  expect((await page.request.get(picture ?? '')).headers()['content-type']).toContain('image/webp');
});

test('a variant is chosen without JavaScript', async ({ page }) => {
  const [small, large] = await makeVariants([
    { options: { Size: 'Small' }, price: 2000, stock: 3 },
    { options: { Size: 'Large' }, price: 2600, stock: 3 },
  ]);
  await page.goto(`/p/${small.slug}`);
  await page.getByTestId('product-option').filter({ hasText: 'Large' }).click();
  await page.waitForURL(`**/p/${large.slug}?variant=${large.variantId}`);
  await page.getByTestId('product-add-to-cart').click();
  await page.waitForURL('**/cart');
  await expect(page.getByTestId('cart-line')).toContainText('Large');
  await expect(page.getByTestId('cart-line-total')).toHaveText('$26.00');
});
