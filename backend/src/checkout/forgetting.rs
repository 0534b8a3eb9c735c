//! What is kept of a purchase that has come to its end.

use super::store;
use crate::Handles;

/// Days after which nobody asks any more how a purchase went; afterwards the order says what there is to know.
const KEPT_DAYS: i32 = 90;
/// Purchases dealt with in one transaction; the next follows soon.
const BATCH: i64 = 500;

/// Forgets whose the finished purchases were. One that left an order behind keeps its row: the deed that began it, done
/// again, must find that order and not place a second one. One that came to nothing goes altogether. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_finished(handles: &Handles) -> anyhow::Result<u64> {
    let deleted = store::delete_fruitless(&handles.db, KEPT_DAYS, BATCH).await?;
    let mut tx = handles.db.begin().await?;
    let finished = store::lock_finished(&mut tx, KEPT_DAYS, BATCH).await?;
    let forgotten: Vec<_> = finished.iter().map(|(saga, purchase)| (*saga, purchase.forgotten())).collect();
    store::forget(&mut tx, &forgotten).await?;
    tx.commit().await?;
    Ok(deleted + forgotten.len() as u64)
}
