//! The same cart, the same payment, the same units: twice at once or one after the other.

use super::*;

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
