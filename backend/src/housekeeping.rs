//! What the shop does for itself, again and again: forgetting what nobody needs any more.

use crate::jobs::{self, Handler, Next, schedule};
use crate::{Handles, accounts, cart, checkout, db, events, mail, orders, payments};
use serde_json::json;
use std::sync::LazyLock;
use std::time::Duration;
use uuid::Uuid;

const FORGET_EVERY: Duration = Duration::from_secs(3600);
/// While there is more to forget.
const FORGET_AGAIN: Duration = Duration::from_secs(1);

const KINDS: &[Handler] = &[
    Handler { kind: "forget_events", run: |handles, _| Box::pin(async move { again(events::forget_old(&handles).await?) }) },
    Handler { kind: "forget_carts", run: |handles, _| Box::pin(async move { again(cart::delete_expired(&handles).await?) }) },
    Handler { kind: "forget_sessions", run: |handles, _| Box::pin(async move { again(accounts::forget_ended(&handles).await?) }) },
    Handler { kind: "forget_webhooks", run: |handles, _| Box::pin(async move { again(payments::forget_webhooks(&handles).await?) }) },
    Handler { kind: "forget_order_links", run: |handles, _| Box::pin(async move { again(orders::forget_ended(&handles).await?) }) },
    Handler { kind: "forget_purchases", run: |handles, _| Box::pin(async move { again(checkout::forget_finished(&handles).await?) }) },
    Handler { kind: "forget_mails", run: |handles, _| Box::pin(async move { again(mail::forget_old(&handles).await?) }) },
];

fn again(deleted: u64) -> anyhow::Result<Next> {
    Ok(Next::Again(if deleted == 0 { FORGET_EVERY } else { FORGET_AGAIN }))
}

/// Runs what is due of it, and begins what was never begun. A worker calls it often; returns how many jobs ran.
///
/// # Errors
/// When the database fails.
pub async fn run(handles: &Handles) -> anyhow::Result<u32> {
    ensure_scheduled(handles).await?;
    jobs::run_due(handles, worker_name(), KINDS).await
}

/// Every job that repeats is there, once.
async fn ensure_scheduled(handles: &Handles) -> anyhow::Result<()> {
    let mut connection = handles.db.acquire().await?;
    for handler in KINDS {
        schedule(&mut connection, handler.kind, Uuid::nil(), &json!({}), Duration::ZERO).await?;
    }
    Ok(())
}

/// Of this process, among all that work on the same database.
fn worker_name() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| format!("housekeeping-{}", db::new_id()));
    &NAME
}
