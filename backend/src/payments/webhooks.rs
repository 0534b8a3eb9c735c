//! What the gateway tells us: verified on the raw body, stored once, acted on by a worker. An event is a hint that
//! something has moved, never the truth about it: whoever acts on it fetches the object anew.

use super::payables::expects_live;
use super::store;
use crate::{Failure, Handles, secret};
use domain::id::OrderId;
use domain::payments::Gateway as GatewayKind;
use domain::refusal::NoRefusal;
use ring::hmac;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use std::time::{SystemTime, UNIX_EPOCH};

/// Older or newer than this is a replay, or a clock that cannot be trusted. Stripe's own libraries allow the same.
const TOLERANCE_S: u64 = 300;
/// More signatures than an endpoint that changes its secret ever sends.
const SIGNATURES_MAX: usize = 8;
/// Days for which an event can be read in full: three times as long as Stripe shows it itself.
const BODY_KEPT_DAYS: i32 = 90;
/// Bodies dropped in one statement; the next follows soon.
const FORGET_BATCH: i64 = 1_000;

/// Stores a webhook whose signature is right, once; what it means is decided by a worker. `Forbidden`: not from the gateway.
///
/// # Errors
/// `Forbidden`, or when the database fails: then the gateway sends it again.
pub async fn store_webhook(handles: &Handles, body: &[u8], signature: &str) -> Result<(), Failure<NoRefusal>> {
    // The signature's time is the gateway's clock against ours: the database has nothing to do with it.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if !is_signed(body, signature, handles.settings.webhook_secret.expose_secret(), now) {
        metrics::counter!("webhooks_forged_total").increment(1);
        tracing::warn!(bytes = body.len(), "a webhook without a right signature was turned away");
        return Err(Failure::Forbidden);
    }
    let text = String::from_utf8_lossy(body);
    let event: Value = serde_json::from_str(&text).unwrap_or_default();
    let id = event["id"].as_str().map_or_else(|| format!("unreadable-{}", secret::hex(&Sha256::digest(body))), str::to_owned);
    let kind = event["type"].as_str().unwrap_or("unreadable");
    let gateway = match handles.settings.gateway {
        GatewayKind::Stripe => "stripe",
        GatewayKind::Sandbox => "sandbox",
    };
    store::insert_webhook(&handles.db, &id, gateway, kind, &text).await?;
    Ok(())
}

/// `header`: `t=<seconds>,v1=<hex>[,v1=<hex>…]`; one right signature is enough, so that a secret can be changed.
fn is_signed(body: &[u8], header: &str, secret_text: &str, now: u64) -> bool {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some(("t", seconds)) = parts.next() else { return false };
    let Ok(sent) = seconds.parse::<u64>() else { return false };
    if sent.abs_diff(now) > TOLERANCE_S {
        return false;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret_text.as_bytes());
    let signed = [seconds.as_bytes(), b".", body].concat();
    // `verify` takes the same time wherever the difference is.
    let is_right = |text: &str| secret::from_hex(text).is_some_and(|signature| hmac::verify(&key, &signed, &signature).is_ok());
    parts.filter(|(scheme, _)| *scheme == "v1").take(SIGNATURES_MAX).any(|(_, text)| is_right(text))
}

/// Marks up to `limit` stored events as handled, in the caller's transaction, and says which orders are to be looked at.
///
/// # Errors
/// When the database fails.
pub async fn take_webhooks(tx: &mut PgConnection, handles: &Handles, limit: i64) -> anyhow::Result<Vec<OrderId>> {
    let mut orders = Vec::new();
    for row in store::take_webhooks(tx, limit).await? {
        let outcome = match Hint::read(&row.kind, &row.body) {
            None => "not for us",
            Some(hint) => match store::webhook_subject(tx, &hint.object_id, hint.order_id).await? {
                None => "unknown object",
                Some(subject) if hint.matches(&subject, expects_live(handles)) => {
                    orders.push(subject.order);
                    "looked at"
                }
                Some(subject) => {
                    metrics::counter!("gateway_mismatches_total").increment(1);
                    tracing::error!(event = row.event_id, order = %subject.order, "a signed webhook does not match its order");
                    "mismatch"
                }
            },
        };
        store::handled_webhook(tx, &row.event_id, outcome).await?;
    }
    orders.dedup();
    Ok(orders)
}

/// Drops what handled events said: it names shoppers and their addresses. Their rows stay, so that an event which comes
/// again is known however late it is. Returns how many bodies went.
///
/// # Errors
/// When the database fails.
pub async fn forget_webhooks(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::drop_webhook_bodies(&handles.db, BODY_KEPT_DAYS, FORGET_BATCH).await?)
}

/// What an event says about which object.
struct Hint {
    object_id: String,
    order_id: Option<uuid::Uuid>,
    amount: Option<i64>,
    currency: Option<String>,
    livemode: Option<bool>,
    /// Something that happened in an account connected to ours. What happens in our own names none.
    is_of_another_account: bool,
}

impl Hint {
    /// Events of intents and hosted pages; all others repeat what these say.
    fn read(kind: &str, body: &str) -> Option<Self> {
        if !kind.starts_with("payment_intent.") && !kind.starts_with("checkout.session.") {
            return None;
        }
        let event: Value = serde_json::from_str(body).ok()?;
        let object = &event["data"]["object"];
        let amount = if object["object"] == "checkout.session" { &object["amount_total"] } else { &object["amount"] };
        Some(Self {
            object_id: object["id"].as_str()?.to_owned(),
            order_id: object["metadata"]["order_id"].as_str().and_then(|text| text.parse().ok()),
            amount: amount.as_i64(),
            currency: object["currency"].as_str().map(str::to_owned),
            livemode: event["livemode"].as_bool(),
            is_of_another_account: !event["account"].is_null(),
        })
    }

    fn matches(&self, subject: &store::Subject, live: bool) -> bool {
        self.amount == Some(subject.amount)
            && self.currency.as_deref().is_some_and(|currency| currency.eq_ignore_ascii_case(&subject.currency))
            && self.order_id == Some(subject.order.0)
            && self.livemode == Some(live)
            && !self.is_of_another_account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test";

    fn signature(body: &[u8], seconds: u64, secret_text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret_text.as_bytes());
        secret::hex(hmac::sign(&key, &[seconds.to_string().as_bytes(), b".", body].concat()).as_ref())
    }

    #[test]
    fn one_right_signature_of_several_is_enough() {
        let body = br#"{"id":"evt_1"}"#;
        let (right, wrong) = (signature(body, 1_000, SECRET), signature(body, 1_000, "whsec_old"));
        assert!(is_signed(body, &format!("t=1000,v1={right}"), SECRET, 1_000));
        assert!(is_signed(body, &format!("t=1000,v1={wrong},v1={right}"), SECRET, 1_299));
        assert!(!is_signed(body, &format!("t=1000,v1={wrong}"), SECRET, 1_000));
    }

    #[test]
    fn changed_old_and_malformed_webhooks_are_refused() {
        let body = br#"{"id":"evt_1"}"#;
        let right = signature(body, 1_000, SECRET);
        assert!(!is_signed(br#"{"id":"evt_2"}"#, &format!("t=1000,v1={right}"), SECRET, 1_000));
        assert!(!is_signed(body, &format!("t=1000,v1={right}"), SECRET, 1_301));
        assert!(!is_signed(body, &format!("t=1000,v1={right}"), SECRET, 699));
        assert!(!is_signed(body, &format!("t=1001,v1={right}"), SECRET, 1_000));
        for header in ["", "t=1000", "v1=00", "t=x,v1=00", &format!("t=1000,v0={right}"), &format!("t=1000,v1={right}0")] {
            assert!(!is_signed(body, header, SECRET, 1_000), "{header}");
        }
    }
}
