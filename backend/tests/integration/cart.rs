use crate::checkout::merging::until_waiting;
use backend::cart::{
    add_item, clear, drain, follow_currency, merge_guest, merge_notice, open_for_checkout, remove_item, remove_ordered, republish,
    set_item, undo_merge, view,
};
use backend::testing::{NewVariant, Shop, TestProduct, statements};
use backend::{Context, Failure};
use domain::cart::{CartRefusal, CartView, LineProblem};
use domain::id::VariantId;
use domain::language::Language;
use domain::market::Market;
use domain::money::{Currency, Money};
use domain::quantity::Quantity;
use redis::AsyncCommands as _;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(86_400);

type Outcome = Result<CartView, Failure<CartRefusal>>;

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<CartRefusal>>) -> CartRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::Usd)
}

fn quantities(cart: &CartView) -> Vec<(VariantId, u32)> {
    cart.lines.iter().map(|line| (line.variant_id, line.quantity)).collect()
}

/// A guest with this many of the product's first variant.
async fn begun(shop: &Shop, product: &TestProduct, quantity: u32) -> (Context, CartView) {
    let cart = set_item(&shop.guest(), product.variants[0], quantity).await.unwrap();
    (shop.guest_with_cart(cart.token.as_deref().unwrap()), cart)
}

/// The same visitor of another shop: one without a store, or with an empty one.
fn at(shop: &Shop, ctx: &Context) -> Context {
    Context { handles: shop.handles.clone(), ..ctx.clone() }
}

/// Three single-variant products of plenty.
async fn three(shop: &Shop) -> [VariantId; 3] {
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let mut variants = Vec::new();
    for (slug, price) in [("bowl", 2_000), ("mug", 1_200), ("plate", 3_000)] {
        variants.extend(shop.product(slug, seller, category, &[NewVariant::new(price, 50)]).await.variants);
    }
    variants.try_into().unwrap()
}

// Currency ----------------------------------------------------------------------------------------------------------

/// The same visitor after choosing euros.
fn in_euros(ctx: &Context) -> Context {
    let mut ctx = ctx.clone();
    ctx.caller.market = Some(Market { language: Language::English, currency: Currency::Eur });
    ctx
}

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::Eur)
}

#[sqlx::test]
async fn a_cart_follows_the_chosen_currency_at_the_sellers_own_prices(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, plate] = three(&shop).await;
    shop.run("insert into price (variant_id, currency, amount) select variant_id, 'EUR', amount - 100 from price", |query| query).await;
    let (guest, _) = begun_with(&shop, &[(bowl, 1), (mug, 2)]).await;
    let euros = in_euros(&guest);
    follow_currency(&euros).await.unwrap();
    let cart = view(&guest).await.unwrap();
    assert_eq!((cart.total, cart.version), (eur(1_900 + 2 * 1_100), 3));
    // Choosing is not a change of price.
    assert!(cart.lines.iter().all(|line| line.problems.is_empty()));
    follow_currency(&euros).await.unwrap();
    assert_eq!(view(&euros).await.unwrap().version, 3);
    // Back, by the next change of who has chosen so.
    let mut dollars = guest.clone();
    dollars.caller.market = Some(Market::default());
    let cart = set_item(&dollars, plate, 1).await.unwrap();
    assert_eq!(cart.total, usd(2_000 + 2 * 1_200 + 3_000));
    // Who has no cart, and who has chosen nothing, is left alone.
    follow_currency(&in_euros(&shop.guest())).await.unwrap();
    follow_currency(&guest).await.unwrap();
    assert_eq!(view(&guest).await.unwrap(), cart);
}

#[sqlx::test]
async fn what_is_not_sold_in_the_chosen_currency_stays_and_says_so(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, _] = three(&shop).await;
    shop.run("insert into price (variant_id, currency, amount) values ($1, 'EUR', 1500)", |query| query.bind(bowl.0)).await;
    let (guest, _) = begun_with(&shop, &[(bowl, 1), (mug, 1)]).await;
    follow_currency(&in_euros(&guest)).await.unwrap();
    let cart = view(&guest).await.unwrap();
    assert_eq!((cart.total, cart.lines.len()), (eur(1_500), 2));
    assert_eq!(cart.lines[1].problems, [LineProblem::NotInCurrency { currency: Currency::Eur }]);
    // A price that comes later is no changed price.
    shop.run("insert into price (variant_id, currency, amount) values ($1, 'EUR', 1100)", |query| query.bind(mug.0)).await;
    assert_eq!(view(&guest).await.unwrap().lines[1].problems, []);
}

#[sqlx::test]
async fn carts_of_two_currencies_merge_into_the_accounts(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, _] = three(&shop).await;
    shop.run("insert into price (variant_id, currency, amount) select variant_id, 'EUR', amount - 100 from price", |query| query).await;
    let (guest, _) = begun_with(&shop, &[(bowl, 1)]).await;
    follow_currency(&in_euros(&guest)).await.unwrap();
    let mut shopper = shop.shopper().await;
    set_item(&shopper, mug, 1).await.unwrap();
    shop.run("update price set amount = 1300 where variant_id = $1 and currency = 'USD'", |query| query.bind(mug.0)).await;
    shopper.caller.cart_token = guest.caller.cart_token.clone();
    let cart = view(&shopper).await.unwrap();
    assert_eq!(cart.total, usd(2_000 + 1_300));
    let problems = |variant| cart.lines.iter().find(|line| line.variant_id == variant).unwrap().problems.clone();
    assert_eq!(problems(bowl), []);
    // What the account was to be told of its own line is not swept away.
    assert_eq!(problems(mug), [LineProblem::PriceChanged { was: usd(1_200), now: usd(1_300) }]);
}

/// A guest with these.
async fn begun_with(shop: &Shop, items: &[(VariantId, u32)]) -> (Context, CartView) {
    let mut guest = shop.guest();
    let mut cart = CartView::empty(Currency::Usd);
    for (variant, quantity) in items {
        cart = set_item(&guest, *variant, *quantity).await.unwrap();
        guest.caller.cart_token = cart.token.clone();
    }
    (guest, cart)
}

// Changing and reading ----------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_cart_begins_with_the_first_write_and_its_token_opens_it(db: PgPool) {
    let shop = Shop::new(db.clone());
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let nobody = shop.guest();
    assert_eq!(view(&nobody).await.unwrap(), CartView::empty(Currency::Usd));
    assert_eq!(remove_item(&nobody, product.variants[0]).await.unwrap().id, None, "removing from nothing begins nothing");
    let (guest, begun) = begun(&shop, &product, 2).await;
    assert_eq!((begun.version, begun.subtotal, begun.lines[0].line_total), (1, usd(4_000), usd(4_000)));
    assert_eq!((begun.lines[0].title.as_str(), begun.lines[0].seller.slug.as_str()), ("Bowl", "bowl-seller"));
    assert_eq!(view(&guest).await.unwrap(), begun);
    let added = add_item(&guest, product.variants[0], Quantity::ONE).await.unwrap();
    assert_eq!((added.version, added.lines[0].quantity, added.token == begun.token), (2, 3, true));
    let hashes: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from cart").fetch_all(&db).await.unwrap();
    assert_eq!(hashes, [backend::secret::token_hash(&begun.token.unwrap())], "only the hash is stored");
}

#[sqlx::test]
async fn an_unknown_token_finds_no_cart_on_reads_and_on_writes(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let stranger = shop.guest_with_cart("no such token");
    assert_eq!(refused(view(&stranger).await), CartRefusal::CartNotFound);
    assert_eq!(refused(set_item(&stranger, product.variants[0], 1).await), CartRefusal::CartNotFound);
    assert_eq!(refused(clear(&stranger).await), CartRefusal::CartNotFound);
    assert_eq!(refused(open_for_checkout(&stranger).await), CartRefusal::CartNotFound);
}

#[sqlx::test]
async fn a_signed_in_user_has_one_cart_and_no_token(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let shopper = shop.shopper().await;
    assert_eq!(view(&shopper).await.unwrap().id, None);
    let both = tokio::join!(set_item(&shopper, product.variants[0], 2), set_item(&shopper, product.variants[0], 2));
    let (one, other) = (both.0.unwrap(), both.1.unwrap());
    assert_eq!((one.id, one.token), (other.id, None));
    assert_eq!((view(&shopper).await.unwrap().lines[0].quantity, one.version.max(other.version)), (2, 2));
}

#[sqlx::test]
async fn writers_at_once_lose_nothing(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 50).await;
    let (guest, _) = begun(&shop, &product, 1).await;
    let adds: Vec<_> = (0..8)
        .map(|_| {
            let (guest, variant) = (guest.clone(), product.variants[0]);
            tokio::spawn(async move { add_item(&guest, variant, Quantity::ONE).await.unwrap().version })
        })
        .collect();
    let mut versions = Vec::new();
    for add in adds {
        versions.push(add.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..=9).collect::<Vec<_>>());
    let cart = view(&guest).await.unwrap();
    assert_eq!((cart.version, cart.lines[0].quantity), (9, 9));
}

#[sqlx::test]
async fn more_than_there_is_or_than_a_cart_takes_is_refused(db: PgPool) {
    let shop = Shop::new(db);
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let variants: Vec<NewVariant> = (0..101).map(|_| NewVariant::new(100, 200)).collect();
    let many = shop.product("tile", seller, category, &variants).await;
    let few = shop.product("bowl", seller, category, &[NewVariant::new(2_000, 2), NewVariant::new(2_000, 0)]).await;
    let guest = shop.guest();
    assert_eq!(refused(set_item(&guest, many.variants[0], 100).await), CartRefusal::QuantityLimit { max: 99 });
    assert_eq!(refused(set_item(&guest, few.variants[0], 3).await), CartRefusal::OutOfStock { available: 2 });
    assert_eq!(refused(set_item(&guest, few.variants[1], 1).await), CartRefusal::OutOfStock { available: 0 });
    assert_eq!(refused(set_item(&guest, VariantId(Uuid::from_u128(7)), 1).await), CartRefusal::VariantNotFound);
    let (guest, _) = begun(&shop, &few, 2).await;
    assert_eq!(refused(add_item(&guest, few.variants[0], Quantity::ONE).await), CartRefusal::OutOfStock { available: 2 });
    for variant in &many.variants[..99] {
        set_item(&guest, *variant, 1).await.unwrap();
    }
    assert_eq!(refused(set_item(&guest, many.variants[100], 1).await), CartRefusal::LineLimit { max: 100 });
    let full = set_item(&guest, many.variants[0], 99).await.expect("a line that is there may grow");
    assert_eq!(full.lines.len(), 100);
}

#[sqlx::test]
async fn a_removed_line_leaves_a_trace_and_comes_back_at_the_end(db: PgPool) {
    let shop = Shop::new(db.clone());
    let [bowl, mug, plate] = three(&shop).await;
    let cart = set_item(&shop.guest(), bowl, 1).await.unwrap();
    let guest = shop.guest_with_cart(&cart.token.unwrap());
    set_item(&guest, mug, 1).await.unwrap();
    let removed = remove_item(&guest, bowl).await.unwrap();
    assert_eq!((quantities(&removed), removed.version), (vec![(mug, 1)], 3));
    assert_eq!(remove_item(&guest, plate).await.unwrap().version, 3, "removing what is absent changes nothing");
    let traces: i64 = sqlx::query_scalar("select count(*) from cart_line where quantity = 0 and version = 3").fetch_one(&db).await.unwrap();
    assert_eq!(traces, 1);
    assert_eq!(quantities(&set_item(&guest, bowl, 2).await.unwrap()), [(mug, 1), (bowl, 2)]);
    assert_eq!(quantities(&view(&guest).await.unwrap()), [(mug, 1), (bowl, 2)]);
    assert_eq!(clear(&guest).await.unwrap().lines, []);
    assert_eq!(view(&guest).await.unwrap().version, 5);
}

#[sqlx::test]
async fn reading_never_reprices_silently(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, _) = begun(&shop, &product, 2).await;
    shop.run("update price set amount = 2300", |query| query).await;
    for _ in 0..2 {
        let line = &view(&guest).await.unwrap().lines[0];
        assert_eq!(line.problems, [LineProblem::PriceChanged { was: usd(2_000), now: usd(2_300) }]);
        assert_eq!((line.unit_price, line.line_total), (usd(2_300), usd(4_600)));
    }
    assert_eq!(set_item(&guest, product.variants[0], 2).await.unwrap().lines[0].problems, [], "choosing it again accepts the price");
}

#[sqlx::test]
async fn a_line_says_what_is_wrong_with_it(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, _) = begun(&shop, &product, 4).await;
    let problems = async || view(&guest).await.unwrap().lines[0].problems.clone();
    shop.run("update stock_level set held = 2", |query| query).await;
    assert_eq!(problems().await, [LineProblem::InsufficientStock { available: 3 }]);
    shop.run("update stock_level set held = 5", |query| query).await;
    assert_eq!(problems().await, [LineProblem::OutOfStock]);
    shop.run("update product set status = 'withdrawn'", |query| query).await;
    assert_eq!(problems().await, [LineProblem::Withdrawn]);
    let cart = view(&guest).await.unwrap();
    assert_eq!((cart.subtotal, cart.lines[0].unit_price), (usd(0), usd(2_000)), "what cannot be bought is shown and not summed");
    assert_eq!(refused(set_item(&guest, product.variants[0], 1).await), CartRefusal::VariantNotFound);
    assert_eq!(remove_item(&guest, product.variants[0]).await.unwrap().lines, []);
}

/// An open order of the cart that holds `quantity` of the product.
async fn hold(shop: &Shop, cart: &CartView, product: &TestProduct, quantity: i32) {
    let (buyer, order) = (Uuid::from_u128(1), Uuid::from_u128(2));
    shop.run("insert into buyer (buyer_id) values ($1)", |query| query.bind(buyer)).await;
    shop.run(
        "insert into customer_order (buyer_id, order_id, number, cart_id, email, status, currency, subtotal, shipping, tax, tax_included,
            tax_rate_basis_points, total, ship_name, ship_line1, ship_city, ship_postal_code, ship_country)
        values ($1, $2, 'SK-0000-0001', $3, 'a@b.cd', 'pending_payment', 'USD', 0, 0, 0, false, 0, 0, 'A', 'B', 'C', '1', 'US')",
        |query| query.bind(buyer).bind(order).bind(cart.id.unwrap().0),
    )
    .await;
    shop.run(
        "insert into reservation (reservation_id, holder_kind, holder_id, stock_item_id, warehouse_id, quantity, state, expires_at)
        select $1, 'order', $2, stock_item_id, warehouse_id, $3, 'held', souk.clock() + interval '15 minutes' from stock_level where stock_item_id = $4",
        |query| query.bind(Uuid::from_u128(3)).bind(order).bind(quantity).bind(product.stock_items[0].0),
    )
    .await;
    shop.run("update stock_level set held = $1 where stock_item_id = $2", |query| query.bind(quantity).bind(product.stock_items[0].0))
        .await;
}

#[sqlx::test]
async fn what_its_own_order_holds_does_not_count_against_a_cart(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, cart) = begun(&shop, &product, 4).await;
    hold(&shop, &cart, &product, 4).await;
    assert_eq!(view(&guest).await.unwrap().lines[0].problems, []);
    assert_eq!(set_item(&guest, product.variants[0], 5).await.unwrap().lines[0].quantity, 5);
    assert_eq!(refused(set_item(&shop.guest(), product.variants[0], 2).await), CartRefusal::OutOfStock { available: 1 });
}

#[sqlx::test]
async fn a_guests_cart_ends_after_a_month_and_an_accounts_after_three(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, _) = begun(&shop, &product, 1).await;
    let shopper = shop.shopper().await;
    set_item(&shopper, product.variants[0], 1).await.unwrap();
    shop.advance(DAY * 29).await;
    set_item(&guest, product.variants[0], 2).await.expect("a change lengthens its life");
    shop.advance(DAY * 31).await;
    assert_eq!(refused(view(&guest).await), CartRefusal::CartNotFound);
    assert_eq!(refused(set_item(&guest, product.variants[0], 1).await), CartRefusal::CartNotFound);
    assert_eq!(view(&shopper).await.unwrap().lines.len(), 1);
    shop.advance(DAY * 31).await;
    assert_eq!(view(&shopper).await.unwrap().lines, []);
    assert_eq!(
        quantities(&add_item(&shopper, product.variants[0], Quantity::ONE).await.unwrap()),
        [(product.variants[0], 1)],
        "begins anew"
    );
}

#[sqlx::test]
async fn reading_a_cart_asks_the_database_once(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, _) = begun(&shop, &product, 1).await;
    let mut fewest = usize::MAX;
    // On a busy machine Redis may answer too late, and PostgreSQL is then asked for the whole cart.
    for _ in 0..5 {
        let (cart, count) = statements::count(view(&guest)).await;
        assert_eq!(cart.unwrap().lines.len(), 1);
        assert!((1..=4).contains(&count), "{count} statements");
        fewest = fewest.min(count);
    }
    assert_eq!(fewest, 1);
}

// One store or the other --------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_cart_lives_without_redis_and_after_its_loss(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, cart) = begun(&shop, &product, 1).await;
    assert_eq!(view(&at(&shop.with_empty_redis(), &guest)).await.unwrap(), cart);
    let slow = at(&shop.without_redis(), &guest);
    assert_eq!(set_item(&slow, product.variants[0], 3).await.unwrap().version, 2);
    assert_eq!(view(&slow).await.unwrap().lines[0].quantity, 3);
    assert_eq!(view(&guest).await.unwrap().lines[0].quantity, 3, "a publication that never came is mended by the reader");
}

#[sqlx::test]
async fn while_postgresql_is_away_a_known_cart_takes_changes_which_are_replayed_once(db: PgPool) {
    let shop = Shop::new(db.clone());
    let [bowl, mug, plate] = three(&shop).await;
    let cart = set_item(&shop.guest(), bowl, 1).await.unwrap();
    let guest = shop.guest_with_cart(&cart.token.unwrap());
    set_item(&guest, mug, 1).await.unwrap();
    // Somebody else has had a plate, so its offer is known.
    set_item(&shop.guest(), plate, 1).await.unwrap();

    let away = at(&shop.without_database(), &guest);
    assert_eq!(quantities(&view(&away).await.unwrap()), [(bowl, 1), (mug, 1)]);
    add_item(&away, bowl, Quantity::ONE).await.unwrap();
    remove_item(&away, mug).await.unwrap();
    let changed = set_item(&away, plate, 4).await.unwrap();
    assert_eq!((quantities(&changed), changed.version), (vec![(bowl, 2), (plate, 4)], 5));
    assert_eq!(changed.subtotal, usd(16_000));
    assert_eq!(refused(set_item(&away, bowl, 51).await), CartRefusal::OutOfStock { available: 50 }, "as last seen");
    assert_eq!(view(&away).await.unwrap(), changed);

    let stored: Vec<i32> = sqlx::query_scalar("select quantity from cart_line where cart_id = $1 and quantity > 0 order by position")
        .bind(cart.id.unwrap().0)
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(stored, [1, 1], "PostgreSQL has seen nothing yet");
    assert_eq!(view(&guest).await.unwrap(), changed, "and Redis is ahead of it");
    assert_eq!(drain(&shop.handles).await.unwrap(), 3);
    assert_eq!(drain(&shop.handles).await.unwrap(), 0);
    assert_eq!(view(&at(&shop.with_empty_redis(), &guest)).await.unwrap(), changed);
}

#[sqlx::test]
async fn a_replay_that_died_before_it_told_redis_is_not_done_twice(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, _] = three(&shop).await;
    let cart = set_item(&shop.guest(), bowl, 1).await.unwrap();
    let guest = shop.guest_with_cart(&cart.token.unwrap());
    set_item(&at(&shop.without_database(), &guest), bowl, 2).await.unwrap();
    let (redis, cart_id) = (&shop.handles.redis, cart.id.unwrap());
    let key = redis.key(format!("pending:{{{cart_id}}}"));
    let waiting: Vec<String> = redis.connection().lrange(&key, 0, -1).await.unwrap();
    assert_eq!(drain(&shop.handles).await.unwrap(), 1);
    // As it would have been found after a crash between the commit and the list's shortening.
    let _: () = redis.connection().rpush(&key, &waiting).await.unwrap();
    let _: () = redis.connection().zadd(redis.key("carts_waiting"), cart_id.to_string(), 99).await.unwrap();
    assert_eq!(drain(&shop.handles).await.unwrap(), 0);
    let after = set_item(&guest, mug, 1).await.unwrap();
    assert_eq!((after.version, quantities(&after)), (3, vec![(bowl, 2), (mug, 1)]));
}

#[sqlx::test]
async fn a_change_after_the_outage_comes_after_those_that_wait(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, _] = three(&shop).await;
    let cart = set_item(&shop.guest(), bowl, 1).await.unwrap();
    let guest = shop.guest_with_cart(&cart.token.unwrap());
    set_item(&at(&shop.without_database(), &guest), bowl, 2).await.unwrap();
    let after = set_item(&guest, bowl, 5).await.unwrap();
    assert_eq!((after.version, quantities(&after)), (3, vec![(bowl, 5)]));
    assert_eq!(drain(&shop.handles).await.unwrap(), 0);
    set_item(&at(&shop.without_database(), &guest), mug, 1).await.expect_err("nobody has ever had a mug");
    let checkout = open_for_checkout(&guest).await.unwrap();
    assert_eq!((checkout.version, checkout.lines[0].quantity), (3, 5));
}

#[sqlx::test]
async fn a_cart_that_neither_store_shows_is_away_and_never_empty(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, _) = begun(&shop, &product, 1).await;
    let dark = at(&shop.with_empty_redis().without_database(), &guest);
    assert_eq!(refused(view(&dark).await), CartRefusal::Unavailable);
    assert_eq!(refused(set_item(&dark, product.variants[0], 2).await), CartRefusal::Unavailable);
    let nobody = at(&shop.without_database(), &shop.guest());
    assert_eq!(refused(set_item(&nobody, product.variants[0], 1).await), CartRefusal::Unavailable);
    let darker = at(&shop.without_database().without_redis(), &guest);
    assert_eq!(refused(view(&darker).await), CartRefusal::Unavailable);
    assert_eq!(refused(open_for_checkout(&at(&shop.without_database(), &guest)).await), CartRefusal::Unavailable);
}

#[sqlx::test]
async fn an_older_state_never_replaces_a_newer_one(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, cart) = begun(&shop, &product, 1).await;
    let (redis, key) = (&shop.handles.redis, shop.handles.redis.key(format!("cart:{{{}}}", cart.id.unwrap())));
    let _: () = redis.connection().hset(&key, "version", 7).await.unwrap();
    set_item(&guest, product.variants[0], 2).await.unwrap();
    let version: i64 = redis.connection().hget(&key, "version").await.unwrap();
    assert_eq!(version, 7);
}

// Merging -----------------------------------------------------------------------------------------------------------

/// The shopper's context with the guest's token beside it.
fn with_token(shopper: &Context, guest: &Context) -> Context {
    let mut both = shopper.clone();
    both.caller.cart_token.clone_from(&guest.caller.cart_token);
    both
}

/// A shopper with a bowl and two mugs, a guest with three bowls and a plate.
async fn two_carts(shop: &Shop) -> ([VariantId; 3], Context, Context) {
    let variants = three(shop).await;
    let [bowl, mug, plate] = variants;
    let shopper = shop.shopper().await;
    set_item(&shopper, bowl, 1).await.unwrap();
    set_item(&shopper, mug, 2).await.unwrap();
    let cart = set_item(&shop.guest(), bowl, 3).await.unwrap();
    let guest = shop.guest_with_cart(&cart.token.unwrap());
    set_item(&guest, plate, 1).await.unwrap();
    (variants, shopper, guest)
}

#[sqlx::test]
async fn signing_in_joins_the_guests_cart_once_and_undoing_takes_it_back_once(db: PgPool) {
    let shop = Shop::new(db.clone());
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    let both = with_token(&shopper, &guest);
    let notice = merge_guest(&both).await.unwrap().unwrap();
    assert_eq!(notice.added, ["Bowl", "Plate"]);
    let merged = view(&shopper).await.unwrap();
    assert_eq!((quantities(&merged), merged.version), (vec![(bowl, 3), (mug, 2), (plate, 1)], 3));
    assert_eq!(merge_guest(&both).await.unwrap(), None);
    assert_eq!(view(&both).await.unwrap(), merged);
    assert_eq!(refused(view(&guest).await), CartRefusal::CartNotFound, "the token opens nothing any more");
    assert_eq!(merge_notice(&shopper).await.unwrap().unwrap(), notice);
    let undone = undo_merge(&shopper).await.unwrap();
    assert_eq!((quantities(&undone), undone.version), (vec![(bowl, 1), (mug, 2)], 4));
    assert_eq!(merge_notice(&shopper).await.unwrap(), None);
    assert_eq!(undo_merge(&shopper).await.unwrap().version, 4);
    let events: i64 = sqlx::query_scalar("select count(*) from event where kind = 'cart_merged'").fetch_one(&db).await.unwrap();
    assert_eq!(events, 1);
}

#[sqlx::test]
async fn requests_that_race_merge_once(db: PgPool) {
    let shop = Shop::new(db.clone());
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    let both = with_token(&shopper, &guest);
    let (one, other, third) = tokio::join!(merge_guest(&both), view(&both), set_item(&both, plate, 2));
    one.unwrap();
    other.unwrap();
    third.unwrap();
    assert_eq!(quantities(&view(&shopper).await.unwrap()), [(bowl, 3), (mug, 2), (plate, 2)]);
    let merges: i64 = sqlx::query_scalar("select count(*) from cart_merge").fetch_one(&db).await.unwrap();
    assert_eq!(merges, 1);
}

#[sqlx::test]
async fn whoever_comes_signed_in_with_a_token_gets_both_carts(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    let cart = view(&with_token(&shopper, &guest)).await.unwrap();
    assert_eq!(quantities(&cart), [(bowl, 3), (mug, 2), (plate, 1)]);
    let unknown = with_token(&shopper, &shop.guest_with_cart("no such token"));
    assert_eq!(view(&unknown).await.unwrap(), cart, "a dead token is no reason to refuse an account its cart");
}

#[sqlx::test]
async fn a_merge_can_be_undone_for_a_day(db: PgPool) {
    let shop = Shop::new(db);
    let (_, shopper, guest) = two_carts(&shop).await;
    merge_guest(&with_token(&shopper, &guest)).await.unwrap().unwrap();
    shop.advance(DAY + Duration::from_secs(60)).await;
    assert_eq!(merge_notice(&shopper).await.unwrap(), None);
    assert_eq!(undo_merge(&shopper).await.unwrap().lines.len(), 3);
}

#[sqlx::test]
async fn a_merge_is_told_while_something_of_it_is_there(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, _, plate], shopper, guest) = two_carts(&shop).await;
    let notice = merge_guest(&with_token(&shopper, &guest)).await.unwrap();
    let cart = set_item(&shop.guest(), bowl, 1).await.unwrap();
    let another = shop.guest_with_cart(&cart.token.unwrap());
    assert_eq!(merge_guest(&with_token(&shopper, &another)).await.unwrap(), None, "there are more bowls than that already");
    assert_eq!(merge_notice(&shopper).await.unwrap(), notice, "what brought nothing hides nothing");
    remove_item(&shopper, plate).await.unwrap();
    assert_eq!(merge_notice(&shopper).await.unwrap().unwrap().added, ["Bowl"], "what was taken out is not told");
    remove_item(&shopper, bowl).await.unwrap();
    assert_eq!(merge_notice(&shopper).await.unwrap(), None);
    assert_eq!(undo_merge(&shopper).await.unwrap(), view(&shopper).await.unwrap());
    assert_eq!(view(&shopper).await.unwrap().lines.len(), 1, "nothing comes back that was taken out");
}

#[sqlx::test]
async fn what_finds_no_room_in_a_merge_is_named(db: PgPool) {
    let shop = Shop::new(db);
    let ([_, _, plate], shopper, guest) = two_carts(&shop).await;
    let (seller, category) = (shop.seller("carver").await, shop.category("spoons", None).await);
    let variants: Vec<NewVariant> = (0..98).map(|_| NewVariant::new(100, 5)).collect();
    let many = shop.product("spoon", seller, category, &variants).await;
    for variant in &many.variants {
        set_item(&shopper, *variant, 1).await.unwrap();
    }
    let notice = merge_guest(&with_token(&shopper, &guest)).await.unwrap().unwrap();
    assert_eq!((notice.added.as_slice(), notice.left_out.as_slice()), (&["Bowl".to_owned()][..], &["Plate".to_owned()][..]));
    assert_eq!(merge_notice(&shopper).await.unwrap().unwrap(), notice);
    let cart = view(&shopper).await.unwrap();
    assert!(cart.lines.len() == 100 && cart.lines.iter().all(|line| line.variant_id != plate));
    remove_item(&shopper, many.variants[0]).await.unwrap();
    set_item(&shopper, plate, 1).await.unwrap();
    assert!(merge_notice(&shopper).await.unwrap().unwrap().left_out.is_empty(), "it has found room since");
    undo_merge(&shopper).await.unwrap();
    assert_eq!(merge_notice(&shopper).await.unwrap(), None);
}

#[sqlx::test]
async fn undoing_twice_takes_back_one_merge(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, _, plate], shopper, guest) = two_carts(&shop).await;
    merge_guest(&with_token(&shopper, &guest)).await.unwrap().unwrap();
    let before = view(&shopper).await.unwrap();
    let vase = shop.simple_product("vase", 3_000, 9).await.variants[0];
    let cart = set_item(&shop.guest(), vase, 1).await.unwrap();
    merge_guest(&with_token(&shopper, &shop.guest_with_cart(&cart.token.unwrap()))).await.unwrap().unwrap();
    for _ in 0..2 {
        assert_eq!(quantities(&undo_merge(&shopper).await.unwrap()), quantities(&before));
        assert_eq!(merge_notice(&shopper).await.unwrap(), None);
    }
    assert!([bowl, plate].iter().all(|variant| before.lines.iter().any(|line| line.variant_id == *variant)));
}

#[sqlx::test]
async fn undoing_a_merge_keeps_what_was_changed_since(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    merge_guest(&with_token(&shopper, &guest)).await.unwrap().unwrap();
    set_item(&shopper, bowl, 5).await.unwrap();
    set_item(&shopper, mug, 1).await.unwrap();
    set_item(&shopper, plate, 4).await.unwrap();
    // Two bowls and the plate had come.
    assert_eq!(quantities(&undo_merge(&shopper).await.unwrap()), [(bowl, 3), (mug, 1), (plate, 3)]);
}

#[sqlx::test]
async fn merging_needs_somebody_signed_in(db: PgPool) {
    let shop = Shop::new(db);
    let guest = shop.guest();
    assert!(matches!(merge_guest(&guest).await, Err(Failure::Unauthorized)));
    assert_eq!(merge_notice(&guest).await.unwrap(), None, "a guest has nothing that could have been merged");
    assert!(matches!(undo_merge(&guest).await, Err(Failure::Unauthorized)));
}

#[sqlx::test]
async fn changes_that_wait_come_into_the_merge(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    set_item(&at(&shop.without_database(), &guest), bowl, 9).await.unwrap();
    merge_guest(&with_token(&shopper, &guest)).await.unwrap();
    assert_eq!(quantities(&view(&shopper).await.unwrap()), [(bowl, 9), (mug, 2), (plate, 1)]);
    assert_eq!(drain(&shop.handles).await.unwrap(), 0);
}

#[sqlx::test]
async fn changes_that_come_to_be_written_while_the_cart_is_merged_reach_the_accounts(db: PgPool) {
    let shop = Shop::new(db.clone());
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    // Holds the merge up when it has the guest's cart.
    let mut obstacle = db.begin().await.unwrap();
    sqlx::query("select from cart where user_id is not null for update").execute(&mut *obstacle).await.unwrap();
    let both = with_token(&shopper, &guest);
    let merging = tokio::spawn(async move { merge_guest(&both).await.map(|_| ()).unwrap() });
    until_waiting(&shop, 1).await;
    set_item(&at(&shop.without_database(), &guest), bowl, 9).await.unwrap();
    let handles = shop.handles.clone();
    let draining = tokio::spawn(async move { drain(&handles).await.unwrap() });
    until_waiting(&shop, 2).await;
    obstacle.rollback().await.unwrap();
    merging.await.unwrap();
    assert_eq!(draining.await.unwrap(), 1);
    assert_eq!(quantities(&view(&shopper).await.unwrap()), [(bowl, 9), (mug, 2), (plate, 1)]);
}

// Checkout ----------------------------------------------------------------------------------------------------------

#[sqlx::test]
async fn the_checkout_sees_the_truth_with_todays_prices(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, cart) = begun(&shop, &product, 2).await;
    shop.run("update price set amount = 2300", |query| query).await;
    let checkout = open_for_checkout(&guest).await.unwrap();
    assert_eq!((Some(checkout.id), checkout.version, checkout.currency), (cart.id, 1, Currency::Usd));
    let line = &checkout.lines[0];
    assert_eq!((line.variant, line.stock_item, line.seller), (product.variants[0], product.stock_items[0], product.seller));
    assert_eq!((line.quantity, line.unit_price, line.weight_grams, line.commission.0), (2, Some(usd(2_300)), 500, 1_000));
    shop.run("update variant set withdrawn_at = souk.clock()", |query| query).await;
    assert_eq!(open_for_checkout(&guest).await.unwrap().lines[0].unit_price, None);
}

/// Takes what was ordered out of the cart, as the checkout does.
async fn ordered(shop: &Shop, cart: &CartView, quantities: &[(VariantId, u32)]) -> i64 {
    let mut tx = shop.handles.db.begin().await.unwrap();
    let version = remove_ordered(&mut tx, cart.id.unwrap(), quantities, None).await.unwrap();
    tx.commit().await.unwrap();
    republish(&shop.handles, cart.id.unwrap()).await.unwrap();
    version
}

#[sqlx::test]
async fn exactly_what_was_ordered_leaves_the_cart(db: PgPool) {
    let shop = Shop::new(db);
    let [bowl, mug, plate] = three(&shop).await;
    let begun = set_item(&shop.guest(), bowl, 3).await.unwrap();
    let guest = shop.guest_with_cart(begun.token.as_deref().unwrap());
    set_item(&guest, mug, 1).await.unwrap();
    assert_eq!(ordered(&shop, &begun, &[(bowl, 2), (mug, 5), (plate, 1)]).await, 3);
    let left = view(&guest).await.unwrap();
    assert_eq!((quantities(&left), left.version), (vec![(bowl, 1)], 3));

    let mut undone = shop.handles.db.begin().await.unwrap();
    remove_ordered(&mut undone, begun.id.unwrap(), &[(bowl, 1)], None).await.unwrap();
    undone.rollback().await.unwrap();
    assert_eq!(view(&guest).await.unwrap(), left);
}

#[sqlx::test]
async fn what_a_guest_ordered_leaves_the_account_their_cart_was_merged_into(db: PgPool) {
    let shop = Shop::new(db);
    let ([bowl, mug, plate], shopper, guest) = two_carts(&shop).await;
    let guests = view(&guest).await.unwrap();
    merge_guest(&with_token(&shopper, &guest)).await.unwrap();
    ordered(&shop, &guests, &[(bowl, 3), (plate, 1)]).await;
    assert_eq!(quantities(&view(&shopper).await.unwrap()), [(mug, 2)]);
}

#[sqlx::test]
async fn a_cart_that_is_gone_needs_nothing_taken_out(db: PgPool) {
    let shop = Shop::new(db);
    let gone = CartView { id: Some(domain::id::CartId(Uuid::from_u128(5))), ..CartView::empty(Currency::Usd) };
    assert_eq!(ordered(&shop, &gone, &[]).await, 0);
    let outcome: Outcome = view(&shop.guest()).await;
    assert_eq!(outcome.unwrap().id, None);
}
