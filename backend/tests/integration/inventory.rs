use backend::Failure;
use backend::inventory::{Holder, ReserveLine, expire_due, extend, make_firm, release, reserve};
use backend::testing::{NewVariant, Shop, TestProduct};
use domain::inventory::{Destination, HOLD_S, HolderKind, Reservation, Shortage, StockRefusal};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

const LATER: Duration = Duration::from_secs(16 * 60);

fn holder() -> Holder {
    Holder { kind: HolderKind::Order, id: backend::db::new_id() }
}

fn line(product: &TestProduct, place: usize, quantity: u32) -> ReserveLine {
    ReserveLine { stock_item: product.stock_items[place], variant: product.variants[place], seller: product.seller, quantity }
}

fn us() -> Option<Destination> {
    Some(Destination { country: "US".parse().unwrap(), region: None })
}

async fn hold(shop: &Shop, holder: Holder, lines: &[ReserveLine]) -> Result<Vec<Reservation>, Failure<StockRefusal>> {
    reserve(&shop.handles, holder, lines, HOLD_S, us()).await
}

async fn firm(shop: &Shop, holder: Holder, lines: &[ReserveLine]) -> Result<(), Failure<StockRefusal>> {
    let mut tx = shop.handles.db.begin().await.unwrap();
    let outcome = make_firm(&mut tx, holder, lines, us().as_ref()).await;
    tx.commit().await.unwrap();
    outcome
}

fn shortages(outcome: Result<Vec<Reservation>, Failure<StockRefusal>>) -> Vec<Shortage> {
    match outcome {
        Err(Failure::Refused(StockRefusal::OutOfStock { lines })) => lines,
        other => panic!("expected a shortage, got {other:?}"),
    }
}

/// (on hand, allocated, held) of the product's first variant, over all warehouses.
async fn level(shop: &Shop, product: &TestProduct) -> (i64, i64, i64) {
    sqlx::query_as("select sum(on_hand), sum(allocated), sum(held) from stock_level where stock_item_id = $1")
        .bind(product.stock_items[0].0)
        .fetch_one(&shop.handles.db)
        .await
        .unwrap()
}

async fn assert_counted(shop: &Shop) {
    assert_eq!(backend::check::run(&shop.handles, None).await.unwrap(), []);
}

#[sqlx::test]
async fn of_many_who_want_the_last_unit_one_gets_it(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 1).await;
    let mut buyers = JoinSet::new();
    for _ in 0..20 {
        let (shop, wanted) = (shop.clone(), line(&product, 0, 1));
        buyers.spawn(async move { hold(&shop, holder(), &[wanted]).await });
    }
    let outcomes = buyers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(shortages(outcome)[0].available, 0);
    }
    assert_eq!(level(&shop, &product).await, (1, 0, 1));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn buyers_who_want_the_same_things_in_another_order_do_not_wait_for_each_other(db: PgPool) {
    let shop = Shop::new(db);
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let product = shop.product("bowl", seller, category, &[NewVariant::new(100, 15), NewVariant::new(100, 15)]).await;
    let mut buyers = JoinSet::new();
    for number in 0..20 {
        let mut wanted = vec![line(&product, 0, 1), line(&product, 1, 1)];
        if number % 2 == 0 {
            wanted.reverse();
        }
        let shop = shop.clone();
        buyers.spawn(async move { hold(&shop, holder(), &wanted).await });
    }
    let outcomes = buyers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 15);
    assert!(outcomes.into_iter().filter(Result::is_err).all(|outcome| shortages(outcome).len() == 2));
    assert_eq!(level(&shop, &product).await, (15, 0, 15));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn all_lines_are_held_or_none_and_every_short_one_is_named(db: PgPool) {
    let shop = Shop::new(db);
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let product =
        shop.product("bowl", seller, category, &[NewVariant::new(100, 9), NewVariant::new(100, 2), NewVariant::new(100, 0)]).await;
    // Two lines of one variant are one demand: each would fit alone.
    let wanted = [line(&product, 0, 1), line(&product, 1, 2), line(&product, 1, 1), line(&product, 2, 1)];
    let short: Vec<(u32, u32)> =
        shortages(hold(&shop, holder(), &wanted).await).iter().map(|short| (short.line, short.available)).collect();
    assert_eq!(short, [(1, 2), (2, 2), (3, 0)]);
    assert_eq!(level(&shop, &product).await, (9, 0, 0));
    assert!(hold(&shop, holder(), &wanted[..2]).await.is_ok());
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn the_same_holder_asking_again_gets_what_it_holds(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (me, wanted) = (holder(), [line(&product, 0, 2)]);
    let first = hold(&shop, me, &wanted).await.unwrap();
    assert_eq!(hold(&shop, me, &wanted).await.unwrap(), first);
    let both = tokio::join!(hold(&shop, me, &wanted), hold(&shop, me, &wanted));
    assert_eq!((both.0.unwrap(), both.1.unwrap()), (first.clone(), first));
    assert_eq!(level(&shop, &product).await, (5, 0, 2));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn a_holder_that_wants_more_adds_to_what_it_has(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let me = holder();
    let first = hold(&shop, me, &[line(&product, 0, 2)]).await.unwrap();
    let (two, four, again) = ([line(&product, 0, 2)], [line(&product, 0, 4)], [line(&product, 0, 4)]);
    let (same, more, once) = tokio::join!(hold(&shop, me, &two), hold(&shop, me, &four), hold(&shop, me, &again));
    assert_eq!(same.unwrap(), first);
    assert_eq!(more.as_ref().unwrap()[0].quantity, 4);
    assert_eq!(once.unwrap()[0].quantity, 4);
    assert_eq!(level(&shop, &product).await, (5, 0, 4));
    assert_eq!(shortages(hold(&shop, me, &[line(&product, 0, 6)]).await)[0].available, 1);
    assert_eq!(hold(&shop, me, &four).await.unwrap(), more.unwrap());
    assert_counted(&shop).await;
}

/// A member that cannot be settled, here because its row is locked elsewhere for too long, takes nobody with it.
#[sqlx::test]
async fn one_bad_member_does_not_fail_the_batch(db: PgPool) {
    let hurried = db.connect_options().as_ref().clone().options([("lock_timeout", "300ms")]);
    let shop = Shop::new(PgPoolOptions::new().max_connections(8).connect_with(hurried).await.unwrap());
    let (seller, category) = (shop.seller("potter").await, shop.category("table", None).await);
    let product = shop.product("bowl", seller, category, &[NewVariant::new(100, 9), NewVariant::new(100, 9)]).await;
    let mut other = db.begin().await.unwrap();
    sqlx::query("select from stock_level where stock_item_id = $1 for update")
        .bind(product.stock_items[0].0)
        .execute(&mut *other)
        .await
        .unwrap();
    // The first opens a batch of its own; the others come while it waits, and are one batch.
    let (stuck, good) = ([line(&product, 0, 1)], [line(&product, 1, 1)]);
    let (first, second, third, fourth) = tokio::join!(
        hold(&shop, holder(), &stuck),
        hold(&shop, holder(), &good),
        hold(&shop, holder(), &stuck),
        hold(&shop, holder(), &good),
    );
    assert!(first.is_err() && third.is_err(), "the row was not to be had");
    assert!(second.is_ok() && fourth.is_ok());
    other.rollback().await.unwrap();
    assert!(hold(&shop, holder(), &[stuck[0], good[0]]).await.is_ok());
    assert_eq!(level(&shop, &product).await, (9, 0, 1));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn an_outage_is_told_as_one_to_every_member(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 3).await;
    let away = shop.without_database();
    let wanted = [line(&product, 0, 1)];
    let (one, other) = tokio::join!(hold(&away, holder(), &wanted), hold(&away, holder(), &wanted));
    for outcome in [one, other] {
        let Err(Failure::Internal(error)) = outcome else { panic!("expected a failure, got {outcome:?}") };
        assert!(backend::db::is_outage(&error), "{error:#}");
    }
    assert_counted(&shop).await;
}

/// A caller that goes away takes nothing with it: what it asked for is held, and asking again finds it.
#[sqlx::test]
async fn a_caller_that_hangs_up_has_its_hold(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 3).await;
    let me = holder();
    let asked = tokio::spawn({
        let (shop, wanted) = (shop.clone(), line(&product, 0, 1));
        async move { hold(&shop, me, &[wanted]).await }
    });
    tokio::task::yield_now().await;
    asked.abort();
    drop(asked.await);
    assert_eq!(hold(&shop, me, &[line(&product, 0, 1)]).await.unwrap().len(), 1);
    assert_eq!(level(&shop, &product).await, (3, 0, 1));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn what_is_due_is_free_for_others_at_once_even_without_the_sweeper(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 1).await;
    hold(&shop, holder(), &[line(&product, 0, 1)]).await.unwrap();
    assert_eq!(shortages(hold(&shop, holder(), &[line(&product, 0, 1)]).await)[0].available, 0);
    shop.advance(LATER).await;
    assert!(hold(&shop, holder(), &[line(&product, 0, 1)]).await.is_ok());
    assert_eq!(level(&shop, &product).await, (1, 0, 1));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn the_sweeper_gives_back_what_is_due_and_nothing_else(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 9).await;
    hold(&shop, holder(), &[line(&product, 0, 3)]).await.unwrap();
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 0);
    shop.advance(LATER).await;
    hold(&shop, holder(), &[line(&product, 0, 2)]).await.unwrap();
    hold(&shop, holder(), &[line(&product, 0, 1)]).await.unwrap();
    // The first reservation after the time was up has swept the row already.
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 0);
    shop.advance(LATER).await;
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 2);
    assert_eq!(level(&shop, &product).await, (9, 0, 0));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn firm_units_do_not_expire_and_making_firm_twice_is_making_firm_once(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 3).await;
    let (me, wanted) = (holder(), [line(&product, 0, 2)]);
    hold(&shop, me, &wanted).await.unwrap();
    firm(&shop, me, &wanted).await.unwrap();
    firm(&shop, me, &wanted).await.unwrap();
    shop.advance(LATER).await;
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 0);
    assert_eq!(level(&shop, &product).await, (3, 2, 0));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn a_lapsed_hold_is_taken_again_when_nobody_has_the_units(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 2).await;
    let (me, wanted) = (holder(), [line(&product, 0, 2)]);
    hold(&shop, me, &wanted).await.unwrap();
    shop.advance(LATER).await;
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 1);
    firm(&shop, me, &wanted).await.unwrap();
    assert_eq!(level(&shop, &product).await, (2, 2, 0));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn a_lapsed_hold_whose_units_are_gone_is_refused_and_changes_nothing(db: PgPool) {
    let shop = Shop::new(db);
    let product = shop.simple_product("bowl", 2_000, 2).await;
    let (me, wanted) = (holder(), [line(&product, 0, 2)]);
    hold(&shop, me, &wanted).await.unwrap();
    shop.advance(LATER).await;
    hold(&shop, holder(), &[line(&product, 0, 1)]).await.unwrap();
    assert!(matches!(firm(&shop, me, &wanted).await, Err(Failure::Refused(StockRefusal::Lapsed))));
    assert_eq!(level(&shop, &product).await, (2, 0, 1));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn a_hold_is_made_longer_once_and_never_beyond_half_an_hour(db: PgPool) {
    let shop = Shop::new(db.clone());
    let product = shop.simple_product("bowl", 2_000, 2).await;
    let me = holder();
    hold(&shop, me, &[line(&product, 0, 1)]).await.unwrap();
    shop.advance(Duration::from_secs(10 * 60)).await;
    let mut tx = db.begin().await.unwrap();
    let longer = extend(&mut tx, me, 60 * 60).await.unwrap().expect("the first time it is made longer");
    assert_eq!(extend(&mut tx, me, 60).await.unwrap(), None);
    tx.commit().await.unwrap();
    let begun: time::OffsetDateTime = sqlx::query_scalar("select first_held_at from reservation").fetch_one(&db).await.unwrap();
    assert_eq!((longer - begun).whole_seconds(), 30 * 60);
    shop.advance(Duration::from_secs(21 * 60)).await;
    assert_eq!(expire_due(&shop.handles).await.unwrap(), 1);
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn releasing_gives_back_held_and_firm_units_once(db: PgPool) {
    let shop = Shop::new(db.clone());
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let (held, made_firm) = (holder(), holder());
    hold(&shop, held, &[line(&product, 0, 2)]).await.unwrap();
    hold(&shop, made_firm, &[line(&product, 0, 3)]).await.unwrap();
    firm(&shop, made_firm, &[line(&product, 0, 3)]).await.unwrap();
    for who in [held, made_firm, held, made_firm] {
        let mut tx = db.begin().await.unwrap();
        release(&mut tx, who).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(level(&shop, &product).await, (5, 0, 0));
    assert_counted(&shop).await;
}

#[sqlx::test]
async fn a_warehouse_of_the_destination_goes_first_and_one_that_has_all_before_a_split(db: PgPool) {
    let shop = Shop::new(db.clone());
    let product = shop.simple_product("bowl", 2_000, 2).await;
    let near = Uuid::from_u128(2);
    shop.run("insert into warehouse (warehouse_id, code, name, country, rank) values ($1, 'W2', 'Venlo', 'NL', -1)", |query| {
        query.bind(near)
    })
    .await;
    shop.run("insert into stock_level (stock_item_id, warehouse_id, on_hand) values ($1, $2, 5)", |query| {
        query.bind(product.stock_items[0].0).bind(near)
    })
    .await;
    shop.run(
        "insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values ($1, $2, $3, 5, 'receive')",
        |query| query.bind(backend::db::new_id()).bind(product.stock_items[0].0).bind(near),
    )
    .await;
    let to = |country: &str| Some(Destination { country: country.parse().unwrap(), region: None });
    let taken = |held: Vec<Reservation>| held.into_iter().map(|part| (part.warehouse.0, part.quantity)).collect::<Vec<_>>();
    let home = Uuid::from_u128(1);
    let one = reserve(&shop.handles, holder(), &[line(&product, 0, 1)], HOLD_S, to("US")).await.unwrap();
    assert_eq!(taken(one), [(home, 1)]);
    let abroad = reserve(&shop.handles, holder(), &[line(&product, 0, 1)], HOLD_S, to("DE")).await.unwrap();
    assert_eq!(taken(abroad), [(near, 1)]);
    let whole = reserve(&shop.handles, holder(), &[line(&product, 0, 3)], HOLD_S, to("US")).await.unwrap();
    assert_eq!(taken(whole), [(near, 3)]);
    let split = reserve(&shop.handles, holder(), &[line(&product, 0, 2)], HOLD_S, to("US")).await.unwrap();
    assert_eq!(taken(split), [(home, 1), (near, 1)]);
    assert_counted(&shop).await;
}
