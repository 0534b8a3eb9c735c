use backend::events::{forget_old, record};
use backend::testing::Shop;
use domain::events::Event;
use domain::id::{OrderId, UserId};
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

async fn record_now(shop: &Shop, numbers: &[u128]) {
    for number in numbers {
        let mut tx = shop.handles.db.begin().await.unwrap();
        record(&mut tx, &Event::UserRegistered { user: UserId(Uuid::from_u128(*number)) }, "test").await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn recorded(db: &PgPool) -> Vec<u128> {
    let subjects: Vec<Uuid> = sqlx::query_scalar("select subject_id from event order by event_id").fetch_all(db).await.unwrap();
    subjects.iter().map(Uuid::as_u128).collect()
}

#[sqlx::test]
async fn what_was_rolled_back_never_happened(db: PgPool) {
    let shop = Shop::new(db.clone());
    let mut undone = db.begin().await.unwrap();
    record(&mut undone, &Event::UserRegistered { user: UserId(Uuid::from_u128(1)) }, "test").await.unwrap();
    undone.rollback().await.unwrap();
    record_now(&shop, &[2]).await;
    assert_eq!(recorded(&db).await, [2]);
}

#[sqlx::test]
async fn the_log_is_kept_two_weeks(db: PgPool) {
    let shop = Shop::new(db.clone());
    record_now(&shop, &[1, 2]).await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 0);
    shop.advance(Duration::from_secs(15 * 86_400)).await;
    record_now(&shop, &[3]).await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 2);
    assert_eq!(recorded(&db).await, [3]);
}

#[sqlx::test]
async fn an_event_is_stored_under_its_name_and_its_thing(db: PgPool) {
    let order = OrderId(Uuid::from_u128(9));
    let mut connection = db.acquire().await.unwrap();
    record(&mut connection, &Event::OrderExpired { order }, "request-7").await.unwrap();
    let row: (String, Uuid, String) = sqlx::query_as("select kind, subject_id, request_id from event").fetch_one(&db).await.unwrap();
    assert_eq!(row, ("order_expired".to_owned(), order.0, "request-7".to_owned()));
}
