import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

// The release build has no test door: what a test needs is written into the database as the shop itself would write it,
// and what it must know of the gateway is read from the sandbox's own book.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

export interface Product {
  slug: string;
  title: string;
  variantId: string;
  stockItemId: string;
}

interface NewVariant {
  options: Record<string, string>;
  price: number;
  stock: number;
}

/** A published product of one variant with `stock` units, of a demonstration seller. */
export async function makeProduct(options: { stock: number; price?: number; seller?: number; title?: string }): Promise<Product> {
  const [product] = await makeVariants([{ options: {}, price: options.price ?? 2500, stock: options.stock }], options);
  return product;
}

/** A published product of these variants, and each of them. */
export async function makeVariants(variants: NewVariant[], options: { seller?: number; title?: string } = {}): Promise<Product[]> {
  const mark = randomUUID().slice(0, 8);
  const productId = randomUUID();
  const made = variants.map(() => ({ slug: `test-bowl-${mark}`, title: options.title ?? `Test bowl ${mark}`, variantId: randomUUID(), stockItemId: randomUUID() }));
  const names = [...new Set(variants.flatMap((variant) => Object.keys(variant.options)))];
  const choices = names.map((name) => ({ name, values: [...new Set(variants.map((variant) => variant.options[name]))] }));
  const client = await pool.connect();
  try {
    await client.query('begin');
    const seller = await client.query('select seller_id from seller order by slug offset $1 limit 1', [options.seller ?? 0]);
    const sellerId = seller.rows[0].seller_id;
    const category = await client.query('select category_id from category where parent_id is not null order by slug limit 1');
    const warehouse = await client.query('select warehouse_id from warehouse order by rank limit 1');
    await client.query(
      `insert into product (product_id, seller_id, category_id, slug, title, description_html, options, status, published_at)
       values ($1, $2, $3, $4, $5, '<p>Made for a test.</p>', $6, 'published', souk.clock() - interval '1 year')`,
      [productId, sellerId, category.rows[0].category_id, made[0].slug, made[0].title, JSON.stringify(choices)],
    );
    for (const [position, { options: own, price, stock }] of variants.entries()) {
      const { variantId, stockItemId } = made[position];
      await client.query(`insert into stock_item (stock_item_id, kind) values ($1, 'variant')`, [stockItemId]);
      await client.query('insert into variant (variant_id, product_id, seller_id, stock_item_id, sku, options, position) values ($1, $2, $3, $4, $5, $6, $7)', [
        variantId,
        productId,
        sellerId,
        stockItemId,
        `TEST-${mark}-${position}`,
        JSON.stringify(own),
        position,
      ]);
      await client.query(`insert into price (variant_id, currency, amount) values ($1, 'USD', $2), ($1, 'EUR', $2)`, [variantId, price]);
      await client.query('insert into stock_level (stock_item_id, warehouse_id, on_hand) values ($1, $2, $3)', [stockItemId, warehouse.rows[0].warehouse_id, stock]);
      if (stock > 0) {
        await client.query(
          `insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values ($1, $2, $3, $4, 'receive')`,
          [randomUUID(), stockItemId, warehouse.rows[0].warehouse_id, stock],
        );
      }
    }
    await client.query('commit');
    return made;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** A coupon that takes ten percent off everything. */
export async function makeCoupon(): Promise<string> {
  const code = `TEST-${randomUUID().slice(0, 8).toUpperCase()}`;
  await pool.query(
    `insert into coupon (coupon_id, code, label, funded_by, order_basis_points, starts_at)
     values ($1, $2, '10 % off in a test', 'marketplace', 1000, souk.clock() - interval '1 day')`,
    [randomUUID(), code],
  );
  return code;
}

export async function endCoupon(code: string) {
  await pool.query('update coupon set ends_at = souk.clock() where code = $1', [code]);
}

/** A product's price from now on, in dollars' cents. */
export async function reprice(product: Product, amount: number) {
  await pool.query(`update price set amount = $2 where variant_id = $1 and currency = 'USD'`, [product.variantId, amount]);
}

/** Keeps everybody from putting the product into a cart as long as `work` goes on, which may be less than two seconds. */
export async function whileNobodyCanAdd(product: Product, work: () => Promise<unknown>) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select from variant where variant_id = $1 for update', [product.variantId]);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** The product of the demonstration that most was said about. */
export async function reviewedProduct(): Promise<{ slug: string; reviews: number }> {
  const { rows } = await pool.query(`select slug, rating_count as reviews from product where status = 'published' order by rating_count desc, slug limit 1`);
  return rows[0];
}

/** A product that is sold by weight or volume, with the first price and what it holds. */
export async function measuredProduct(): Promise<{ slug: string; variant: string; amount: number; measure: string }> {
  const { rows } = await pool.query(
    `select slug, variant_id as variant, amount::int as amount, measure from variant join product using (product_id) join price using (variant_id)
     where currency = 'USD' and measure like '% g' and product.status = 'published' order by slug, sku limit 1`,
  );
  return rows[0];
}

/** The demonstration's Speckle Mug: each value of its first option has a picture of its own, and its category a department. */
export async function colouredProduct(): Promise<{ slug: string; category: string; department: string; option: string; values: number }> {
  const { rows } = await pool.query(
    `select product.slug, category.name as category, department.name as department, options -> 0 ->> 'name' as option,
        jsonb_array_length(options -> 0 -> 'values') as values
     from product join category using (category_id) join category as department on department.category_id = category.parent_id
     where product.status = 'published' and product.slug = 'speckle-mug'`,
  );
  return rows[0];
}

/** The paths of everything there is to look at, without what tests have made. */
export async function catalogue(): Promise<{ listings: string[]; products: string[] }> {
  const paths = async (statement: string) => (await pool.query(statement)).rows.map((row: { path: string }) => row.path);
  return {
    listings: await paths(`select '/c/' || slug as path from category union all select '/s/' || slug from seller order by path`),
    products: await paths(`select '/p/' || slug as path from product where status = 'published' and slug not like 'test-bowl-%' order by path`),
  };
}

/** What the shop's books say about the orders of one e-mail address. */
export async function ordersOf(email: string): Promise<{ number: string; status: string; street: string; total: string; discount: string; currency: string; captured: string | null }[]> {
  const { rows } = await pool.query(
    `select o.number, o.status, o.ship_line1 as street, o.total, o.discount, o.currency, p.captured from customer_order o left join payment p using (buyer_id, order_id)
     where o.email = $1 order by o.placed_at`,
    [email],
  );
  return rows;
}

/** What the gateway has reported of an order, and the shop has taken in. */
export async function reportsOf(number: string): Promise<string[]> {
  const { rows } = await pool.query(`select kind from webhook_event where handled_at is not null and strpos(body, $1) > 0`, [number]);
  return rows.map((row) => row.kind);
}

/** From now on the test gateway takes no money for this order. One test at a time: there is one list of faults. */
export async function silenceGateway(number: string) {
  const { rows } = await pool.query(
    `select payment_intent_id as id from payable join customer_order using (buyer_id, order_id) where customer_order.number = $1 and payment_intent_id is not null`,
    [number],
  );
  await misbehave('POST', { match: { method: 'POST', path: `/v1/payment_intents/${rows[0].id}/capture` }, mode: 'request_lost', times: 1000 });
}

export async function letGatewayAnswer() {
  await misbehave('DELETE');
}

async function misbehave(method: string, fault?: object) {
  const answer = await fetch(`${runFile().sandbox_control_url}/misbehave`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) });
  if (!answer.ok) throw new Error(`the gateway's control port answers ${answer.status}: ${await answer.text()}`);
}

/** The parcels of an order: who sends each, and how. */
export async function parcelsOf(number: string): Promise<{ seller: string; shipping: string }[]> {
  const { rows } = await pool.query(
    `select seller.slug as seller, part.shipping_label as shipping from seller_order part join customer_order o using (buyer_id, order_id)
     join seller using (seller_id) where o.number = $1 order by seller.slug`,
    [number],
  );
  return rows;
}

export async function stockOf(product: Product): Promise<{ on_hand: number; allocated: number; held: number }> {
  const { rows } = await pool.query('select on_hand, allocated, held from stock_level where stock_item_id = $1', [product.stockItemId]);
  return rows[0];
}

/** The time to pay one order is over: its deadlines come forward, and the shop's own workers do what they do at the end. */
export async function endHold(number: string) {
  await pool.query(
    `with due as (update customer_order set expires_at = souk.clock() where number = $1 returning order_id),
          held as (update reservation set expires_at = souk.clock() from due where holder_kind = 'order' and holder_id = due.order_id)
     update checkout_saga s set wake_at = souk.clock() from due where s.order_id = due.order_id`,
    [number],
  );
}

export async function closeDatabase() {
  await pool.end();
}

export interface SignIn {
  email: string;
  password: string;
}

/** Who can sign in to the running shop, as the file says that describes it. */
export function signIns(): { admin: SignIn; shopper: SignIn; sellers: SignIn[] } {
  return runFile().sign_ins;
}

function runFile() {
  return JSON.parse(readFileSync(process.env.SOUK_RUN_FILE ?? '../.souk/run.json', 'utf8'));
}

/** The texts of the mails that the shop has handed over for an address, the oldest first. */
export function mailsTo(email: string): string[] {
  const folder = `${runFile().mail_directory}/new`;
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const mails = files.map((file) => readFileSync(`${folder}/${file}`, 'latin1'));
  return mails.filter((mail) => mail.includes(`\nTo: ${email}\n`)).map(textOf);
}

/** The body of a mail as its reader sees it. */
function textOf(mail: string): string {
  const [head] = mail.split('\n\n', 1);
  const body = mail.slice(head.length).trim();
  if (!/^Content-Transfer-Encoding: quoted-printable$/m.test(head)) return body;
  const bytes = body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The link in a mail. */
export function linkIn(mail: string): string {
  const link = /https?:\S+/.exec(mail);
  if (!link) throw new Error(`no link in ${mail}`);
  return link[0];
}

/** An address nobody else of the run uses, so that a test finds its own orders. */
export function freshEmail(): string {
  return `guest-${randomUUID().slice(0, 12)}@example.org`;
}

const url = process.env.SOUK_URL ?? 'http://127.0.0.1:3000';

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Somebody else buys, through the REST API: places an order as a guest and pays it. */
export async function buyElsewhere(product: Product, quantity = 1, email = freshEmail()) {
  const cart = await api('PUT', '/cart/items', { variant_id: product.variantId, quantity });
  if (cart.status !== 200) throw new Error(`the other shopper's cart: ${JSON.stringify(cart.body)}`);
  const order = await api(
    'POST',
    '/orders',
    { email, shipping_address: address },
    { 'cart-token': cart.body.token, 'idempotency-key': randomUUID() },
  );
  if (order.status !== 201) throw new Error(`the other shopper's order: ${JSON.stringify(order.body)}`);
  const payment = await api(
    'POST',
    '/payments',
    { order_id: order.body.id, payment_method: 'pm_card_visa' },
    { 'order-token': order.body.access_token, 'idempotency-key': randomUUID() },
  );
  if (payment.body.status !== 'succeeded') throw new Error(`the other shopper's payment: ${JSON.stringify(payment.body)}`);
}

export const address = { name: 'Ada Lovelace', line1: '12 Analytical Way', city: 'Portland', region: 'OR', postal_code: '97201', country: 'US' };

/** Of the accounts that tests make. */
export const password = 'copper kettle moss 7';

/** Test cards, as Stripe names their numbers. */
export const cards = { good: '4242424242424242', declined: '4000000000000002', secure: '4000002760003184' };
