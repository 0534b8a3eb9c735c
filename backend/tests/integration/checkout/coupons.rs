//! What makes an order cheaper, who bears it, and how often.

use super::*;
use domain::cart::CartRefusal;
use domain::pricing::CouponRefusal;
use uuid::Uuid;

/// A coupon with this code; `facts` are further columns and their values.
async fn coupon(shop: &Shop, code: &str, columns: &str, values: &str) {
    let insert = format!("insert into coupon (coupon_id, code, label, {columns}) values ($1, $2, 'A coupon', {values})");
    sqlx::query(sqlx::AssertSqlSafe(insert)).bind(backend::db::new_id()).bind(code).execute(&shop.handles.db).await.unwrap();
}

async fn ten_percent(shop: &Shop, uses_max: i32) {
    coupon(shop, "TEN", "funded_by, order_basis_points, uses_max", &format!("'marketplace', 1000, {uses_max}")).await;
}

async fn uses(shop: &Shop) -> i64 {
    count(shop, "select uses::bigint from coupon").await
}

#[sqlx::test]
async fn a_cart_shows_what_its_coupon_takes_off_and_why_it_does_not(db: PgPool) {
    let shop = Shop::new(db);
    let bowl = shop.simple_product("bowl", 2_000, 9).await;
    coupon(&shop, "TEN", "funded_by, order_basis_points, min_goods, currency", "'marketplace', 1000, 4000, 'USD'").await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 2)]).await;
    let cart = cart::set_coupon(&guest, " ten ").await.unwrap();
    assert_eq!((cart.coupon.as_deref(), cart.discount, cart.total), (Some("TEN"), usd(400), usd(3_600)));
    assert_eq!(cart::view(&guest).await.unwrap(), cart);

    let cart = cart::set_item(&guest, bowl.variants[0], 1).await.unwrap();
    let too_little = CouponRefusal::CouponNotApplicable { min_goods: Some(usd(4_000)) };
    assert_eq!((cart.coupon.as_deref(), cart.discount, cart.problems.as_slice()), (Some("TEN"), usd(0), &[too_little][..]));
    assert_eq!(refused(cart::set_coupon(&guest, "TEN").await), CartRefusal::Coupon(too_little));
    assert_eq!(refused(cart::set_coupon(&guest, "NONE").await), CartRefusal::Coupon(CouponRefusal::CouponInvalid));
    assert_eq!(refused(cart::set_coupon(&guest, "' or 1 = 1").await), CartRefusal::Coupon(CouponRefusal::CouponInvalid));
    // What was refused has taken the place of nothing.
    assert_eq!(cart::view(&guest).await.unwrap(), cart);
    let cart = cart::remove_coupon(&guest).await.unwrap();
    assert_eq!((cart.coupon, cart.problems.len()), (None, 0));
    assert_eq!(refused(cart::set_coupon(&shop.guest_with_cart("no such cart"), "TEN").await), CartRefusal::CartNotFound);
    let nothing = CartRefusal::Coupon(CouponRefusal::CouponNotApplicable { min_goods: None });
    assert_eq!(refused(cart::set_coupon(&shop.guest(), "TEN").await), nothing);
}

#[sqlx::test]
async fn a_coupon_of_the_marketplace_leaves_the_seller_what_the_sale_is_worth(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 9).await;
    coupon(&shop, "ALL", "funded_by, item_basis_points, order_amount, currency, free_shipping", "'marketplace', 1000, 500, 'USD', true")
        .await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 2)]).await;
    let quoted = checkout::quote(&guest, &request().shipping_address, None, Some("all")).await.unwrap();
    cart::set_coupon(&guest, "ALL").await.unwrap();
    let order = checkout::place_order(&guest, PlaceOrder { expected_total: Some(quoted.total), ..request() }).await.unwrap();
    let guest = holding(&guest, &order);
    checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    let view = orders::order(&guest, order.number.as_str()).await.unwrap();
    // 10 % of 40.00, then 5.00, then the parcel.
    let shipping = view.shipping.amount;
    assert_eq!((view.coupon.as_deref(), view.discount), (Some("ALL"), usd(400 + 500 + shipping)));
    assert_eq!(view.total.amount, 4_000 - 900 + view.tax.amount);
    assert_eq!(bank.taken().await, view.total.amount);
    let part: (i64, i64, i64) =
        sqlx::query_as("select net_goods, net_shipping, contribution from seller_order").fetch_one(&shop.handles.db).await.unwrap();
    assert_eq!(part, (4_000, shipping, 900 + shipping));
    let revenue = "select coalesce(-sum(amount), 0)::bigint from ledger_entry join ledger_account using (ledger_account_id) where kind = 'platform_revenue'";
    let commission = count(&shop, "select commission from seller_order").await;
    assert_eq!(count(&shop, revenue).await, commission - 900 - shipping);
    assert_eq!((uses(&shop).await, cart::view(&guest).await.unwrap().coupon), (1, None));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_sellers_coupon_is_the_sellers_loss_and_for_the_own_goods_alone(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let (one, two, shelf) = (shop.seller("one").await, shop.seller("two").await, shop.category("things", None).await);
    let bowl = shop.product("bowl", one, shelf, &[NewVariant::new(2_000, 5)]).await;
    let lamp = shop.product("lamp", two, shelf, &[NewVariant::new(3_000, 5)]).await;
    coupon(&shop, "HALF", "funded_by, seller_id, item_basis_points", &format!("'seller', '{}', 5000", one.0)).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1), (lamp.variants[0], 1)]).await;
    assert_eq!(cart::set_coupon(&guest, "HALF").await.unwrap().discount, usd(1_000));
    let order = checkout::place_order(&guest, request()).await.unwrap();
    checkout::pay(&holding(&guest, &order), order.id, "pm_card_visa").await.unwrap();
    let parts: Vec<(i64, i64, i64)> = sqlx::query_as("select net_goods, discount, contribution from seller_order order by seller_slug")
        .fetch_all(&shop.handles.db)
        .await
        .unwrap();
    assert_eq!(parts, [(1_000, 1_000, 0), (3_000, 0, 0)]);
    let lines: Vec<(i64, i64)> =
        sqlx::query_as("select total, discount from order_line order by total").fetch_all(&shop.handles.db).await.unwrap();
    assert_eq!(lines, [(2_000, 1_000), (3_000, 0)]);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn twenty_at_once_use_a_coupon_as_often_as_it_may_be_used(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    ten_percent(&shop, 7).await;
    let mut guests = Vec::new();
    for _ in 0..20 {
        let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
        cart::set_coupon(&guest, "TEN").await.unwrap();
        let total = checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap().total;
        guests.push((guest, total));
    }
    let mut buyers = JoinSet::new();
    for (guest, total) in guests {
        buyers.spawn(async move { checkout::place_order(&guest, PlaceOrder { expected_total: Some(total), ..request() }).await });
    }
    let outcomes = buyers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 7);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        match refused(outcome) {
            CheckoutRefusal::Coupon(CouponRefusal::CouponUsedUp) | CheckoutRefusal::TotalChanged { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(uses(&shop).await, 7);
    // Who lost holds nothing.
    assert_eq!(level(&shop, &bowl).await, (50, 0, 7));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_buyer_uses_a_coupon_as_often_as_one_may(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    coupon(&shop, "ONCE", "funded_by, order_basis_points, uses_per_buyer_max", "'marketplace', 1000, 1").await;
    let mut buyers = JoinSet::new();
    for number in 0..6 {
        let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
        cart::set_coupon(&guest, "ONCE").await.unwrap();
        // One of two people, each in three browsers, and not always typed alike.
        let email = ["ada@example.org", "bob@example.org", "ADA@example.org"][number % 3].to_owned();
        buyers.spawn(async move { checkout::place_order(&guest, PlaceOrder { email, ..request() }).await });
    }
    let outcomes = buyers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refused(outcome), CheckoutRefusal::Coupon(CouponRefusal::CouponUsedUp));
    }
    assert_eq!(uses(&shop).await, 2);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_buyer_without_a_use_left_is_told_the_total_without_it(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    coupon(&shop, "ONCE", "funded_by, order_basis_points, uses_per_buyer_max", "'marketplace', 1000, 1").await;
    let first = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&first, "ONCE").await.unwrap();
    checkout::place_order(&first, request()).await.unwrap();

    let again = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&again, "ONCE").await.unwrap();
    let shown = checkout::quote(&again, &request().shipping_address, None, None).await.unwrap();
    let refusal = refused(checkout::place_order(&again, PlaceOrder { expected_total: Some(shown.total), ..request() }).await);
    let CheckoutRefusal::TotalChanged { quote } = refusal else { panic!("{refusal:?}") };
    assert_eq!((quote.coupon_problem, quote.total.amount), (Some(CouponRefusal::CouponUsedUp), shown.total.amount + 200));
    checkout::place_order(&again, PlaceOrder { expected_total: Some(quote.total), ..request() }).await.unwrap();

    // An account is known before it orders, and under every address it types.
    let shopper = shop.shopper().await;
    cart::set_item(&shopper, bowl.variants[0], 1).await.unwrap();
    cart::set_coupon(&shopper, "ONCE").await.unwrap();
    let other = |email: &str| PlaceOrder { email: email.to_owned(), ..request() };
    let order = checkout::place_order(&shopper, other("one@example.org")).await.unwrap();
    // What its own open order uses, the cart may still show and use.
    assert_eq!(checkout::quote(&shopper, &request().shipping_address, None, Some("once")).await.unwrap().coupon_problem, None);
    checkout::pay(&holding(&shopper, &order), order.id, "pm_card_visa").await.unwrap();
    cart::set_item(&shopper, bowl.variants[0], 1).await.unwrap();
    cart::set_coupon(&shopper, "ONCE").await.unwrap();
    let quote = checkout::quote(&shopper, &request().shipping_address, None, None).await.unwrap();
    assert_eq!(quote.coupon_problem, Some(CouponRefusal::CouponUsedUp));
    let refusal = refused(checkout::place_order(&shopper, other("two@example.org")).await);
    assert_eq!(refusal, CheckoutRefusal::Coupon(CouponRefusal::CouponUsedUp));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_coupon_that_takes_nothing_off_or_leaves_nothing_to_pay_is_not_used(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    coupon(&shop, "FREE", "funded_by, free_shipping", "'marketplace', true").await;
    coupon(&shop, "ALL", "funded_by, item_basis_points, free_shipping", "'marketplace', 10000, true").await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    let quote = async |code: &str| {
        cart::set_coupon(&guest, code).await.unwrap();
        checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap()
    };
    let whole = checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap().total;
    assert!(quote("FREE").await.total.amount < whole.amount);
    let not = Some(CouponRefusal::CouponNotApplicable { min_goods: None });
    let all = quote("ALL").await;
    assert_eq!((all.total, all.discount, all.coupon_problem), (whole, usd(0), not));
    shop.run("update shipping_rate set free_from_amount = 1000", |query| query).await;
    let free = quote("FREE").await;
    assert_eq!((free.coupon, free.coupon_problem), (None, not));
    let order = checkout::place_order(&guest, PlaceOrder { expected_total: Some(free.total), ..request() }).await.unwrap();
    assert_eq!((order.total, count(&shop, "select count(*) from coupon_use").await), (free.total, 0));
}

#[sqlx::test]
async fn paying_takes_the_orders_coupon_out_of_the_cart_and_no_other(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    ten_percent(&shop, 9).await;
    coupon(&shop, "NEXT", "funded_by, order_basis_points", "'marketplace', 500").await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 2)]).await;
    cart::set_coupon(&guest, "TEN").await.unwrap();
    let order = checkout::place_order(&guest, request()).await.unwrap();
    cart::set_item(&guest, bowl.variants[0], 3).await.unwrap();
    cart::set_coupon(&guest, "NEXT").await.unwrap();
    checkout::pay(&holding(&guest, &order), order.id, "pm_card_visa").await.unwrap();
    assert_eq!(cart::view(&guest).await.unwrap().coupon.as_deref(), Some("NEXT"));
    bank.assert_books_agree(&shop).await;
}

/// The steps that a runner can die before, with a coupon in the purchase.
#[sqlx::test]
async fn a_purchase_that_died_uses_its_coupon_once_or_not_at_all(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    ten_percent(&shop, 50).await;
    for (already, step) in (0..).zip([Step::ReserveStock, Step::PlaceOrder, Step::OpenPayment]) {
        let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
        cart::set_coupon(&guest, "TEN").await.unwrap();
        let mut saga = Stepwise::begin(&guest, backend::db::new_id(), &request()).await.unwrap();
        while saga.step() != step {
            saga.forward().await.unwrap();
        }
        shop.advance(Duration::from_secs(40)).await;
        let_the_worker_run(&shop).await;
        assert_eq!(uses(&shop).await, already + 1, "{step:?}");
    }
    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    assert_eq!(uses(&shop).await, 0);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_that_comes_to_nothing_gives_its_coupon_back(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    ten_percent(&shop, 1).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&guest, "TEN").await.unwrap();
    checkout::place_order(&guest, request()).await.unwrap();
    // Its own open order has used it, and that does not count against the cart: a changed one may take it again.
    assert_eq!(uses(&shop).await, 1);
    let other = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    assert_eq!(refused(cart::set_coupon(&other, "TEN").await), CartRefusal::Coupon(CouponRefusal::CouponUsedUp));
    let changed = cart::set_item(&guest, bowl.variants[0], 2).await.unwrap();
    assert_eq!((changed.discount, changed.problems.len()), (usd(400), 0));
    let second = checkout::place_order(&guest, request()).await.unwrap();
    assert_eq!(uses(&shop).await, 1);

    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    assert_eq!(orders::order(&holding(&guest, &second), second.number.as_str()).await.unwrap().status, OrderStatus::Expired);
    assert_eq!(uses(&shop).await, 0);
    assert_eq!(cart::set_coupon(&other, "TEN").await.unwrap().discount, usd(200));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_coupon_that_ends_during_the_checkout_is_told_with_both_totals(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    ten_percent(&shop, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&guest, "TEN").await.unwrap();
    let before = checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap();
    sqlx::query("update coupon set ends_at = souk.clock()").execute(&db).await.unwrap();
    let refusal = refused(checkout::place_order(&guest, PlaceOrder { expected_total: Some(before.total), ..request() }).await);
    let CheckoutRefusal::TotalChanged { quote } = refusal else { panic!("{refusal:?}") };
    assert_eq!((quote.coupon_problem, quote.discount), (Some(CouponRefusal::CouponExpired), usd(0)));
    assert!(quote.total.amount > before.total.amount);
    // Who has not said which total they saw is not charged the higher one either.
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::Coupon(CouponRefusal::CouponExpired));
    // Who has seen it may go on without.
    let order = checkout::place_order(&guest, PlaceOrder { expected_total: Some(quote.total), ..request() }).await.unwrap();
    assert_eq!((order.total, uses(&shop).await), (quote.total, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_guests_coupon_comes_along_at_sign_in(db: PgPool) {
    let shop = Shop::new(db);
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    ten_percent(&shop, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&guest, "TEN").await.unwrap();
    let mut shopper = shop.shopper().await;
    shopper.caller.cart_token = guest.caller.cart_token.clone();
    cart::merge_guest(&shopper).await.unwrap();
    let cart = cart::view(&shopper).await.unwrap();
    assert_eq!((cart.coupon.as_deref(), cart.discount), (Some("TEN"), usd(200)));
    assert_eq!(cart::undo_merge(&shopper).await.unwrap().coupon, None);
}

#[sqlx::test]
async fn an_accounts_own_coupon_stays_when_a_merge_is_undone(db: PgPool) {
    let shop = Shop::new(db);
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let mug = shop.simple_product("mug", 3_000, 5).await;
    ten_percent(&shop, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    cart::set_coupon(&guest, "TEN").await.unwrap();
    let mut shopper = shop.shopper().await;
    cart::set_item(&shopper, mug.variants[0], 1).await.unwrap();
    cart::set_coupon(&shopper, "TEN").await.unwrap();
    shopper.caller.cart_token = guest.caller.cart_token.clone();
    cart::merge_guest(&shopper).await.unwrap();
    let undone = cart::undo_merge(&shopper).await.unwrap();
    assert_eq!((undone.lines.len(), undone.coupon.as_deref()), (1, Some("TEN")));
}

#[sqlx::test]
async fn the_table_takes_no_coupon_that_makes_no_sense(db: PgPool) {
    let shop = Shop::new(db);
    for (columns, values) in [
        ("funded_by, order_basis_points", "'seller', 1000"),
        ("funded_by", "'marketplace'"),
        ("funded_by, order_amount", "'marketplace', 500"),
        ("funded_by, order_amount, order_basis_points, currency", "'marketplace', 500, 100, 'USD'"),
        ("funded_by, item_basis_points", "'marketplace', 10001"),
    ] {
        let insert = format!("insert into coupon (coupon_id, code, label, {columns}) values ($1, 'BAD', 'Bad', {values})");
        let outcome = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(Uuid::now_v7()).execute(&shop.handles.db).await;
        assert!(outcome.is_err(), "{columns}");
    }
}
