//! The whole purchase, against the sandbox: what a shopper may do, and what may go wrong on the way.

use crate::bank::{self, Bank};
use backend::checkout::{self, Stepwise};
use backend::testing::{NewVariant, Shop, TestProduct};
use backend::{Caller, Context, Failure, cart, check, inventory, orders};
use domain::address::AddressDraft;
use domain::checkout::saga::{SagaState, Step};
use domain::checkout::{CheckoutRefusal, PlaceOrder, PlacedOrder};
use domain::id::{OrderId, VariantId};
use domain::money::{Currency, Money};
use domain::orders::{OrderNumber, OrderStatus};
use domain::payments::{AttemptStatus, PaymentRefusal, PaymentStatus};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::task::JoinSet;

const LATER: Duration = Duration::from_secs(16 * 60);
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn request() -> PlaceOrder {
    PlaceOrder {
        email: "ada@example.org".to_owned(),
        shipping_address: AddressDraft {
            name: "Ada Lovelace".to_owned(),
            line1: "12 Analytical Way".to_owned(),
            city: "Portland".to_owned(),
            region: Some("OR".to_owned()),
            postal_code: Some("97201".to_owned()),
            country: "US".to_owned(),
            ..AddressDraft::default()
        },
        shipping_options: None,
        expected_total: None,
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::Usd)
}

fn refused<T: std::fmt::Debug, R: std::fmt::Debug>(outcome: Result<T, Failure<R>>) -> R {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A guest whose cart holds this.
pub(crate) async fn guest_with(shop: &Shop, variants: &[(VariantId, u32)]) -> Context {
    let mut guest = shop.guest();
    for (variant, quantity) in variants {
        let view = cart::set_item(&guest, *variant, *quantity).await.unwrap();
        guest.caller.cart_token = view.token.or(guest.caller.cart_token);
    }
    guest
}

/// The same guest with the order's token.
pub(crate) fn holding(ctx: &Context, order: &PlacedOrder) -> Context {
    let mut ctx = ctx.clone();
    ctx.caller.order_tokens.push(order.access_token.clone());
    ctx
}

/// A guest who has placed an order of this many of the product.
pub(crate) async fn placed(shop: &Shop, product: &TestProduct, quantity: u32) -> (Context, PlacedOrder) {
    let guest = guest_with(shop, &[(product.variants[0], quantity)]).await;
    let order = checkout::place_order(&guest, request()).await.unwrap();
    (holding(&guest, &order), order)
}

async fn status(ctx: &Context, order: OrderId) -> (OrderStatus, PaymentStatus) {
    let view = orders::order(ctx, &order.to_string()).await.unwrap();
    (view.status, view.payment.status)
}

/// (on hand, allocated, held)
async fn level(shop: &Shop, product: &TestProduct) -> (i32, i32, i32) {
    sqlx::query_as("select on_hand, allocated, held from stock_level where stock_item_id = $1")
        .bind(product.stock_items[0].0)
        .fetch_one(&shop.handles.db)
        .await
        .unwrap()
}

async fn count(shop: &Shop, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&shop.handles.db).await.unwrap()
}

/// As the worker does, until nothing is due.
async fn let_the_worker_run(shop: &Shop) {
    for _ in 0..10 {
        if checkout::resume(&shop.handles).await.unwrap() == 0 {
            return;
        }
    }
}

// The way it should be ----------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_quote_adds_up_and_an_order_costs_what_was_quoted(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    shop.run("insert into tax_rule (country, region, rate_basis_points, included) values ('US', 'CA', 725, false)", |query| query).await;
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 5).await, shop.simple_product("mug", 1_200, 5).await);
    let guest = guest_with(&shop, &[(bowl.variants[0], 2), (mug.variants[0], 1)]).await;
    let address = AddressDraft { region: Some("CA".to_owned()), ..request().shipping_address };
    let quote = checkout::quote(&guest, &address, None).await.unwrap();
    assert_eq!((quote.subtotal, quote.shipping), (usd(5_200), usd(1_000)));
    assert_eq!(quote.tax, usd(290 + 36 + 87 + 36));
    assert_eq!(quote.total, usd(5_200 + 1_000 + 449));
    assert_eq!(quote.shipping_options.iter().filter(|option| option.default).count(), 2);
    let wanted = PlaceOrder { shipping_address: address, expected_total: Some(quote.total), ..request() };
    let order = checkout::place_order(&guest, wanted).await.unwrap();
    assert_eq!((order.total, order.status, order.seller_orders.len(), order.lines.len()), (quote.total, OrderStatus::PendingPayment, 2, 2));
    assert!(order.payment.client_secret.as_deref().is_some_and(|secret| secret.starts_with("pi_")));
    assert_eq!(order.payment_url, format!("http://127.0.0.1:3000/checkout/pay/{}", order.number));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_region_goes_before_its_country_and_a_seller_may_ship_free_from_a_value(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    shop.run("insert into tax_rule (country, region, rate_basis_points, included) values ('US', 'OR', 1000, true)", |query| query).await;
    shop.run("update shipping_rate set free_from_amount = 6000", |query| query).await;
    shop.run(
        "insert into shipping_rate (shipping_rate_id, seller_id, label, countries, currency, amount, days_from, days_to, position)
         select $1, seller_id, 'Express', '{US}', 'USD', 1500, 1, 1, 1 from seller",
        |query| query.bind(backend::db::new_id()),
    )
    .await;
    let quote = async |quantity: u32, region: &str, options: Option<Vec<domain::id::ShippingRateId>>| {
        let guest = guest_with(&shop, &[(bowl.variants[0], quantity)]).await;
        let postal_code = Some(if region == "OR" { "97201" } else { "94110" }.to_owned());
        let address = AddressDraft { region: Some(region.to_owned()), postal_code, ..request().shipping_address };
        checkout::quote(&guest, &address, options.as_deref()).await.unwrap()
    };
    let inside = quote(2, "OR", None).await;
    // 10 % inside 40.00 and inside 5.00.
    assert_eq!((inside.tax_included, inside.tax, inside.total), (true, usd(364 + 45), usd(4_500)));
    let outside = quote(2, "CA", None).await;
    assert_eq!((outside.tax_included, outside.tax, outside.total), (false, usd(0), usd(4_500)));
    let free = quote(3, "CA", None).await;
    assert_eq!((free.shipping, free.total), (usd(0), usd(6_000)));
    let labels: Vec<(&str, i64, bool)> =
        free.shipping_options.iter().map(|option| (option.label.as_str(), option.price.amount, option.default)).collect();
    assert_eq!(labels, [("Standard", 0, true), ("Express", 1_500, false)]);
    assert_eq!(quote(3, "CA", Some(vec![free.shipping_options[1].id])).await.shipping, usd(1_500));
}

#[sqlx::test]
async fn a_paid_order_has_its_units_its_books_and_leaves_the_rest_of_the_cart(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 5).await, shop.simple_product("mug", 1_200, 5).await);
    let guest = guest_with(&shop, &[(bowl.variants[0], 2), (mug.variants[0], 1)]).await;
    let order = checkout::place_order(&guest, request()).await.unwrap();
    let guest = holding(&guest, &order);
    assert_eq!(level(&shop, &bowl).await, (5, 0, 2));
    // The shopper goes on looking around while the order waits: what is added now is not part of it.
    cart::set_item(&guest, bowl.variants[0], 3).await.unwrap();
    let attempt = checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert_eq!((attempt.status, attempt.error), (AttemptStatus::Succeeded, None));
    let view = orders::order(&guest, order.number.as_str()).await.unwrap();
    assert_eq!((view.status, view.payment.status, view.payment.client_secret), (OrderStatus::Paid, PaymentStatus::Captured, None));
    let events: Vec<&str> = view.timeline.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["order_placed", "payment_authorized", "payment_captured", "order_paid"]);
    assert_eq!(level(&shop, &bowl).await, (5, 2, 0));
    let left: Vec<(VariantId, u32)> = cart::view(&guest).await.unwrap().lines.iter().map(|line| (line.variant_id, line.quantity)).collect();
    assert_eq!(left, [(bowl.variants[0], 1)]);
    assert_eq!(count(&shop, "select sum(units_sold)::bigint from product").await, 3);
    assert_eq!(bank.taken().await, order.total.amount);
    // 10 % of the goods is the marketplace's.
    assert_eq!(
        count(
            &shop,
            "select -sum(amount)::bigint from ledger_entry join ledger_account using (ledger_account_id) where kind = 'platform_revenue'"
        )
        .await,
        520
    );
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::AlreadyPaid);
    let card: (String, String) = sqlx::query_as("select card_brand, card_last4 from payment").fetch_one(&shop.handles.db).await.unwrap();
    assert_eq!(card, ("visa".to_owned(), "4242".to_owned()));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_signed_in_shopper_finds_the_order_in_their_history(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let shopper = shop.shopper().await;
    cart::set_item(&shopper, bowl.variants[0], 1).await.unwrap();
    let order = checkout::place_order(&shopper, request()).await.unwrap();
    checkout::pay(&shopper, order.id, "pm_card_mastercard").await.unwrap();
    let history = orders::orders(&shopper, None, 10).await.unwrap();
    assert_eq!(history.items.iter().map(|summary| (&summary.number, summary.item_count)).collect::<Vec<_>>(), [(&order.number, 1)]);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn after_a_decline_the_order_can_be_paid_with_another_card(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let declined = checkout::pay(&guest, order.id, "pm_card_chargeDeclinedInsufficientFunds").await.unwrap();
    let error = declined.error.unwrap();
    assert_eq!((declined.status, error.code.as_str(), error.retryable), (AttemptStatus::Failed, "insufficient_funds", true));
    assert_eq!(status(&guest, order.id).await, (OrderStatus::PendingPayment, PaymentStatus::Created));
    assert_eq!(orders::order(&guest, order.number.as_str()).await.unwrap().last_error.unwrap().code, "insufficient_funds");
    assert_eq!(level(&shop, &bowl).await, (5, 0, 1));
    let paid = checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert_eq!(paid.status, AttemptStatus::Succeeded);
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap(), paid);
    assert_eq!(count(&shop, "select count(*) from event where kind = 'payment_failed'").await, 1);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_method_the_gateway_does_not_know_is_refused_and_another_may_follow(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_no_such_thing").await), PaymentRefusal::PaymentMethodInvalid);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_bank_that_asks_the_shopper_is_waited_for(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let attempt = checkout::pay(&guest, order.id, "pm_card_authenticationRequired").await.unwrap();
    assert_eq!(attempt.status, AttemptStatus::RequiresAction);
    assert_eq!(status(&guest, order.id).await, (OrderStatus::PendingPayment, PaymentStatus::RequiresAction));
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    let back = bank.answer_challenge(&attempt.next_action.unwrap().redirect_url, "authorize").await;
    assert!(back.location().starts_with(&format!("http://127.0.0.1:3000/checkout/return/{}?", order.number)));
    assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::Paid);
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_failed_authentication_leaves_the_order_payable(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let attempt = checkout::pay(&guest, order.id, "pm_card_authenticationRequired").await.unwrap();
    bank.answer_challenge(&attempt.next_action.unwrap().redirect_url, "fail").await;
    let view = checkout::settle(&guest, order.id).await.unwrap();
    assert_eq!((view.status, view.payment.status), (OrderStatus::PendingPayment, PaymentStatus::Created));
    assert_eq!(view.last_error.unwrap().code, "payment_intent_authentication_failure");
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn the_payment_form_in_the_browser_pays_and_declines(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let secret = order.payment.client_secret.clone().unwrap();
    bank.pay_in_browser(&secret, "pm_card_chargeDeclined").await;
    for _ in 0..2 {
        let view = checkout::settle(&guest, order.id).await.unwrap();
        assert_eq!((view.status, view.last_error.unwrap().code.as_str()), (OrderStatus::PendingPayment, "card_declined"));
    }
    assert_eq!(count(&shop, "select count(*) from payment_attempt").await, 1);
    bank.pay_in_browser(&secret, "pm_card_visa").await;
    assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::Paid);
    assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::Paid);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn the_hosted_page_takes_the_place_of_the_form_and_back(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 2).await;
    let page = checkout::open_hosted_page(&guest, order.id).await.unwrap();
    assert_eq!(checkout::open_hosted_page(&guest, order.id).await.unwrap(), page);
    // The form of the first page can no longer pay.
    assert_eq!(bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await.status, 400);
    bank.pay_on_page(&page, "4000000000000002").await;
    let view = checkout::settle(&guest, order.id).await.unwrap();
    assert_eq!((view.status, view.last_error.unwrap().code.as_str()), (OrderStatus::PendingPayment, "card_declined"));
    let done = bank.pay_on_page(&page, "4242424242424242").await;
    assert_eq!(done.location(), format!("http://127.0.0.1:3000/checkout/return/{}", order.number));
    assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::Paid);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_with_an_open_hosted_page_can_be_paid_through_the_api(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let page = checkout::open_hosted_page(&guest, order.id).await.unwrap();
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.pay_on_page(&page, "4242424242424242").await.status, 410);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

// Refusals before anything is done ----------------------------------------------------------------------------------

#[sqlx::test]
async fn what_cannot_be_ordered_is_refused_by_its_reason_and_leaves_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    assert_eq!(refused(checkout::place_order(&shop.guest(), request()).await), CheckoutRefusal::CartEmpty);
    let lost = shop.guest_with_cart("no such token");
    assert_eq!(refused(checkout::place_order(&lost, request()).await), CheckoutRefusal::CartNotFound);
    let guest = guest_with(&shop, &[(bowl.variants[0], 3)]).await;
    let nobody = PlaceOrder {
        email: "ada".to_owned(),
        shipping_address: AddressDraft { city: String::new(), ..request().shipping_address },
        ..request()
    };
    let CheckoutRefusal::Invalid { errors } = refused(checkout::place_order(&guest, nobody).await) else { panic!("fields are wrong") };
    assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["email", "shipping_address.city"]);
    let other_total = PlaceOrder { expected_total: Some(usd(1)), ..request() };
    let CheckoutRefusal::TotalChanged { quote } = refused(checkout::place_order(&guest, other_total).await) else {
        panic!("the total differs")
    };
    assert_eq!(quote.total, usd(6_500));
    let unknown = PlaceOrder { shipping_options: Some(vec![backend::db::new_id().into()]), ..request() };
    assert_eq!(refused(checkout::place_order(&guest, unknown).await), CheckoutRefusal::ShippingOptionUnknown);
    let abroad =
        AddressDraft { country: "DE".to_owned(), region: None, postal_code: Some("10115".to_owned()), ..request().shipping_address };
    let to_germany = PlaceOrder { shipping_address: abroad, ..request() };
    assert_eq!(
        refused(checkout::place_order(&guest, to_germany).await),
        CheckoutRefusal::NotShipped { sellers: vec!["Bowl-Seller".to_owned()] }
    );
    shop.run("update stock_level set on_hand = 2", |query| query).await;
    shop.run(
        "insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason)
         select gen_random_uuid(), stock_item_id, warehouse_id, -1, 'adjust' from stock_level",
        |query| query,
    )
    .await;
    let CheckoutRefusal::OutOfStock { lines } = refused(checkout::place_order(&guest, request()).await) else { panic!("one is missing") };
    assert_eq!((lines.len(), lines[0].line, lines[0].available), (1, 0, 2));
    shop.run("update variant set withdrawn_at = souk.clock()", |query| query).await;
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::LineWithdrawn);
    assert_eq!(count(&shop, "select count(*) from customer_order").await, 0);
    assert_eq!(level(&shop, &bowl).await, (2, 0, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_is_its_buyers_alone(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    for stranger in
        [shop.guest(), shop.shopper().await, shop.context(Caller { order_tokens: vec!["guess".to_owned()], ..Caller::default() })]
    {
        assert!(matches!(orders::order(&stranger, order.number.as_str()).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::pay(&stranger, order.id, "pm_card_visa").await, Err(Failure::NotFound)));
        assert!(matches!(checkout::payment(&stranger, order.payment.id).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::settle(&stranger, order.id).await, Err(Failure::NotFound)));
        assert!(matches!(checkout::open_hosted_page(&stranger, order.id).await, Err(Failure::NotFound)));
    }
    assert!(orders::order(&guest, &order.id.to_string()).await.is_ok());
}

// The same cart twice -----------------------------------------------------------------------------------------------

#[sqlx::test]
async fn the_same_cart_placed_again_is_the_order_that_waits(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    // A double click on the last unit: one order, and no false "sold out".
    let (first, second) = tokio::join!(checkout::place_order(&guest, request()), checkout::place_order(&guest, request()));
    let (order, other) = if first.is_ok() { (first.unwrap(), second) } else { (second.unwrap(), first) };
    for again in [other, checkout::place_order(&guest, request()).await] {
        assert_eq!(seen_pending(&shop, &guest, again).await, (order.id, order.number.clone()));
    }
    assert_eq!(count(&shop, "select count(*) from customer_order").await, 1);
    assert_eq!(level(&shop, &bowl).await, (1, 0, 1));
    bank.assert_books_agree(&shop).await;
}

/// The order that a guest is told of who places the same cart again: the token that comes with it opens it.
async fn seen_pending(shop: &Shop, guest: &Context, outcome: Result<PlacedOrder, Failure<CheckoutRefusal>>) -> (OrderId, OrderNumber) {
    let CheckoutRefusal::OrderPending { order_id, number, access_token } = refused(outcome) else { panic!("no order waits") };
    let guest = shop.context(Caller { order_tokens: vec![access_token], ..guest.caller.clone() });
    assert_eq!(orders::order(&guest, number.as_str()).await.unwrap().id, order_id);
    (order_id, number)
}

#[sqlx::test]
async fn a_changed_address_takes_the_place_of_the_old_order(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 2).await;
    let (guest, old) = placed(&shop, &bowl, 2).await;
    let mut elsewhere = request();
    elsewhere.shipping_address.line1 = "7 Corrected Lane".to_owned();
    let new = checkout::place_order(&guest, elsewhere).await.unwrap();
    assert_ne!(new.id, old.id);
    let guest = holding(&guest, &new);
    assert_eq!(status(&guest, old.id).await, (OrderStatus::Canceled, PaymentStatus::Canceled));
    let view = orders::order(&guest, new.number.as_str()).await.unwrap();
    assert!(view.shipping_address.iter().any(|line| line.contains("7 Corrected Lane")), "{:?}", view.shipping_address);
    assert_eq!(level(&shop, &bowl).await, (2, 0, 2));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_changed_cart_takes_the_place_of_its_old_order(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    let (guest, old) = placed(&shop, &bowl, 2).await;
    // Its own hold does not count against it: three are all there are.
    cart::set_item(&guest, bowl.variants[0], 3).await.unwrap();
    let new = checkout::place_order(&guest, request()).await.unwrap();
    let guest = holding(&guest, &new);
    assert_eq!(status(&guest, old.id).await, (OrderStatus::Canceled, PaymentStatus::Canceled));
    assert_eq!(refused(checkout::pay(&guest, old.id, "pm_card_visa").await), PaymentRefusal::OrderCanceled);
    assert_eq!(bank.pay_in_browser(old.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await.status, 400);
    assert_eq!(level(&shop, &bowl).await, (3, 0, 3));
    assert_eq!(checkout::pay(&guest, new.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.taken().await, new.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_that_somebody_is_paying_is_not_canceled_for_a_changed_cart(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    // Paid in the browser, and nobody has told the shop yet.
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    cart::set_item(&guest, bowl.variants[0], 2).await.unwrap();
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::PaymentInProgress);
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    // What was bought has left the cart; the rest can be ordered.
    let rest = checkout::place_order(&guest, request()).await.unwrap();
    assert_eq!(rest.lines[0].quantity, 1);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn two_tries_to_pay_at_once_are_one_charge(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let mut tries = JoinSet::new();
    for _ in 0..6 {
        let (guest, id) = (guest.clone(), order.id);
        tries.spawn(async move { checkout::pay(&guest, id, "pm_card_visa").await });
    }
    let outcomes = tries.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert!(matches!(refused(outcome), PaymentRefusal::PaymentInProgress | PaymentRefusal::AlreadyPaid));
    }
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn of_many_buyers_of_the_last_units_as_many_pay_as_there_are(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    let mut guests = Vec::new();
    for _ in 0..8 {
        guests.push(guest_with(&shop, &[(bowl.variants[0], 1)]).await);
    }
    let mut buyers = JoinSet::new();
    for guest in guests {
        buyers.spawn(async move {
            let order = checkout::place_order(&guest, request()).await?;
            let paid = checkout::pay(&holding(&guest, &order), order.id, "pm_card_visa").await;
            Ok::<_, Failure<CheckoutRefusal>>(paid.unwrap().status)
        });
    }
    let outcomes = buyers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(AttemptStatus::Succeeded))).count(), 3);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert!(matches!(refused(outcome), CheckoutRefusal::OutOfStock { .. }));
    }
    assert_eq!(level(&shop, &bowl).await, (3, 3, 0));
    bank.assert_books_agree(&shop).await;
}

// Time --------------------------------------------------------------------------------------------------------------

#[sqlx::test]
async fn an_order_that_nobody_pays_expires_and_its_units_go_back(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0);
    shop.advance(LATER).await;
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::OrderExpired);
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(level(&shop, &bowl).await, (1, 0, 0));
    assert_eq!(bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await.status, 400);
    assert_eq!(cart::view(&guest).await.unwrap().count(), 1);
    // The cart can be placed again.
    assert!(checkout::place_order(&guest, request()).await.is_ok());
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_expired_order_makes_room_for_the_same_cart_without_the_worker(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, old) = placed(&shop, &bowl, 1).await;
    checkout::open_hosted_page(&guest, old.id).await.unwrap();
    shop.advance(LATER).await;
    let new = checkout::place_order(&guest, request()).await.unwrap();
    assert_eq!(status(&guest, old.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(checkout::pay(&holding(&guest, &new), new.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_that_comes_after_the_hold_is_taken_when_the_units_are_still_there(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    shop.advance(LATER).await;
    inventory::expire_due(&shop.handles).await.unwrap();
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(level(&shop, &bowl).await, (1, 1, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_that_comes_when_the_units_are_sold_is_given_back_untaken(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 1).await;
    let (late, order) = placed(&shop, &bowl, 1).await;
    bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
    shop.advance(LATER).await;
    inventory::expire_due(&shop.handles).await.unwrap();
    let (_, other) = placed(&shop, &bowl, 1).await;
    let view = checkout::settle(&late, order.id).await.unwrap();
    assert_eq!((view.status, view.payment.status), (OrderStatus::Expired, PaymentStatus::Canceled));
    let cause: String =
        sqlx::query_scalar("select cause from order_transition where to_status = 'expired'").fetch_one(&shop.handles.db).await.unwrap();
    assert_eq!(cause, "stock_gone");
    assert_eq!(checkout::payment(&late, order.payment.id).await.unwrap().status, AttemptStatus::Failed);
    assert_eq!(bank.taken().await, 0);
    assert_eq!(level(&shop, &bowl).await, (1, 0, 1));
    assert_eq!(other.status, OrderStatus::PendingPayment);
    bank.assert_books_agree(&shop).await;
}

// A gateway that misbehaves -----------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_silent_gateway_leaves_an_order_that_can_be_paid_later(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "request_lost", json!({ "times": 3 })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!((order.status, order.payment.client_secret.as_deref()), (OrderStatus::PendingPayment, None));
    shop.advance(Duration::from_secs(10)).await;
    let_the_worker_run(&shop).await;
    assert!(orders::order(&guest, order.number.as_str()).await.unwrap().payment.client_secret.is_some());
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn paying_while_the_gateway_is_silent_is_refused_and_works_later(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "request_lost", json!({ "times": 6 })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::GatewayUnavailable);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn replies_that_are_lost_after_the_effect_charge_once(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    for path in ["/v1/payment_intents", "/v1/payment_intents/*/confirm", "/v1/payment_intents/*/capture"] {
        bank.misbehave("POST", path, "reply_lost", json!({ "times": 2 })).await;
    }
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert!(order.payment.client_secret.is_some());
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.journal().await.len(), 1);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_outcome_that_is_not_known_stays_open_until_it_is(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "slow", json!({ "delay_ms": 6_000 })).await;
    let attempt = checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap();
    assert_eq!(attempt.status, AttemptStatus::Processing);
    // Carried out all the same, after nobody waits for it any more.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::PendingPayment, PaymentStatus::Processing));
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    // Kept a while longer, once.
    assert_eq!(count(&shop, "select max(extensions)::bigint from reservation").await, 1);
    shop.advance(Duration::from_secs(10)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_confirmation_that_never_arrived_ends_as_a_failed_try(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "request_lost", json!({ "times": 3 })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    shop.advance(Duration::from_secs(5)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap().status, AttemptStatus::Processing);
    shop.advance(Duration::from_secs(40)).await;
    let_the_worker_run(&shop).await;
    let attempt = checkout::payment(&guest, order.payment.id).await.unwrap();
    assert_eq!((attempt.status, attempt.error.unwrap().retryable), (AttemptStatus::Failed, true));
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_try_that_is_lost_after_a_decline_ends_as_well(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_chargeDeclined").await.unwrap().status, AttemptStatus::Failed);
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "request_lost", json!({ "times": 3 })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    assert_eq!(refused(checkout::pay(&guest, order.id, "pm_card_visa").await), PaymentRefusal::PaymentInProgress);
    shop.advance(Duration::from_secs(50)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(checkout::payment(&guest, order.payment.id).await.unwrap().status, AttemptStatus::Failed);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_payment_method_that_was_used_up_is_refused_as_such(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let method = bank.payment_method("4242424242424242").await;
    let (first, paid) = placed(&shop, &bowl, 1).await;
    assert_eq!(checkout::pay(&first, paid.id, &method).await.unwrap().status, AttemptStatus::Succeeded);
    let (second, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(refused(checkout::pay(&second, order.id, &method).await), PaymentRefusal::PaymentMethodInvalid);
    assert_eq!(checkout::pay(&second, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_order_whose_gateway_is_gone_ends_and_frees_its_cart(db: PgPool) {
    let (old_bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 3).await;
    let (changing, changed) = placed(&shop, &bowl, 1).await;
    let (waiting, waited) = placed(&shop, &bowl, 2).await;
    drop(old_bank);
    let (bank, shop) = bank::open(db).await;
    let (changing, waiting) = (shop.context(changing.caller.clone()), shop.context(waiting.caller.clone()));
    let mut elsewhere = request();
    elsewhere.shipping_address.line1 = "7 Corrected Lane".to_owned();
    let order = checkout::place_order(&changing, elsewhere).await.unwrap();
    assert_eq!(status(&changing, changed.id).await, (OrderStatus::Canceled, PaymentStatus::Canceled));
    assert_eq!(checkout::pay(&holding(&changing, &order), order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&waiting, waited.id).await, (OrderStatus::Expired, PaymentStatus::Canceled));
    assert_eq!(level(&shop, &bowl).await, (3, 1, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_purchase_needs_no_redis(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 2)]).await;
    let away = shop.without_redis();
    let guest = away.context(guest.caller.clone());
    checkout::quote(&guest, &request().shipping_address, None).await.unwrap();
    let order = checkout::place_order(&guest, request()).await.unwrap();
    let guest = holding(&guest, &order);
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Succeeded);
    let_the_worker_run(&away).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(level(&shop, &bowl).await, (5, 2, 0));
    assert!(cart::view(&guest).await.unwrap().lines.is_empty());
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn errors_that_the_gateway_keeps_are_got_around(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    bank.misbehave("POST", "/v1/payment_intents", "stored_500", json!({ "effect": true })).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    assert_eq!(order.payment.client_secret, None);
    bank.misbehave("POST", "/v1/payment_intents/*/capture", "stored_500", json!({ "effect": false })).await;
    assert_eq!(checkout::pay(&guest, order.id, "pm_card_visa").await.unwrap().status, AttemptStatus::Processing);
    assert_eq!(level(&shop, &bowl).await, (5, 1, 0));
    shop.advance(Duration::from_secs(90)).await;
    let_the_worker_run(&shop).await;
    assert_eq!(status(&guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    assert_eq!(bank.taken().await, order.total.amount);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn stock_goes_back_only_after_the_gateway_agrees(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, old) = placed(&shop, &bowl, 2).await;
    bank.misbehave("GET", "/v1/payment_intents/*", "request_lost", json!({ "times": 3 })).await;
    cart::set_item(&guest, bowl.variants[0], 1).await.unwrap();
    assert_eq!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::PaymentInProgress);
    assert_eq!(status(&guest, old.id).await, (OrderStatus::PendingPayment, PaymentStatus::Created));
    assert_eq!(level(&shop, &bowl).await, (5, 0, 2));
    assert!(checkout::place_order(&guest, request()).await.is_ok());
    assert_eq!(level(&shop, &bowl).await, (5, 0, 1));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn an_intent_of_another_amount_pays_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (guest, order) = placed(&shop, &bowl, 1).await;
    let secret = order.payment.client_secret.clone().unwrap();
    let intent = secret.split("_secret_").next().unwrap().to_owned();
    bank.ask("POST", &format!("/v1/payment_intents/{intent}"), "amount=100").await;
    bank.pay_in_browser(&secret, "pm_card_visa").await;
    for _ in 0..10 {
        assert_eq!(checkout::settle(&guest, order.id).await.unwrap().status, OrderStatus::PendingPayment);
    }
    assert_eq!(bank.taken().await, 0);
    // It does not mend itself, so somebody is told.
    let violations = check::run(&shop.handles, None).await.unwrap();
    let named: Vec<&str> = violations.iter().map(|violation| violation.invariant).collect();
    assert_eq!(named, ["purchases_move"]);
}

// Afterwards --------------------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_finished_purchase_forgets_its_shopper_after_ninety_days_and_is_still_found(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 1).await, shop.simple_product("mug", 1_200, 5).await);
    let (guest, operation) = (guest_with(&shop, &[(bowl.variants[0], 1)]).await, backend::db::new_id());
    let second = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    let paid = checkout::place_order_once(&guest, operation, request()).await.unwrap();
    let guest = holding(&guest, &paid);
    assert!(matches!(refused(checkout::place_order(&second, request()).await), CheckoutRefusal::OutOfStock { .. }));
    checkout::pay(&guest, paid.id, "pm_card_visa").await.unwrap();
    let (late, expired) = placed(&shop, &mug, 1).await;
    shop.advance(LATER).await;
    let_the_worker_run(&shop).await;
    shop.advance(89 * DAY).await;
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 0);
    shop.advance(2 * DAY).await;
    let (_, waiting) = placed(&shop, &mug, 1).await;
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 3, "the paid, the expired, and the one without an order");
    assert_eq!(checkout::forget_finished(&shop.handles).await.unwrap(), 0);
    let left: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("select order_id, s::text from checkout_saga s order by created_at").fetch_all(&db).await.unwrap();
    assert_eq!(left.iter().map(|(order, _)| *order).collect::<Vec<_>>(), [paid.id.0, expired.id.0, waiting.id.0]);
    for person in ["ada@example.org", "Lovelace", "Analytical", "Portland", "97201"] {
        assert_eq!(left.iter().map(|(_, row)| row.contains(person)).collect::<Vec<_>>(), [false, false, true], "{person}");
    }
    // The same deed again is the same order, and the order says what there is to know.
    assert_eq!(checkout::place_order_once(&guest, operation, request()).await.unwrap().id, paid.id);
    assert_eq!(refused(checkout::pay(&guest, paid.id, "pm_card_visa").await), PaymentRefusal::AlreadyPaid);
    assert_eq!(checkout::settle(&guest, paid.id).await.unwrap().shipping_address[0], "Ada Lovelace");
    assert_eq!(refused(checkout::pay(&late, expired.id, "pm_card_visa").await), PaymentRefusal::OrderExpired);
    bank.assert_books_agree(&shop).await;
}

// Signing in while it is confirmed ----------------------------------------------------------------------------------

/// Waits until so many of this database's transactions wait for a lock.
pub(crate) async fn until_waiting(shop: &Shop, waiters: i64) {
    for _ in 0..500 {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        if count(shop, waiting).await >= waiters {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{waiters} were to wait");
}

#[sqlx::test]
async fn a_cart_that_is_merged_while_its_order_is_confirmed_keeps_exactly_what_was_not_bought(db: PgPool) {
    let (bank, shop) = bank::open(db.clone()).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    let (mug, plate) = (shop.simple_product("mug", 1_200, 50).await, shop.simple_product("plate", 900, 50).await);
    for merge_is_first in [false, true] {
        // Two bowls are bought; a third and a plate came into the guest's cart since, and the account's has mugs.
        let (guest, mut saga) = died_before(&bank, &shop, &bowl, Step::ConfirmOrder).await;
        cart::set_item(&guest, bowl.variants[0], 3).await.unwrap();
        cart::set_item(&guest, plate.variants[0], 1).await.unwrap();
        let shopper = shop.shopper().await;
        cart::set_item(&shopper, mug.variants[0], 2).await.unwrap();
        let mut both = shopper.clone();
        both.caller.cart_token.clone_from(&guest.caller.cart_token);

        // Whoever comes first has the guest's cart, and is held up by this before the commit.
        let mut obstacle = db.begin().await.unwrap();
        let held = if merge_is_first { "select from cart where user_id is not null for update" } else { "select from product for update" };
        sqlx::query(held).execute(&mut *obstacle).await.unwrap();
        let merge = async move { cart::merge_guest(&both).await.map(|_| ()).unwrap() };
        let confirm = async move { saga.forward().await.unwrap() };
        let (first, second) = if merge_is_first {
            let first = tokio::spawn(merge);
            until_waiting(&shop, 1).await;
            (first, tokio::spawn(confirm))
        } else {
            let first = tokio::spawn(confirm);
            until_waiting(&shop, 1).await;
            (first, tokio::spawn(merge))
        };
        until_waiting(&shop, 2).await;
        obstacle.rollback().await.unwrap();
        first.await.unwrap();
        second.await.unwrap();

        for seen in [&shop, &shop.with_empty_redis()] {
            let view = cart::view(&Context { handles: seen.handles.clone(), ..shopper.clone() }).await.unwrap();
            let mut left: Vec<(VariantId, u32)> = view.lines.iter().map(|line| (line.variant_id, line.quantity)).collect();
            left.sort_unstable();
            let mut kept = [(bowl.variants[0], 1), (mug.variants[0], 2), (plate.variants[0], 1)];
            kept.sort_unstable();
            assert_eq!(left, kept, "the merge came first: {merge_is_first}");
        }
    }
    bank.assert_books_agree(&shop).await;
}

// Crashes -----------------------------------------------------------------------------------------------------------

#[sqlx::test]
async fn a_shopper_who_hangs_up_has_placed_and_paid_all_the_same(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    bank.misbehave("POST", "/v1/payment_intents", "slow", json!({ "delay_ms": 300 })).await;
    let hung_up = tokio::time::timeout(Duration::from_millis(120), checkout::place_order(&guest, request())).await;
    assert!(hung_up.is_err());
    // The answer with the order's token is lost; what the guest has is the cart.
    let CheckoutRefusal::OrderPending { order_id, access_token, .. } = refused(checkout::place_order(&guest, request()).await) else {
        panic!("it was placed")
    };
    let guest = shop.context(Caller { order_tokens: vec![access_token], ..guest.caller.clone() });
    bank.misbehave("POST", "/v1/payment_intents/*/confirm", "slow", json!({ "delay_ms": 300 })).await;
    let hung_up = tokio::time::timeout(Duration::from_millis(120), checkout::pay(&guest, order_id, "pm_card_visa")).await;
    assert!(hung_up.is_err());
    // The task goes on by itself; how soon it has the order for itself is the scheduler's affair.
    for _ in 0..100 {
        if checkout::settle(&guest, order_id).await.unwrap().status == OrderStatus::Paid {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status(&guest, order_id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    bank.assert_books_agree(&shop).await;
}

/// A purchase whose runner died before `step`: everything before it is done.
async fn died_before(bank: &Bank, shop: &Shop, product: &TestProduct, step: Step) -> (Context, Stepwise) {
    let guest = guest_with(shop, &[(product.variants[0], 2)]).await;
    let mut saga = Stepwise::begin(&guest, backend::db::new_id(), &request()).await.unwrap();
    let mut paid = false;
    while saga.step() != step {
        if saga.step() == Step::AuthorizePayment && !paid {
            let view = orders::view(&shop.handles, saga.order()).await.unwrap().unwrap();
            bank.pay_in_browser(view.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
            paid = true;
        }
        saga.forward().await.unwrap();
    }
    (guest, saga)
}

/// The steps that a runner can die before.
const STEPS: [Step; 6] =
    [Step::ReserveStock, Step::PlaceOrder, Step::OpenPayment, Step::AuthorizePayment, Step::CapturePayment, Step::ConfirmOrder];

#[sqlx::test]
async fn a_purchase_that_died_before_any_step_is_finished_by_the_worker(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    for step in STEPS {
        let (guest, saga) = died_before(&bank, &shop, &bowl, step).await;
        let order = saga.order();
        assert_eq!(checkout::resume(&shop.handles).await.unwrap(), 0, "{step:?}: the dead runner's lease still counts");
        shop.advance(Duration::from_secs(40)).await;
        let_the_worker_run(&shop).await;
        let token = orders::issue_token(&shop.handles, order, None).await.unwrap();
        let guest = shop.context(Caller { order_tokens: vec![token], ..guest.caller.clone() });
        if status(&guest, order).await.0 == OrderStatus::PendingPayment {
            checkout::pay(&guest, order, "pm_card_visa").await.unwrap();
        }
        assert_eq!(status(&guest, order).await, (OrderStatus::Paid, PaymentStatus::Captured), "{step:?}");
    }
    assert_eq!(level(&shop, &bowl).await, (50, 12, 0));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_runner_that_outlived_its_lease_stores_nothing(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    // The step left out waits for the shopper and stores nothing.
    for step in STEPS.into_iter().filter(|step| *step != Step::AuthorizePayment) {
        let (guest, mut sleeper) = died_before(&bank, &shop, &bowl, step).await;
        shop.advance(Duration::from_secs(40)).await;
        let_the_worker_run(&shop).await;
        let taken_over = saga_row(&shop, sleeper.order()).await;
        let error = sleeper.forward().await.unwrap_err();
        // What was captured meanwhile cannot be captured again: that step fails before it would be stored.
        assert!(step == Step::CapturePayment || error.to_string().contains("lease"), "{step:?}: {error:#}");
        assert_eq!(saga_row(&shop, sleeper.order()).await, taken_over, "{step:?}");
        let token = orders::issue_token(&shop.handles, sleeper.order(), None).await.unwrap();
        let guest = shop.context(Caller { order_tokens: vec![token], ..guest.caller.clone() });
        if status(&guest, sleeper.order()).await.0 == OrderStatus::PendingPayment {
            checkout::pay(&guest, sleeper.order(), "pm_card_visa").await.unwrap();
        }
        assert_eq!(status(&guest, sleeper.order()).await.0, OrderStatus::Paid, "{step:?}");
    }
    bank.assert_books_agree(&shop).await;
}

/// Where the purchase of an order stands: step, state, end of the lease.
async fn saga_row(shop: &Shop, order: OrderId) -> (String, String, Option<time::OffsetDateTime>) {
    let row = "select step, state, leased_until from checkout_saga where order_id = $1";
    sqlx::query_as(row).bind(order.0).fetch_one(&shop.handles.db).await.unwrap()
}

#[sqlx::test]
async fn every_step_run_twice_is_run_once(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    for step in STEPS {
        let (guest, saga) = died_before(&bank, &shop, &bowl, step).await;
        let order = saga.order();
        if step == Step::AuthorizePayment {
            let view = orders::view(&shop.handles, order).await.unwrap().unwrap();
            bank.pay_in_browser(view.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
        }
        // The step's effect is there, its outcome was not stored: it runs again.
        for _ in 0..3 {
            saga.run_and_die().await.unwrap();
        }
        shop.advance(Duration::from_secs(40)).await;
        let_the_worker_run(&shop).await;
        let token = orders::issue_token(&shop.handles, order, None).await.unwrap();
        let guest = shop.context(Caller { order_tokens: vec![token], ..guest.caller.clone() });
        if status(&guest, order).await.0 == OrderStatus::PendingPayment {
            checkout::pay(&guest, order, "pm_card_visa").await.unwrap();
        }
        assert_eq!(status(&guest, order).await.0, OrderStatus::Paid, "{step:?}");
    }
    assert_eq!(level(&shop, &bowl).await, (50, 12, 0));
    assert_eq!(count(&shop, "select count(*) from ledger_transfer where kind = 'capture'").await, 6);
    assert_eq!(count(&shop, "select sum(units_sold)::bigint from product").await, 12);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn every_step_is_undone_once_however_often_it_is_undone(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    for step in [Step::PlaceOrder, Step::OpenPayment, Step::AuthorizePayment, Step::CapturePayment] {
        let (_, mut saga) = died_before(&bank, &shop, &bowl, step).await;
        let order = saga.order();
        saga.turn_around();
        while saga.state() == SagaState::Undoing {
            saga.undo_and_die().await.unwrap();
            saga.backward().await.unwrap();
        }
        assert_eq!(saga.state(), SagaState::Undone, "{step:?}");
        if step != Step::PlaceOrder {
            let view = orders::view(&shop.handles, order).await.unwrap().unwrap();
            assert_eq!((view.status, view.payment.status), (OrderStatus::Canceled, PaymentStatus::Canceled), "{step:?}");
        }
        assert_eq!(level(&shop, &bowl).await, (50, 0, 0), "{step:?}");
    }
    assert_eq!(bank.taken().await, 0);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_deed_done_again_after_a_crash_finds_the_order_that_exists(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    for step in [Step::ReserveStock, Step::PlaceOrder, Step::OpenPayment] {
        let guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
        let operation = backend::db::new_id();
        let mut saga = Stepwise::begin(&guest, operation, &request()).await.unwrap();
        while saga.step() != step {
            saga.forward().await.unwrap();
        }
        shop.advance(Duration::from_secs(40)).await;
        let order = checkout::place_order_once(&guest, operation, request()).await.unwrap();
        assert_eq!(order.id, saga.order(), "{step:?}");
        let again = checkout::place_order_once(&guest, operation, request()).await.unwrap();
        assert_eq!((again.id, again.number), (order.id, order.number.clone()), "{step:?}");
        let guest = holding(&guest, &order);
        let attempt = checkout::pay_once(&guest, operation, order.id, "pm_card_visa").await.unwrap();
        assert_eq!(checkout::pay_once(&guest, operation, order.id, "pm_card_visa").await.unwrap(), attempt, "{step:?}");
    }
    assert_eq!(count(&shop, "select count(*) from customer_order where status = 'paid'").await, 3);
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn a_refused_deed_may_be_done_anew_under_the_same_name(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let (bowl, operation) = (shop.simple_product("bowl", 2_000, 1).await, backend::db::new_id());
    let second = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    placed(&shop, &bowl, 1).await;
    for _ in 0..2 {
        let refusal = refused(checkout::place_order_once(&second, operation, request()).await);
        assert!(matches!(refusal, CheckoutRefusal::OutOfStock { .. }), "{refusal:?}");
    }
    shop.advance(LATER).await;
    assert!(checkout::place_order_once(&second, operation, request()).await.is_ok());
    let_the_worker_run(&shop).await;
    assert_eq!(level(&shop, &bowl).await, (1, 0, 1));
    bank.assert_books_agree(&shop).await;
}

#[sqlx::test]
async fn several_workers_at_once_do_no_more_than_one(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let bowl = shop.product("bowl", seller, category, &[NewVariant::new(2_000, 20)]).await;
    let mut waiting = Vec::new();
    for _ in 0..5 {
        let (guest, order) = placed(&shop, &bowl, 1).await;
        bank.pay_in_browser(order.payment.client_secret.as_deref().unwrap(), "pm_card_visa").await;
        Stepwise::wake(&shop.handles, order.id).await.unwrap();
        waiting.push((guest, order));
    }
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let handles = shop.handles.clone();
        workers.spawn(async move { checkout::resume(&handles).await.unwrap() });
    }
    for (guest, order) in &waiting {
        let (guest, id) = (guest.clone(), order.id);
        workers.spawn(async move { checkout::settle(&guest, id).await.map(|_| 0).unwrap() });
    }
    workers.join_all().await;
    for (guest, order) in &waiting {
        assert_eq!(status(guest, order.id).await, (OrderStatus::Paid, PaymentStatus::Captured));
    }
    bank.assert_books_agree(&shop).await;
}
