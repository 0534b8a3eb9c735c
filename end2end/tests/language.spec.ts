import { accessible, expect, expectStatus, hydrated, picture, test, visit } from '../fixtures';
import { address, cards, freshEmail, makeProduct, makeVariants, ordersOf, reviewedProduct } from '../data';
import { Shop } from '../pages/shop';

test('a German buys in German and in euros', async ({ page }) => {
  const email = freshEmail();
  const product = await makeProduct({ stock: 5, price: 123400 });
  const shop = new Shop(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page, `/p/${product.slug}`);
  await page.getByTestId('market').getByRole('link', { name: 'Deutsch' }).click();
  await page.waitForURL(`**/de-usd/p/${product.slug}`);
  await hydrated(page);
  await page.getByTestId('market').getByRole('link', { name: 'EUR' }).click();
  await page.waitForURL(`**/de/p/${product.slug}`);
  await hydrated(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByTestId('product-price').first()).toHaveText('1.234,00\u00a0€');
  await accessible(page);
  await picture(page, 'german-product');

  await shop.add();
  await expect(page.getByRole('dialog', { name: 'Dein Warenkorb (1)' })).toContainText(product.title);
  await expect(page.getByTestId('announcer')).toContainText('Warenkorb');
  // What the seller wrote is read out in English.
  await expect(page.getByTestId('cart-line').locator('[lang="en"]').getByText(product.title, { exact: true })).toBeVisible();
  await page.getByTestId('drawer-checkout').click();
  await page.waitForURL('**/de/checkout');
  await page.getByLabel('E-Mail', { exact: true }).fill(email);
  await page.getByLabel('Vor- und Nachname').fill(address.name);
  await page.getByLabel('Land', { exact: true }).selectOption('DE');
  await page.getByLabel('Straße und Hausnummer').fill('Lindenweg 4');
  await page.getByLabel('Ort', { exact: true }).fill('Leipzig');
  await page.getByLabel('Postleitzahl').fill('4103');
  await page.getByLabel('Postleitzahl').blur();
  await page.getByRole('button', { name: /Weiter/ }).click();
  await expect(page.getByTestId('form-errors')).toBeFocused();
  await accessible(page);
  await picture(page, 'german-checkout');
  await page.getByLabel('Postleitzahl').fill('04103');
  await page.getByLabel('Postleitzahl').blur();
  await page.getByRole('button', { name: /Weiter zur Zahlung/ }).click();
  await page.waitForURL(/\/de\/checkout\/pay\//);
  const number = shop.orderNumber();
  await expect(shop.cardFrame.getByLabel('Kartennummer')).toBeVisible();
  await accessible(page);
  await shop.fillCard(cards.declined);
  expectStatus(page, 402);
  await page.getByRole('button', { name: /bezahlen$/ }).click();
  await expect(page.getByTestId('payment-refusal')).toContainText('Deine Karte wurde abgelehnt.');
  await shop.fillCard(cards.good);
  await page.getByRole('button', { name: /bezahlen$/ }).click();
  await shop.arrivesAtConfirmation(number);
  expect(new URL(page.url()).pathname).toBe(`/de/orders/${number}`);
  await expect(page.getByRole('main')).toContainText('Danke');
  await expect(page.getByRole('main').getByText(product.title, { exact: true })).toHaveAttribute('lang', 'en');
  await picture(page, 'german-order');
  await expect(page.getByRole('main')).toContainText(/1\.234,00\s€/);
  const [order] = await ordersOf(email);
  expect(order).toMatchObject({ status: 'paid', currency: 'EUR', captured: order.total });
});

test('departments are named in the language of the page', async ({ page }) => {
  await visit(page, '/de');
  const departments = page.getByRole('navigation', { name: 'Kategorien', exact: true });
  await expect(page.getByRole('main').getByRole('link', { name: 'Haus & Tisch', exact: true })).toBeVisible();
  await departments.getByRole('link', { name: 'Haus & Tisch' }).click();
  await page.waitForURL('**/de/c/home-and-table');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Haus & Tisch');
  await expect(page).toHaveTitle(/^Haus & Tisch/);
  await expect(page.getByRole('main').getByRole('link', { name: /^Geschirr/ }).first()).toBeVisible();
  await visit(page, '/de/c/tableware');
  await expect(page.getByRole('list').getByRole('link', { name: 'Haus & Tisch' }).first()).toBeVisible();
  await visit(page, '/c/home-and-table');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Home & Table');
});

test('usual options are named in the language of the page, others as the seller calls them', async ({ page }) => {
  const [{ slug }] = await makeVariants([{ options: { Size: 'Small', Glaze: 'Ash' }, price: 2000, stock: 3 }]);
  await visit(page, `/de/p/${slug}`);
  await expect(page.getByRole('group', { name: 'Größe' }).getByTestId('product-option').getByText('Small')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('group', { name: 'Glaze' }).getByText('Glaze:')).toHaveAttribute('lang', 'en');
  await visit(page, `/p/${slug}`);
  await expect(page.getByRole('group', { name: 'Size' })).toContainText('Size: Small');
  await visit(page, '/de/search');
  const filters = page.getByTestId('listing-filters');
  await expect(filters.getByRole('group', { name: 'Größe', exact: true })).toBeVisible();
  await expect(filters.getByRole('group', { name: 'Farbe', exact: true })).toBeVisible();
});

test('prices, cart and order are in the currency of the page', async ({ page }) => {
  const shop = new Shop(page);
  const email = freshEmail();
  const product = await makeProduct({ stock: 5, price: 3000 });
  await shop.putIntoCart(product);
  await visit(page, `/p/${product.slug}`);
  await expect(page.getByTestId('product-price').first()).toHaveText('$30.00');
  await page.getByTestId('market').getByRole('link', { name: 'EUR' }).click();
  await page.waitForURL(`**/en-eur/p/${product.slug}`);
  await hydrated(page);
  await expect(page.getByTestId('product-price').first()).toHaveText('€30.00');
  await expect(page.getByTestId('market').getByRole('link', { name: 'EUR' })).toHaveAttribute('aria-current', 'true');
  await page.getByTestId('header-cart').click();
  await page.waitForURL('**/en-eur/cart');
  await expect(page.getByTestId('cart-total')).toHaveText('€30.00');
  await expect(page.getByTestId('cart-line-problems')).toBeEmpty();
  // What is looked at without a reload is in it too.
  await page.getByRole('navigation', { name: 'Departments' }).getByRole('link').first().click();
  await page.waitForURL(/\/en-eur\/c\//);
  await expect(page.getByTestId('product-card').first()).toContainText('€');

  await visit(page, '/en-eur/checkout');
  await shop.fillCheckout(email);
  await page.getByRole('button', { name: /Continue to payment/ }).click();
  await page.waitForURL(/\/en-eur\/checkout\/pay\//);
  const number = shop.orderNumber();
  await shop.fillCard(cards.good);
  await shop.payButton.click();
  await shop.arrivesAtConfirmation(number);
  await expect(page.getByRole('main')).toContainText('€30.00');
  // The order stays in its currency.
  await visit(page, `/orders/${number}`);
  await expect(page.getByRole('main')).toContainText('€30.00');
  const [order] = await ordersOf(email);
  expect(order).toMatchObject({ status: 'paid', currency: 'EUR', captured: order.total });
});

test('a filter by price is shared with its currency and goes when another is chosen', async ({ page }) => {
  await visit(page, '/search?min_price=100&currency=EUR');
  await expect(page.getByTestId('listing-applied')).toContainText('€100.00');
  await page.getByTestId('market').getByRole('link', { name: 'EUR' }).click();
  await page.waitForURL('**/en-eur/search');
  await expect(page.getByRole('main').getByText(/^€/).first()).toBeVisible();
});

test('only the texts of the page\'s language are sent, and its page names the others', async ({ page, request }) => {
  const asked: string[] = [];
  page.on('request', (sent) => asked.push(new URL(sent.url()).pathname));
  await visit(page, '/de');
  const texts = asked.filter((path) => path.startsWith('/texts/'));
  expect(texts).toEqual([expect.stringMatching(/^\/texts\/de\.[0-9a-f]{16}\.txt$/)]);
  const file = await request.get(texts[0]);
  expect(file.headers()['cache-control']).toContain('immutable');
  expect(await file.text()).not.toContain('Add to cart');
  const address = await page.locator('link[rel=alternate][hreflang=en]').getAttribute('href');
  expect(new URL(address ?? '').pathname).toBe('/');
});

for (const width of [390, 1440]) {
  test(`at ${width} pixels the shop stands from right to left too`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const product = await makeProduct({ stock: 2 });
    const fits = async () => {
      await accessible(page);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(sideways, page.url()).toBeLessThanOrEqual(0);
    };
    for (const path of ['/', '/search', `/p/${product.slug}`, '/account/sign-in']) {
      await visit(page, `/xb${path}`);
      await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
      await fits();
      await picture(page, `mirrored${path.replaceAll('/', '-')}-${width}`.replace(product.slug, 'product'));
    }
    const cart = await page.getByTestId('header-cart').boundingBox();
    expect(cart?.x, 'what stands at the end stands on the left').toBeLessThan(width / 2);
    await visit(page, `/xb/p/${product.slug}`);
    const added = page.waitForResponse('**/sf/cart/add_item');
    await page.getByTestId('product-add-to-cart').click();
    await added;
    await expect(page.getByRole('dialog')).toBeVisible();
    await fits();
    await picture(page, `mirrored-drawer-${width}`, { fullPage: false });
    for (const path of ['/cart', '/checkout']) {
      await visit(page, `/xb${path}`);
      await expect(page.getByRole('main')).toContainText(product.title);
      await fits();
    }
  });
}

test('money and dates read the same from the server and in the browser', async ({ page }) => {
  const shop = new Shop(page);
  const { slug } = await reviewedProduct();
  await shop.putIntoCart(await makeProduct({ stock: 3, price: 123456 }));
  const number = await shop.placeOrder(freshEmail());
  const figures = 'main :is(.product, .listing, .checkout) :is(.tabular, time):not([data-testid="checkout-hold-timer"])';
  for (const market of ['', '/de', '/de-usd', '/en-eur']) {
    for (const path of [`/p/${slug}`, '/c/home-and-table', `/orders/${number}`]) {
      const address = market + path;
      const html = await (await page.request.get(address)).text();
      const sent = await page.evaluate(([html, figures]) => {
        const document = new DOMParser().parseFromString(html, 'text/html');
        return [...document.querySelectorAll(figures)].map((element) => element.textContent);
      }, [html, figures]);
      expect(sent.filter((text) => /\d/.test(text ?? '')).length, address).toBeGreaterThan(3);
      // The page before has nothing of it: what stands there then was made in the browser.
      await visit(page, `${market}/account/sign-in`);
      await page.evaluate((address) => {
        const link = Object.assign(document.createElement('a'), { href: address });
        document.body.append(link);
        link.click();
      }, address);
      await expect.poll(() => page.locator(figures).allTextContents(), address).toEqual(sent);
    }
  }
});
