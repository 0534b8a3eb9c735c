import { type Page } from '@playwright/test';
import { accessible, expect, test, visit } from '../fixtures';
import { colouredProduct, makeVariants, measuredProduct, reviewedProduct } from '../data';
import { Shop } from '../pages/shop';

test('a product shows its newest reviews, and all of them when asked', async ({ page }) => {
  const { slug, reviews } = await reviewedProduct();
  await visit(page, `/p/${slug}`);
  await expect(page.getByTestId('review')).toHaveCount(4);
  const data = JSON.parse((await page.locator('script[type="application/ld+json"]').first().textContent()) ?? '');
  expect(data.aggregateRating.reviewCount).toBe(reviews);
  await page.getByRole('link', { name: `All ${reviews} reviews` }).click();
  await expect(page.getByTestId('review')).toHaveCount(reviews);
  await expect(page.getByRole('link', { name: `All ${reviews} reviews` })).toBeHidden();
  await accessible(page);
});

const dialogOf = (page: Page, place: number) => page.getByRole('dialog', { name: new RegExp(`^Picture ${place} of`) });

test('a picture is seen in full size, and the next one by the keyboard', async ({ page }) => {
  const { slug } = await reviewedProduct();
  await visit(page, `/p/${slug}`);
  const picture = page.getByRole('link', { name: /Enlarge$/ }).first();
  await picture.click();
  await expect(dialogOf(page, 1).getByRole('img')).toBeVisible();
  await accessible(page, '#zoom');
  await page.keyboard.press('ArrowRight');
  await expect(dialogOf(page, 2)).toBeVisible();
  const before = page.getByRole('dialog').getByRole('button', { name: 'Picture before' });
  await before.click();
  await expect(dialogOf(page, 1)).toBeVisible();
  await expect(before).toHaveAttribute('aria-disabled', 'true');
  await expect(before, 'at the end the focus stays, and with it the keys').toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(dialogOf(page, 2)).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(dialogOf(page, 1)).toBeVisible();

  // Closer: larger than its place, moved by the arrow keys, which then do not lead to another picture.
  const closer = page.getByTestId('product-picture-closer');
  await expect(closer).toHaveAttribute('aria-pressed', 'false');
  await closer.click();
  await expect(closer).toHaveAttribute('aria-pressed', 'true');
  await accessible(page, '#zoom');
  const stage = page.getByRole('group', { name: 'The picture, enlarged' });
  const scrolled = () => stage.evaluate((stage) => stage.scrollLeft);
  await expect.poll(scrolled, 'it begins in the middle').toBeGreaterThan(0);
  const middle = await scrolled();
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(scrolled).toBeGreaterThan(middle);
  await expect(dialogOf(page, 1)).toBeVisible();
  await stage.click();
  await expect(closer).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(dialogOf(page, 2), 'the stage has the focus and keeps it').toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(dialogOf(page, 1)).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(picture).toBeFocused();
});

test('colours are shown by their pictures, and the page names its department', async ({ page }) => {
  const { slug, category, department, option, values } = await colouredProduct();
  await visit(page, `/p/${slug}`);
  const data = JSON.parse((await page.locator('script[type="application/ld+json"]').first().textContent()) ?? '');
  expect(new URL(data.offers.url).search).toContain('variant=');
  expect(data.image.length).toBeGreaterThan(0);
  for (const address of data.image) expect((await page.request.get(address)).status()).toBe(200);
  const choices = page.getByRole('group', { name: option }).getByTestId('product-option');
  await expect(choices).toHaveCount(values);
  await expect(choices.locator('img')).toHaveCount(values);
  const files = await choices.locator('img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).src));
  expect(new Set(files).size).toBe(values);
  const shown = page.getByRole('main').locator('.gallery-slide img').first();
  const first = await shown.getAttribute('src');
  await choices.last().click();
  await expect(shown, 'the gallery shows the colour that was chosen').not.toHaveAttribute('src', first ?? '');
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link')).toHaveText(['Souk', department, category]);
});

test('a variant is chosen by its options: address, price and cart follow', async ({ page }) => {
  const [small, large] = await makeVariants([
    { options: { Colour: 'Sand', Size: 'Small' }, price: 2000, stock: 3 },
    { options: { Colour: 'Sand', Size: 'Large' }, price: 2600, stock: 3 },
    { options: { Colour: 'Moss', Size: 'Small' }, price: 2000, stock: 0 },
  ]);
  const value = (name: string) => page.getByTestId('product-option').filter({ hasText: name });
  await visit(page, `/p/${small.slug}`);
  await expect(value('Small')).toHaveAttribute('aria-current', 'true');
  await expect(page.getByTestId('product-price').first()).toHaveText('$20.00');
  await value('Large').click();
  await page.waitForURL(`**/p/${large.slug}?variant=${large.variantId}`);
  await expect(value('Large')).toHaveAttribute('aria-current', 'true');
  await expect(value('Large'), 'whoever chooses goes on from there').toBeFocused();
  await expect(page.getByTestId('product-price').first()).toHaveText('$26.00');
  const ink = (name: string) => value(name).evaluate((value) => getComputedStyle(value).color);
  expect(await ink('Moss'), 'what does not go together is greyed').not.toBe(await ink('Small'));
  // What does not go together with it says so, and leads to what is nearest: here it is sold out.
  await expect(value('Moss')).toContainText('not together with the rest of your choice');
  await accessible(page);
  await new Shop(page).add();
  await expect(page.getByTestId('cart-line')).toContainText('Large');
  await expect(page.getByTestId('cart-line-total')).toHaveText('$26.00');
  await page.keyboard.press('Escape');
  await value('Moss').click();
  await expect(page.getByTestId('product-add-to-cart')).toBeDisabled();
  await expect(page.getByTestId('product-add-to-cart')).toHaveText('Sold out');
  // The address alone says which variant is meant.
  await visit(page, `/p/${large.slug}?variant=${large.variantId}`);
  await expect(value('Large')).toHaveAttribute('aria-current', 'true');
});

test('who makes it is named, with what they promise and more of theirs', async ({ page }) => {
  const { slug } = await reviewedProduct();
  const { seller, title } = await (await page.request.get(`/api/v1/products/${slug}`)).json();
  await visit(page, `/p/${slug}`);
  const main = page.getByRole('main');
  const link = main.locator('.seller-card').getByRole('link', { name: seller.name });
  await expect(link).toHaveAttribute('href', `/s/${seller.slug}`);
  for (const [name, promise] of [['How it is sent', /ship|sen[dt]|parcel|post|carrier/i], ['Returns', /return|back|refund/i]] as const) {
    const policy = main.getByRole('group').filter({ has: page.getByText(name, { exact: true }) });
    await expect(policy.getByRole('paragraph').first()).toBeHidden();
    await policy.getByText(name, { exact: true }).click();
    await expect(policy.getByRole('paragraph').first()).toBeVisible();
    await expect(policy.getByRole('paragraph').first()).toContainText(promise);
  }
  const more = page.getByRole('region', { name: `More from ${seller.name}` });
  await expect(more.getByTestId('product-card')).toHaveCount(4);
  await expect(more.getByTestId('product-card').filter({ hasText: title }), 'not the product itself').toHaveCount(0);
  for (const card of await more.getByTestId('product-card').all()) await expect(card).toContainText(seller.name);
});

test('delivery is promised before anything is in the cart', async ({ page }) => {
  const { slug } = await reviewedProduct();
  await visit(page, `/p/${slug}`);
  const delivery = page.getByTestId('product-delivery');
  await expect(delivery).toContainText(/Delivered by .+ in \d+ to \d+ working days/);
  await delivery.getByText('Delivered by').click();
  await expect(delivery).toContainText('United States');
  await accessible(page);
});

test('what is sold by weight says what a kilogram costs', async ({ page }) => {
  const { slug, variant, amount, measure } = await measuredProduct();
  await visit(page, `/p/${slug}?variant=${variant}`);
  const perKilogram = amount / Number.parseFloat(measure) * 1000;
  await expect(page.getByTestId('product-unit-price')).toHaveText(`$${(Math.round(perKilogram) / 100).toFixed(2)} / kg`);
  await accessible(page);
});
