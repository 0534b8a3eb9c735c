//! Everything timed: one table, one job per kind and subject. A worker takes a due job by a lease and keeps it by a
//! heartbeat; who stops beating loses it to another. What fails is tried again, later and later, and put aside at last.

mod runner;
mod store;

pub use runner::{Handler, Job, Next, run_due, run_one};

use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

/// Schedules a job in the caller's transaction, `delay` from now. One that is there already for this subject stays as it
/// is: the answer is then false.
///
/// # Errors
/// When the database fails.
pub async fn schedule(tx: &mut PgConnection, kind: &str, subject: Uuid, payload: &Value, delay: Duration) -> anyhow::Result<bool> {
    Ok(store::insert(tx, kind, subject, payload, delay.as_secs_f64()).await?)
}
