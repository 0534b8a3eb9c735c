use super::runner::Job;
use crate::db;
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

pub(super) async fn insert(tx: &mut PgConnection, kind: &str, subject: Uuid, payload: &Value, delay_s: f64) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into job (job_id, kind, subject_id, payload, run_at) values ($1, $2, $3, $4, souk.clock() + make_interval(secs => $5))
        on conflict on constraint job_kind_subject_key do nothing",
        db::new_id(),
        kind,
        subject,
        payload,
        delay_s
    )
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes the job that is due longest, of these kinds. One whose lease has run out is taken over.
pub(super) async fn take(executor: impl PgExecutor<'_>, worker: &str, kinds: &[String], lease_s: f64) -> sqlx::Result<Option<Job>> {
    sqlx::query_as!(
        Job,
        "update job set leased_by = $1, leased_until = souk.clock() + make_interval(secs => $3), heartbeat_at = souk.clock(), attempts = attempts + 1
        where job_id = (
            select job_id from job
            where run_at <= souk.clock() and parked_at is null and (leased_until is null or leased_until < souk.clock()) and kind = any ($2)
            order by run_at for update skip locked limit 1
        )
        returning job_id, kind, subject_id, payload, attempts",
        worker,
        kinds,
        lease_s
    )
    .fetch_optional(executor)
    .await
}

/// Keeps the lease. False: it went to somebody else.
pub(super) async fn beat(executor: impl PgExecutor<'_>, job: &Job, worker: &str, lease_s: f64) -> sqlx::Result<bool> {
    let beaten = sqlx::query!(
        "update job set leased_until = souk.clock() + make_interval(secs => $4), heartbeat_at = souk.clock()
        where job_id = $1 and leased_by = $2 and attempts = $3",
        job.job_id,
        worker,
        job.attempts,
        lease_s
    )
    .execute(executor)
    .await?;
    Ok(beaten.rows_affected() == 1)
}

pub(super) async fn delete(executor: impl PgExecutor<'_>, job: &Job, worker: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from job where job_id = $1 and leased_by = $2 and attempts = $3", job.job_id, worker, job.attempts)
        .execute(executor)
        .await?;
    Ok(())
}

/// Lets go of a job until later. `error`: why, when it failed; a job that went well begins counting anew.
pub(super) async fn put_back(
    executor: impl PgExecutor<'_>,
    job: &Job,
    worker: &str,
    delay_s: f64,
    error: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update job set run_at = souk.clock() + make_interval(secs => $4), leased_by = null, leased_until = null, last_error = $5,
            attempts = case when $5::text is null then 0 else attempts end
        where job_id = $1 and leased_by = $2 and attempts = $3",
        job.job_id,
        worker,
        job.attempts,
        delay_s,
        error
    )
    .execute(executor)
    .await?;
    Ok(())
}

pub(super) async fn park(executor: impl PgExecutor<'_>, job: &Job, worker: &str, error: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update job set parked_at = souk.clock(), leased_by = null, leased_until = null, last_error = $4
        where job_id = $1 and leased_by = $2 and attempts = $3",
        job.job_id,
        worker,
        job.attempts,
        error
    )
    .execute(executor)
    .await?;
    Ok(())
}
