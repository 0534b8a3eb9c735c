use super::reader::{Position, Row};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

pub(super) async fn insert(tx: &mut PgConnection, kind: &str, subject: Uuid, payload: &Value, request_id: &str) -> sqlx::Result<()> {
    sqlx::query!("insert into event (kind, subject_id, payload, request_id) values ($1, $2, $3, $4)", kind, subject, payload, request_id)
        .execute(tx)
        .await?;
    Ok(())
}

/// The events after `position`, oldest first, below the oldest transaction that still runs.
pub(super) async fn after(executor: impl PgExecutor<'_>, position: &Position, limit: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"select event_id, transaction_id::text as "transaction_id!", payload, request_id, created_at from event
        where (transaction_id, event_id) > ($1::text::xid8, $2::bigint)
            and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        order by transaction_id, event_id limit $3"#,
        position.transaction_id,
        position.event_id,
        limit
    )
    .fetch_all(executor)
    .await
}

/// Where a reader stands who wants nothing of the past. Everything that still runs, or comes, lies after it.
pub(super) async fn head(executor: impl PgExecutor<'_>) -> sqlx::Result<Position> {
    let transaction_id =
        sqlx::query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text as "id!""#).fetch_one(executor).await?;
    Ok(Position { transaction_id, event_id: 0 })
}

pub(super) async fn begin_cursor(executor: impl PgExecutor<'_>, consumer: &str) -> sqlx::Result<()> {
    sqlx::query!("insert into event_cursor (consumer) values ($1) on conflict do nothing", consumer).execute(executor).await?;
    Ok(())
}

/// Takes or keeps the lease of the shared cursor. None: somebody else reads, or the next try is not due yet.
pub(super) async fn lease(executor: impl PgExecutor<'_>, consumer: &str, reader: &str, seconds: f64) -> sqlx::Result<Option<Position>> {
    sqlx::query_as!(
        Position,
        r#"update event_cursor set leased_by = $2, leased_until = souk.clock() + make_interval(secs => $3)
        where consumer = $1 and (leased_by is null or leased_by = $2 or leased_until < souk.clock())
            and (retry_at is null or retry_at <= souk.clock())
        returning transaction_id::text as "transaction_id!", event_id"#,
        consumer,
        reader,
        seconds
    )
    .fetch_optional(executor)
    .await
}

/// Moves the cursor past an event. False: the lease went to somebody else meanwhile.
pub(super) async fn advance(tx: &mut PgConnection, consumer: &str, reader: &str, to: &Position) -> sqlx::Result<bool> {
    let moved = sqlx::query!(
        "update event_cursor set transaction_id = $3::text::xid8, event_id = $4, attempts = 0, retry_at = null
        where consumer = $1 and leased_by = $2",
        consumer,
        reader,
        to.transaction_id,
        to.event_id
    )
    .execute(tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Counts a failure at the event after the cursor and says how many there were in a row.
pub(super) async fn note_failure(
    executor: impl PgExecutor<'_>,
    consumer: &str,
    reader: &str,
    delay_base_s: f64,
) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "update event_cursor set attempts = attempts + 1, retry_at = souk.clock() + make_interval(secs => $3 * power(2, least(attempts, 10)))
        where consumer = $1 and leased_by = $2 returning attempts",
        consumer,
        reader,
        delay_base_s
    )
    .fetch_optional(executor)
    .await
}

/// Whether the consumer has not done this event yet; notes it.
pub(super) async fn note_done(tx: &mut PgConnection, consumer: &str, event_id: i64) -> sqlx::Result<bool> {
    let inserted = sqlx::query!("insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing", consumer, event_id)
        .execute(tx)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

pub(super) async fn put_aside(tx: &mut PgConnection, consumer: &str, event_id: i64, attempts: i32, error: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into dead_letter (consumer, event_id, attempts, error) values ($1, $2, $3, $4) on conflict do nothing",
        consumer,
        event_id,
        attempts,
        error
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_old(executor: impl PgExecutor<'_>, days: i32, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "with old as (
            select event_id from event
            where created_at < souk.clock() - make_interval(days => $1)
                and not exists (select from dead_letter where dead_letter.event_id = event.event_id)
            order by event_id limit $2
        ), done as (delete from inbox using old where inbox.event_id = old.event_id)
        delete from event using old where event.event_id = old.event_id",
        days,
        limit
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}
