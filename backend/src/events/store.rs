use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

pub(super) async fn insert(tx: &mut PgConnection, kind: &str, subject: Uuid, payload: &Value, request_id: &str) -> sqlx::Result<()> {
    sqlx::query!("insert into event (kind, subject_id, payload, request_id) values ($1, $2, $3, $4)", kind, subject, payload, request_id)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn delete_old(executor: impl PgExecutor<'_>, days: i32, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from event where event_id in (
            select event_id from event where created_at < souk.clock() - make_interval(days => $1) order by event_id limit $2
        )",
        days,
        limit
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}
