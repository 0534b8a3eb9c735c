use backend::events::{Consumer, OwnCursor, Progress, Recorded, consume, forget_old, record};
use backend::testing::Shop;
use domain::events::Event;
use domain::id::{OrderId, UserId};
use sqlx::{PgConnection, PgPool};
use std::sync::Mutex;
use std::time::Duration;
use uuid::Uuid;

/// Longer than any transaction of another test holds the log's reading up.
const PATIENCE: Duration = Duration::from_secs(20);

fn event(number: u128) -> Event {
    Event::UserRegistered { user: UserId(Uuid::from_u128(number)) }
}

fn number(event: &Event) -> u128 {
    event.subject().as_u128()
}

/// Remembers what it was given; fails at one event.
#[derive(Default)]
struct Listener {
    heard: Mutex<Vec<u128>>,
    poison: Option<u128>,
}

impl Listener {
    fn heard(&self) -> Vec<u128> {
        self.heard.lock().unwrap().clone()
    }
}

impl Consumer for Listener {
    fn name(&self) -> &'static str {
        "listener"
    }

    async fn handle(&self, _: &mut PgConnection, recorded: &Recorded) -> anyhow::Result<()> {
        anyhow::ensure!(Some(number(&recorded.event)) != self.poison, "this event is poison");
        self.heard.lock().unwrap().push(number(&recorded.event));
        Ok(())
    }
}

/// Reads until the condition holds: transactions of other databases on the server may still be in the way.
async fn until(mut done: impl AsyncFnMut() -> bool) {
    let started = std::time::Instant::now();
    while !done().await {
        assert!(started.elapsed() < PATIENCE, "nothing came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn record_now(shop: &Shop, numbers: &[u128]) {
    for number in numbers {
        let mut tx = shop.handles.db.begin().await.unwrap();
        record(&mut tx, &event(*number), "test").await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[sqlx::test]
async fn transactions_that_commit_in_reverse_order_are_both_seen(db: PgPool) {
    let shop = Shop::new(db.clone());
    let listener = Listener::default();
    let mut own = OwnCursor::at_head(&shop.handles).await.unwrap();
    let (mut early, mut late) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    record(&mut early, &event(1), "test").await.unwrap();
    record(&mut late, &event(2), "test").await.unwrap();
    late.commit().await.unwrap();
    consume(&shop.handles, &listener, "a").await.unwrap();
    assert_eq!(listener.heard(), [], "the second waits for the first, which still runs");
    assert!(own.next(&shop.handles).await.unwrap().is_empty());
    early.commit().await.unwrap();
    until(async || {
        consume(&shop.handles, &listener, "a").await.unwrap();
        listener.heard().len() == 2
    })
    .await;
    assert_eq!(listener.heard(), [1, 2]);
    let mut read = Vec::new();
    until(async || {
        read.extend(own.next(&shop.handles).await.unwrap().iter().map(|recorded| number(&recorded.event)));
        read.len() == 2
    })
    .await;
    assert_eq!(read, [1, 2]);
}

#[sqlx::test]
async fn what_was_rolled_back_never_happened(db: PgPool) {
    let shop = Shop::new(db.clone());
    let listener = Listener::default();
    let mut undone = db.begin().await.unwrap();
    record(&mut undone, &event(1), "test").await.unwrap();
    undone.rollback().await.unwrap();
    record_now(&shop, &[2]).await;
    until(async || {
        consume(&shop.handles, &listener, "a").await.unwrap();
        !listener.heard().is_empty()
    })
    .await;
    assert_eq!(listener.heard(), [2]);
}

#[sqlx::test]
async fn an_event_that_always_fails_is_put_aside_and_the_next_ones_come(db: PgPool) {
    let shop = Shop::new(db.clone());
    let listener = Listener { poison: Some(2), ..Listener::default() };
    record_now(&shop, &[1, 2, 3]).await;
    until(async || {
        consume(&shop.handles, &listener, "a").await.unwrap();
        // The wait between tries, passed at once.
        shop.advance(Duration::from_secs(60)).await;
        listener.heard() == [1, 3]
    })
    .await;
    let (attempts, error): (i32, String) = sqlx::query_as("select attempts, error from dead_letter").fetch_one(&db).await.unwrap();
    assert_eq!((attempts, error.as_str()), (5, "this event is poison"));
}

#[sqlx::test]
async fn a_failure_waits_before_the_next_try(db: PgPool) {
    let shop = Shop::new(db.clone());
    let listener = Listener { poison: Some(1), ..Listener::default() };
    record_now(&shop, &[1]).await;
    let attempts =
        async || sqlx::query_scalar::<_, i32>("select coalesce(max(attempts), 0) from event_cursor").fetch_one(&db).await.unwrap();
    until(async || {
        consume(&shop.handles, &listener, "a").await.unwrap();
        attempts().await == 1
    })
    .await;
    assert_eq!(consume(&shop.handles, &listener, "a").await.unwrap(), Progress::Waiting);
    assert_eq!(attempts().await, 1);
}

#[sqlx::test]
async fn one_process_reads_a_shared_cursor_until_its_lease_runs_out(db: PgPool) {
    let shop = Shop::new(db);
    let (first, second) = (Listener::default(), Listener::default());
    consume(&shop.handles, &first, "a").await.unwrap();
    record_now(&shop, &[1]).await;
    assert_eq!(consume(&shop.handles, &second, "b").await.unwrap(), Progress::Waiting);
    shop.advance(Duration::from_secs(31)).await;
    until(async || {
        consume(&shop.handles, &second, "b").await.unwrap();
        !second.heard().is_empty()
    })
    .await;
    assert_eq!(consume(&shop.handles, &first, "a").await.unwrap(), Progress::Waiting);
    assert_eq!((first.heard(), second.heard()), (vec![], vec![1]));
}

#[sqlx::test]
async fn the_log_is_kept_two_weeks_and_dead_letters_longer(db: PgPool) {
    let shop = Shop::new(db.clone());
    record_now(&shop, &[1, 2]).await;
    shop.run("insert into dead_letter (consumer, event_id, attempts, error) select 'x', min(event_id), 5, 'no' from event", |query| query)
        .await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 0);
    shop.advance(Duration::from_secs(15 * 86_400)).await;
    record_now(&shop, &[3]).await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 1);
    let left: Vec<String> = sqlx::query_scalar("select subject_id::text from event order by event_id").fetch_all(&db).await.unwrap();
    assert_eq!(left, [Uuid::from_u128(1).to_string(), Uuid::from_u128(3).to_string()]);
}

#[sqlx::test]
async fn an_event_is_stored_under_its_name_and_its_thing(db: PgPool) {
    let order = OrderId(Uuid::from_u128(9));
    let mut connection = db.acquire().await.unwrap();
    record(&mut connection, &Event::OrderExpired { order }, "request-7").await.unwrap();
    let row: (String, Uuid, String) = sqlx::query_as("select kind, subject_id, request_id from event").fetch_one(&db).await.unwrap();
    assert_eq!(row, ("order_expired".to_owned(), order.0, "request-7".to_owned()));
}
