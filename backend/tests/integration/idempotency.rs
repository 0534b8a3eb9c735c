use backend::idempotency::{Begin, Ticket, begin, complete, forget_old, free};
use backend::testing::Shop;
use sqlx::PgPool;
use std::time::Duration;
use tokio::task::JoinSet;

const SCOPE: &str = "guest 1 POST /api/v1/orders";
const BODY: &[u8] = br#"{"email":"ada@example.org"}"#;

fn ticket(begun: Begin) -> Ticket {
    match begun {
        Begin::Run(ticket) => ticket,
        other => panic!("expected the right to run, got {other:?}"),
    }
}

#[sqlx::test]
async fn of_many_calls_at_once_one_runs_and_the_others_are_told_to_wait(db: PgPool) {
    let shop = Shop::new(db);
    let mut calls = JoinSet::new();
    for _ in 0..12 {
        let guest = shop.guest();
        calls.spawn(async move { begin(&guest, SCOPE, "key", BODY).await.unwrap() });
    }
    let outcomes = calls.join_all().await;
    assert_eq!(outcomes.iter().filter(|begun| matches!(begun, Begin::Run(_))).count(), 1);
    assert_eq!(outcomes.iter().filter(|begun| matches!(begun, Begin::InProgress { retry_after_s: 1.. })).count(), 11);
}

#[sqlx::test]
async fn an_answer_is_given_again_byte_for_byte_and_rests_sealed(db: PgPool) {
    let shop = Shop::new(db.clone());
    let guest = shop.guest();
    let running = ticket(begin(&guest, SCOPE, "key", BODY).await.unwrap());
    let answer = b"{\"client_secret\":\"pi_1_secret_2\",  \"odd\":\"\xc3\xa4\"}";
    complete(&shop.handles, &running, 201, answer).await.unwrap();
    for _ in 0..2 {
        let Begin::Replay { status, body } = begin(&guest, SCOPE, "key", BODY).await.unwrap() else { panic!("it was answered") };
        assert_eq!((status, body.as_slice()), (201, answer.as_slice()));
    }
    assert!(matches!(begin(&guest, SCOPE, "key", b"{}").await.unwrap(), Begin::Reused));
    assert!(matches!(begin(&guest, "guest 2 POST /api/v1/orders", "key", BODY).await.unwrap(), Begin::Run(_)));
    let stored: String =
        sqlx::query_scalar("select encode(answer, 'escape') from idempotency_key where answer is not null").fetch_one(&db).await.unwrap();
    assert!(!stored.contains("client_secret"));
}

#[sqlx::test]
async fn a_freed_key_is_free_for_another_body(db: PgPool) {
    let shop = Shop::new(db);
    let guest = shop.guest();
    let refused = ticket(begin(&guest, SCOPE, "key", BODY).await.unwrap());
    assert!(matches!(begin(&guest, SCOPE, "key", b"{}").await.unwrap(), Begin::Reused));
    free(&shop.handles, &refused).await.unwrap();
    ticket(begin(&guest, SCOPE, "key", b"{}").await.unwrap());
}

#[sqlx::test]
async fn who_takes_over_from_a_dead_call_gets_the_name_of_its_deed(db: PgPool) {
    let shop = Shop::new(db);
    let guest = shop.guest();
    let died = ticket(begin(&guest, SCOPE, "key", BODY).await.unwrap());
    shop.advance(Duration::from_secs(59)).await;
    assert!(matches!(begin(&guest, SCOPE, "key", BODY).await.unwrap(), Begin::InProgress { .. }));
    shop.advance(Duration::from_secs(2)).await;
    let next = ticket(begin(&guest, SCOPE, "key", BODY).await.unwrap());
    assert_eq!(next.operation, died.operation);
    assert!(matches!(begin(&guest, SCOPE, "key", BODY).await.unwrap(), Begin::InProgress { .. }));
}

#[sqlx::test]
async fn answers_are_forgotten_after_thirty_days(db: PgPool) {
    let shop = Shop::new(db);
    let guest = shop.guest();
    let running = ticket(begin(&guest, SCOPE, "key", BODY).await.unwrap());
    complete(&shop.handles, &running, 201, b"{}").await.unwrap();
    shop.advance(Duration::from_secs(29 * 86_400)).await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 0);
    shop.advance(Duration::from_secs(2 * 86_400)).await;
    assert_eq!(forget_old(&shop.handles).await.unwrap(), 1);
    assert!(matches!(begin(&guest, SCOPE, "key", b"{}").await.unwrap(), Begin::Run(_)));
}
