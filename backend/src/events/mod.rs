//! The event log: facts recorded in the transaction of the change itself, and kept for a while. Who reads it from a place
//! on stops below the oldest transaction that still runs: an event whose transaction commits late lies before others that
//! can be seen already.

mod store;

use crate::Handles;
use domain::events::Event;
use sqlx::PgConnection;

/// Days an event is kept; whoever slept longer rebuilds from the tables.
const KEPT_DAYS: i32 = 14;
/// Rows deleted in one statement; the next follows soon.
const FORGET_BATCH: i64 = 5_000;

/// Records `event` in the transaction of the change it tells of.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut PgConnection, event: &Event, request_id: &str) -> anyhow::Result<()> {
    store::insert(tx, event.kind(), event.subject(), &serde_json::to_value(event)?, request_id).await?;
    Ok(())
}

/// Deletes what is older than the log is kept. Returns how many events went.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::delete_old(&handles.db, KEPT_DAYS, FORGET_BATCH).await?)
}
