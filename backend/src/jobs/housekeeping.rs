//! What the shop does for itself, again and again: forgetting what nobody needs any more.

use super::runner::{Handler, Next};
use super::schedule;
use crate::{Handles, accounts, cart, events};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

const FORGET_EVERY: Duration = Duration::from_secs(3600);
/// While there is more to forget.
const FORGET_AGAIN: Duration = Duration::from_secs(1);

/// The kinds of jobs that a worker runs.
pub const KINDS: &[Handler] = &[
    Handler { kind: "forget_events", run: |handles, _| Box::pin(async move { again(events::forget_old(&handles).await?) }) },
    Handler { kind: "forget_carts", run: |handles, _| Box::pin(async move { again(cart::delete_expired(&handles).await?) }) },
    Handler { kind: "forget_sessions", run: |handles, _| Box::pin(async move { again(accounts::forget_ended(&handles).await?) }) },
];

fn again(deleted: u64) -> anyhow::Result<Next> {
    Ok(Next::Again(if deleted == 0 { FORGET_EVERY } else { FORGET_AGAIN }))
}

/// Sees to it that every job which repeats is there; a worker calls it when it starts.
///
/// # Errors
/// When the database fails.
pub async fn ensure_scheduled(handles: &Handles) -> anyhow::Result<()> {
    let mut connection = handles.db.acquire().await?;
    for handler in KINDS {
        schedule(&mut connection, handler.kind, Uuid::nil(), &json!({}), Duration::ZERO).await?;
    }
    Ok(())
}
