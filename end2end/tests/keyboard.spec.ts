import { type Locator, type Page } from '@playwright/test';
import { expect, test, visit } from '../fixtures';
import { address, cards, freshEmail, makeProduct, makeVariants, ordersOf } from '../data';
import { Shop } from '../pages/shop';

/** Presses Tab until the focus is there: whoever has no pointer must be able to get everywhere. */
async function tabTo(page: Page, target: Locator, most = 150) {
  await expect(target).toBeVisible();
  for (let steps = 0; steps < most; steps += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the focus does not reach ${target}`);
}

async function typeInto(page: Page, label: string, text: string) {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

test('everything is bought with the keyboard alone, and what happens is read out', async ({ page }) => {
  const email = freshEmail();
  const product = await makeProduct({ stock: 3 });
  const spoken = page.getByTestId('announcer');
  await visit(page, '/');

  // The first stop leads past the header.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await tabTo(page, page.getByRole('searchbox'));
  await page.keyboard.type(product.title);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(spoken).not.toBeEmpty();
  await tabTo(page, page.getByRole('main').getByRole('link', { name: product.title }).first());
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/p/${product.slug}`);
  await expect(page.getByRole('heading', { level: 1, name: product.title })).toBeFocused();
  await expect(spoken).toContainText(product.title);

  await tabTo(page, page.getByTestId('product-add-to-cart'));
  const added = page.waitForResponse('**/sf/cart/add_item');
  await page.keyboard.press('Enter');
  await added;
  const drawer = page.getByRole('dialog', { name: 'Your cart (1)' });
  await expect(drawer).toBeVisible();
  await expect(spoken).toContainText(`${product.title} added to the cart.`);
  // The focus is in the dialog and stays there; Escape gives it back.
  expect(await drawer.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page.getByTestId('product-add-to-cart')).toBeFocused();

  await tabTo(page, page.getByTestId('product-add-to-cart'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByTestId('drawer-checkout'));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/checkout');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();

  // What is missing is said in one place that takes the focus, and leads to the fields.
  await tabTo(page, page.getByRole('main').getByRole('button', { name: /^Continue/ }));
  await page.keyboard.press('Enter');
  const errors = page.getByTestId('form-errors');
  await expect(errors).toBeFocused();
  await tabTo(page, errors.getByRole('link').first());
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('E-mail', { exact: true })).toBeFocused();
  await page.keyboard.type(email);
  await typeInto(page, 'Full name', address.name);
  await tabTo(page, page.getByLabel('Street and number'));
  await page.keyboard.type(address.line1);
  await typeInto(page, 'Town or city', address.city);
  await tabTo(page, page.getByLabel('State'));
  await page.keyboard.type('Oregon');
  await expect(page.getByLabel('State')).toHaveValue(address.region);
  await typeInto(page, 'ZIP code', address.postal_code);
  await page.keyboard.press('Tab');
  await tabTo(page, page.getByRole('button', { name: /Continue to payment/ }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/checkout\/pay\//);

  const shop = new Shop(page);
  const number = shop.orderNumber();
  await tabTo(page, shop.cardFrame.getByLabel('Card number'));
  await page.keyboard.type(cards.good);
  await tabTo(page, shop.cardFrame.getByLabel('Expiration date'));
  await page.keyboard.type('1240');
  await tabTo(page, shop.cardFrame.getByLabel('Security code'));
  await page.keyboard.type('123');
  await tabTo(page, shop.payButton);
  await page.keyboard.press('Enter');
  await shop.arrivesAtConfirmation(number);
  expect(await ordersOf(email)).toMatchObject([{ number, status: 'paid' }]);
});

test('changes of the cart are read out, also when they are taken back', async ({ page }) => {
  const product = await makeProduct({ stock: 3 });
  const spoken = page.getByTestId('announcer');
  await new Shop(page).putIntoCart(product);
  await visit(page, '/cart');
  const more = page.getByRole('button', { name: `One more of ${product.title}` });
  await more.press('Enter');
  await expect(spoken).toContainText(`${product.title}: quantity 2.`);
  await expect(more, 'who presses again need not look for the button').toBeFocused();
  await page.getByTestId('cart-line-remove').press('Enter');
  await expect(spoken).toContainText(`${product.title} removed from the cart.`);
  await page.getByTestId('cart-undo-remove').press('Enter');
  await expect(spoken).toContainText(`${product.title} is back in the cart.`);
  await expect(page.getByTestId('cart-line-quantity')).toHaveText('2');
});

test('whoever takes the last filter off goes on at the list', async ({ page }) => {
  await visit(page, '/search?in_stock=true');
  const applied = page.getByTestId('listing-applied').getByRole('link');
  await expect(applied).toHaveCount(1);
  await applied.press('Enter');
  await expect(applied).toHaveCount(0);
  await expect(page.getByTestId('listing-count')).toBeFocused();
});

test('each button of a line says which line it changes, and leaves the focus where one goes on', async ({ page }) => {
  const shop = new Shop(page);
  const variants = await makeVariants([
    { options: { Size: 'Small' }, price: 2000, stock: 5 },
    { options: { Size: 'Large' }, price: 2600, stock: 5 },
  ]);
  for (const { slug, variantId } of variants) {
    await visit(page, `/p/${slug}?variant=${variantId}`);
    await shop.add();
  }
  await visit(page, '/cart');
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const [{ title }] = variants;
  for (const size of ['Small', 'Large']) {
    for (const deed of ['One fewer of', 'One more of', 'Remove']) await expect(button(`${deed} ${title}, ${size}`)).toHaveCount(1);
  }

  // Whoever changes a line goes on there, or at what stands in its place.
  await button(`One more of ${title}, Small`).press('Enter');
  const fewer = button(`One fewer of ${title}, Small`);
  await expect(fewer).not.toHaveAttribute('aria-disabled', 'true');
  await fewer.press('Enter');
  await expect(fewer).toHaveAttribute('aria-disabled', 'true');
  await expect(fewer).toBeFocused();
  const removals = page.getByTestId('cart-line-remove');
  await removals.first().press('Enter');
  await expect(removals).toHaveCount(1);
  await expect(removals).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('cart-undo-remove')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('cart-line').getByRole('link', { name: title })).toBeFocused();
});
