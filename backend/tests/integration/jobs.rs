use backend::jobs::{Handler, Next, run_due, run_one, schedule};
use backend::testing::Shop;
use backend::{Context, cart, housekeeping};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

const SUBJECT: Uuid = Uuid::from_u128(1);

/// Does nothing, fails or panics, as its name says.
const HANDLERS: &[Handler] = &[
    Handler { kind: "done", run: |_, _| Box::pin(async { Ok(Next::Done) }) },
    Handler { kind: "again", run: |_, _| Box::pin(async { Ok(Next::Again(Duration::from_secs(60))) }) },
    Handler { kind: "fails", run: |_, _| Box::pin(async { anyhow::bail!("it does not work") }) },
    Handler { kind: "panics", run: |_, _| Box::pin(async { panic!("nobody expected this") }) },
];

async fn scheduled(shop: &Shop, kind: &str, delay_s: u64) -> bool {
    let mut connection = shop.handles.db.acquire().await.unwrap();
    schedule(&mut connection, kind, SUBJECT, &json!({}), Duration::from_secs(delay_s)).await.unwrap()
}

async fn text(db: &PgPool, query: &'static str) -> Option<String> {
    sqlx::query_scalar(query).fetch_optional(db).await.unwrap().flatten()
}

#[sqlx::test]
async fn scheduling_twice_is_scheduling_once(db: PgPool) {
    let shop = Shop::new(db);
    assert!(scheduled(&shop, "done", 0).await);
    assert!(!scheduled(&shop, "done", 0).await);
    assert_eq!(run_due(&shop.handles, "a", HANDLERS).await.unwrap(), 1);
    assert!(scheduled(&shop, "done", 0).await, "once it is done it may come again");
}

#[sqlx::test]
async fn a_job_waits_for_its_time_and_for_a_worker_who_knows_it(db: PgPool) {
    let shop = Shop::new(db);
    scheduled(&shop, "done", 60).await;
    assert!(!run_one(&shop.handles, "a", HANDLERS).await.unwrap());
    shop.advance(Duration::from_secs(61)).await;
    assert!(!run_one(&shop.handles, "a", &HANDLERS[1..]).await.unwrap());
    assert!(run_one(&shop.handles, "a", HANDLERS).await.unwrap());
}

#[sqlx::test]
async fn a_rolled_back_transaction_schedules_nothing(db: PgPool) {
    let shop = Shop::new(db.clone());
    let mut tx = db.begin().await.unwrap();
    schedule(&mut tx, "done", SUBJECT, &json!({}), Duration::ZERO).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(!run_one(&shop.handles, "a", HANDLERS).await.unwrap());
}

#[sqlx::test]
async fn what_repeats_comes_again_after_its_pause(db: PgPool) {
    let shop = Shop::new(db);
    scheduled(&shop, "again", 0).await;
    assert_eq!(run_due(&shop.handles, "a", HANDLERS).await.unwrap(), 1);
    shop.advance(Duration::from_secs(61)).await;
    assert_eq!(run_due(&shop.handles, "a", HANDLERS).await.unwrap(), 1);
}

#[sqlx::test]
async fn a_failure_is_tried_again_later_and_put_aside_at_last(db: PgPool) {
    let shop = Shop::new(db.clone());
    scheduled(&shop, "fails", 0).await;
    assert_eq!(run_due(&shop.handles, "a", HANDLERS).await.unwrap(), 1, "not again at once");
    for _ in 0..20 {
        shop.advance(Duration::from_secs(3 * 3600)).await;
        run_due(&shop.handles, "a", HANDLERS).await.unwrap();
    }
    let parked = text(&db, "select attempts || ' ' || last_error from job where parked_at is not null").await;
    assert_eq!(parked.as_deref(), Some("12 it does not work"));
}

#[sqlx::test]
async fn a_panic_is_the_jobs_failure_and_not_the_workers(db: PgPool) {
    let shop = Shop::new(db.clone());
    scheduled(&shop, "panics", 0).await;
    assert!(run_one(&shop.handles, "a", HANDLERS).await.unwrap());
    assert!(text(&db, "select last_error from job").await.unwrap().contains("panicked"));
}

#[sqlx::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_runs_out(db: PgPool) {
    let shop = Shop::new(db.clone());
    scheduled(&shop, "done", 0).await;
    shop.run("update job set leased_by = 'dead', leased_until = souk.clock() + interval '60 seconds', attempts = 1", |query| query).await;
    assert!(!run_one(&shop.handles, "b", HANDLERS).await.unwrap());
    shop.advance(Duration::from_secs(61)).await;
    assert!(run_one(&shop.handles, "b", HANDLERS).await.unwrap());
    assert_eq!(text(&db, "select kind from job").await, None);
}

#[sqlx::test]
async fn two_workers_never_run_the_same_job_at_once(db: PgPool) {
    const SLOW: &[Handler] = &[Handler {
        kind: "slow",
        run: |handles, _| {
            Box::pin(async move {
                sqlx::query("insert into inbox (consumer, event_id) values ('slow', 1)").execute(&handles.db).await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok(Next::Done)
            })
        },
    }];
    let shop = Shop::new(db.clone());
    scheduled(&shop, "slow", 0).await;
    let both = tokio::join!(run_one(&shop.handles, "a", SLOW), run_one(&shop.handles, "b", SLOW));
    assert_eq!([both.0.unwrap(), both.1.unwrap()].iter().filter(|ran| **ran).count(), 1);
    assert_eq!(text(&db, "select kind from job").await, None);
}

#[sqlx::test]
async fn housekeeping_forgets_what_nobody_needs_and_keeps_the_rest(db: PgPool) {
    let shop = Shop::new(db.clone());
    let product = shop.simple_product("bowl", 2_000, 5).await;
    let old = cart::set_item(&shop.guest(), product.variants[0], 1).await.unwrap();
    shop.advance(Duration::from_secs(40 * 86_400)).await;
    let kept = cart::set_item(&shop.guest(), product.variants[0], 1).await.unwrap();
    // Each runs once, and what has deleted something once more a second later: at once, where the machine is slow.
    let mut ran = housekeeping::run(&shop.handles).await.unwrap();
    assert!((7..=8).contains(&ran), "{ran}");
    shop.advance(Duration::from_secs(2)).await;
    ran += housekeeping::run(&shop.handles).await.unwrap();
    assert_eq!(ran, 8);
    assert_eq!(housekeeping::run(&shop.handles).await.unwrap(), 0, "what repeats waits for its time");
    let carts: Vec<Uuid> = sqlx::query_scalar("select cart_id from cart").fetch_all(&db).await.unwrap();
    assert_eq!(carts, [kept.id.unwrap().0]);
    let gone: Context = shop.guest_with_cart(&old.token.unwrap());
    assert!(cart::view(&gone).await.is_err());
}
