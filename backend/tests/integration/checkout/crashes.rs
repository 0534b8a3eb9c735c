//! A process that dies, or a second one beside it, at every step.

use super::*;

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
pub(super) async fn died_before(bank: &Bank, shop: &Shop, product: &TestProduct, step: Step) -> (Context, Stepwise) {
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
