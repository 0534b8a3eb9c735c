//! The way it should be, and what a bank may answer.

use super::*;
use domain::language::Language;
use domain::market::Market;
use domain::pricing::Rounding;

#[sqlx::test]
async fn a_quote_adds_up_and_an_order_costs_what_was_quoted(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    shop.run("insert into tax_rule (country, region, rate_basis_points, included) values ('US', 'CA', 725, false)", |query| query).await;
    let (bowl, mug) = (shop.simple_product("bowl", 2_000, 5).await, shop.simple_product("mug", 1_200, 5).await);
    let guest = guest_with(&shop, &[(bowl.variants[0], 2), (mug.variants[0], 1)]).await;
    let address = AddressDraft { region: Some("CA".to_owned()), ..request().shipping_address };
    let quote = checkout::quote(&guest, &address, None, None).await.unwrap();
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
async fn an_order_says_how_it_was_rounded(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    // Nobody else says it.
    shop.run("alter table customer_order alter column rounding drop default", |query| query).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let (_, order) = placed(&shop, &bowl, 1).await;
    let stored: (String, i32, bool) =
        sqlx::query_as("select rounding, tax_rate_basis_points, tax_included from customer_order where order_id = $1")
            .bind(order.id.0)
            .fetch_one(&shop.handles.db)
            .await
            .unwrap();
    assert_eq!(stored, (Rounding::LineHalfUp.as_str().to_owned(), 0, false));
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
        checkout::quote(&guest, &address, options.as_deref(), None).await.unwrap()
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
async fn shipping_costs_by_weight_and_a_way_takes_what_it_can_carry(db: PgPool) {
    let (_bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 50).await;
    shop.run("update variant set weight_grams = 700", |query| query).await;
    shop.run("update shipping_rate set amount_per_kg = 120", |query| query).await;
    shop.run(
        "insert into shipping_rate (shipping_rate_id, seller_id, label, countries, currency, amount, days_from, days_to, position, grams_max)
         select $1, seller_id, 'Express', '{US}', 'USD', 1500, 1, 1, 1, 2100 from seller",
        |query| query.bind(backend::db::new_id()),
    )
    .await;
    let options = async |quantity: u32| {
        let guest = guest_with(&shop, &[(bowl.variants[0], quantity)]).await;
        let quote = checkout::quote(&guest, &request().shipping_address, None, None).await.unwrap();
        let options: Vec<(String, i64)> = quote.shipping_options.iter().map(|option| (option.label.clone(), option.price.amount)).collect();
        (guest, quote.shipping_options, options)
    };
    let named = |options: &[(&str, i64)]| options.iter().map(|(label, price)| ((*label).to_owned(), *price)).collect::<Vec<_>>();
    // Up to a kilogram, up to two, then 2.1 and 2.8 kg.
    assert_eq!(options(1).await.2, named(&[("Standard", 500), ("Express", 1_500)]));
    assert_eq!(options(2).await.2, named(&[("Standard", 620), ("Express", 1_500)]));
    let (guest, light, shown) = options(3).await;
    assert_eq!(shown, named(&[("Standard", 740), ("Express", 1_500)]));
    assert_eq!(options(4).await.2, named(&[("Standard", 740)]));
    // What was chosen for a lighter parcel is refused, not quietly replaced.
    cart::set_item(&guest, bowl.variants[0], 4).await.unwrap();
    let express = Some([light[1].id]);
    let refusal = refused(checkout::quote(&guest, &request().shipping_address, express.as_ref().map(|ids| &ids[..]), None).await);
    assert_eq!(refusal, CheckoutRefusal::ShippingOptionUnknown);
    shop.run("update shipping_rate set grams_max = 2000", |query| query).await;
    assert!(matches!(refused(checkout::place_order(&guest, request()).await), CheckoutRefusal::NotShipped { .. }));
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
async fn the_hosted_page_speaks_the_language_of_the_order_and_leads_back_to_it(db: PgPool) {
    let (bank, shop) = bank::open(db).await;
    let bowl = shop.simple_product("bowl", 2_000, 5).await;
    let mut guest = guest_with(&shop, &[(bowl.variants[0], 1)]).await;
    guest.caller.market = Some(Market { language: Language::German, currency: Currency::Usd });
    let order = checkout::place_order(&guest, request()).await.unwrap();
    // Opened through the API, which has no language, it is the same page.
    guest.caller.market = None;
    let page = checkout::open_hosted_page(&holding(&guest, &order), order.id).await.unwrap();
    let id = page.rsplit('/').next().unwrap();
    let session = bank.ask("GET", &format!("/v1/checkout/sessions/{id}?expand[]=line_items"), "").await.json();
    assert_eq!(session["locale"], "de");
    assert_eq!(session["line_items"]["data"][1]["description"], "Versand");
    let done = bank.pay_on_page(&page, "4242424242424242").await;
    assert_eq!(done.location(), format!("http://127.0.0.1:3000/de-usd/checkout/return/{}", order.number));
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
