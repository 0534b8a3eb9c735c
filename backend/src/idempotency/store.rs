use sqlx::PgPool;
use uuid::Uuid;

pub(super) struct KeyRow {
    pub(super) fingerprint: Vec<u8>,
    pub(super) is_leased: bool,
    pub(super) operation_id: Uuid,
    pub(super) status: Option<i32>,
    pub(super) answer: Option<Vec<u8>>,
}

/// Says whether the row is new: then its maker runs the request.
pub(super) async fn insert(db: &PgPool, scope: &str, key: &str, fingerprint: &[u8], operation: Uuid, lease_s: f64) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into idempotency_key (scope, key, fingerprint, operation_id, state, leased_until)
         values ($1, $2, $3, $4, 'running', souk.clock() + make_interval(secs => $5))
         on conflict (scope, key) do nothing",
        scope,
        key,
        fingerprint,
        operation,
        lease_s,
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

pub(super) async fn find(db: &PgPool, scope: &str, key: &str) -> sqlx::Result<Option<KeyRow>> {
    sqlx::query_as!(
        KeyRow,
        r#"select fingerprint, leased_until > souk.clock() as "is_leased!", operation_id, status, answer
           from idempotency_key where scope = $1 and key = $2"#,
        scope,
        key,
    )
    .fetch_optional(db)
    .await
}

/// Takes the lease of a call that died. Of several who try, one gets it.
pub(super) async fn take_over(db: &PgPool, scope: &str, key: &str, lease_s: f64) -> sqlx::Result<bool> {
    let taken = sqlx::query!(
        "update idempotency_key set leased_until = souk.clock() + make_interval(secs => $3)
         where scope = $1 and key = $2 and state = 'running' and leased_until <= souk.clock()",
        scope,
        key,
        lease_s,
    )
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}

pub(super) async fn complete(db: &PgPool, scope: &str, key: &str, status: i32, answer: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "update idempotency_key set state = 'done', status = $3, answer = $4, completed_at = souk.clock()
         where scope = $1 and key = $2 and state = 'running'",
        scope,
        key,
        status,
        answer,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn free(db: &PgPool, scope: &str, key: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from idempotency_key where scope = $1 and key = $2 and state = 'running'", scope, key).execute(db).await?;
    Ok(())
}

pub(super) async fn let_go(db: &PgPool, scope: &str, key: &str) -> sqlx::Result<()> {
    sqlx::query!("update idempotency_key set leased_until = souk.clock() where scope = $1 and key = $2 and state = 'running'", scope, key,)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn delete_older(db: &PgPool, days: i32, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from idempotency_key where (scope, key) in (
             select scope, key from idempotency_key where created_at < souk.clock() - make_interval(days => $1) order by created_at limit $2
         )",
        days,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
