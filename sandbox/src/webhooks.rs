//! Webhooks: every event is sent, signed, until the shop accepts it; on demand twice, shuffled, late or with forgeries.
//!
//! What is still to be sent is read from the book, so a restart goes on where the last run stopped; an event whose
//! acceptance was not written down any more is sent again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::bank::Bank;
use crate::book::{Cause, Entry};
use crate::cards::keyed_digest;
use crate::clock::now_seconds;
use crate::events::Event;
use crate::ids::{new_id, token};

/// How many deliveries are under way at once.
const LANES: usize = 8;
/// How long the shop may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first pause after a refusal; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// For how long a batch is collected before it is shuffled, when the tester names no time.
const SHUFFLE_MS: u64 = 500;
const DELAY_LIMIT_MS: u64 = 600_000;
const COPIES_LIMIT: u32 = 20;
/// How old the signature of a replayed forgery is; receivers allow five minutes.
const STALE_SECONDS: i64 = 15 * 60;

/// How events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Once each, in order, at once.
    Normal,
    /// `copies` times each.
    Duplicate,
    /// Collected for `delay_ms`, then in another order.
    Shuffle,
    /// `delay_ms` late.
    Delay,
    /// Each after two forgeries: a changed copy signed with a wrong secret, and the true body with an old signature.
    Forge,
    /// Not at all until the mode changes.
    Pause,
}

/// The way of delivery, until the next change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manner {
    mode: Mode,
    copies: Option<u32>,
    delay_ms: Option<u64>,
}

/// What the control port sees of the deliveries.
#[derive(Debug)]
pub(crate) struct WebhookBoard {
    state: Mutex<BoardState>,
}

#[derive(Debug)]
struct BoardState {
    manner: Manner,
    deliveries: u64,
    refusals: u64,
    forged_answers: Vec<Option<u16>>,
}

impl Default for WebhookBoard {
    fn default() -> Self {
        let manner = Manner { mode: Mode::Normal, copies: None, delay_ms: None };
        Self { state: Mutex::new(BoardState { manner, deliveries: 0, refusals: 0, forged_answers: Vec::new() }) }
    }
}

impl WebhookBoard {
    /// Changes the way of delivery for events that are not on their way yet.
    ///
    /// # Errors
    /// A text for the tester when the manner makes no sense.
    pub(crate) fn set(&self, manner: Manner) -> Result<(), String> {
        if manner.copies.is_some_and(|copies| !(1..=COPIES_LIMIT).contains(&copies))
            || manner.delay_ms.is_some_and(|delay| delay > DELAY_LIMIT_MS)
        {
            return Err(format!("copies must be between 1 and {COPIES_LIMIT}, delay_ms at most {DELAY_LIMIT_MS}"));
        }
        self.state().manner = manner;
        Ok(())
    }

    pub(crate) fn report(&self, pending: usize) -> Value {
        let state = self.state();
        json!({
            "mode": state.manner.mode,
            "pending": pending,
            "deliveries": state.deliveries,
            "refusals": state.refusals,
            "forged_answers": state.forged_answers,
        })
    }

    fn manner(&self) -> Manner {
        self.state().manner.clone()
    }

    fn state(&self) -> MutexGuard<'_, BoardState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends webhooks to one address.
struct Courier {
    bank: Arc<Bank>,
    url: Uri,
    secret: String,
    client: Client<HttpConnector, Body>,
    lanes: Semaphore,
}

/// Delivers for ever.
pub(crate) async fn deliver(bank: Arc<Bank>, url: Uri, secret: String) {
    let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let courier = Arc::new(Courier { bank: Arc::clone(&bank), url, secret, client, lanes: Semaphore::new(LANES) });
    let mut on_their_way: HashSet<String> = HashSet::new();
    loop {
        let manner = bank.webhooks.manner();
        if manner.mode == Mode::Shuffle && fresh_events(&bank, &mut on_their_way).is_some() {
            tokio::time::sleep(Duration::from_millis(manner.delay_ms.unwrap_or(SHUFFLE_MS))).await;
        }
        if manner.mode != Mode::Pause
            && let Some(mut events) = fresh_events(&bank, &mut on_their_way)
        {
            if manner.mode == Mode::Shuffle {
                shuffle(&mut events);
            }
            for event in events {
                on_their_way.insert(event.id.clone());
                tokio::spawn(Arc::clone(&courier).deliver(event, manner.clone()));
                // Gives the delivery its turn, so that events leave in this order.
                tokio::task::yield_now().await;
            }
        }
        bank.outbox.notified().await;
    }
}

/// Events that nobody carries yet, oldest first.
fn fresh_events(bank: &Bank, on_their_way: &mut HashSet<String>) -> Option<Vec<Event>> {
    bank.peek(|book| {
        let undelivered: HashSet<&String> = book.undelivered().map(|event| &event.id).collect();
        on_their_way.retain(|id| undelivered.contains(id));
        let fresh: Vec<Event> = book.undelivered().filter(|event| !on_their_way.contains(&event.id)).cloned().collect();
        (!fresh.is_empty()).then_some(fresh)
    })
}

/// Another order than before, whatever the dice say.
fn shuffle(events: &mut [Event]) {
    events.shuffle(&mut rand::rng());
    if events.is_sorted_by_key(|event| event.number) {
        events.reverse();
    }
}

impl Courier {
    async fn deliver(self: Arc<Self>, event: Event, manner: Manner) {
        if manner.mode == Mode::Delay {
            tokio::time::sleep(Duration::from_millis(manner.delay_ms.unwrap_or_default())).await;
        }
        if manner.mode == Mode::Forge {
            self.forge(&event).await;
        }
        let copies = if manner.mode == Mode::Duplicate { manner.copies.unwrap_or(2) } else { 1 };
        let body = event.render().to_string();
        for _ in 0..copies {
            self.send_until_accepted(&event, &body).await;
        }
        self.bank.transact(Cause::default(), |book| book.put(Entry::Delivered { event: event.id.clone() })).await;
    }

    async fn send_until_accepted(&self, event: &Event, body: &str) {
        let mut pause = FIRST_PAUSE;
        loop {
            let status = self.send(body.to_owned(), &signature(&self.secret, now_seconds(), body)).await;
            let accepted = status.is_some_and(|status| (200..300).contains(&status));
            {
                let mut state = self.bank.webhooks.state();
                if accepted { state.deliveries += 1 } else { state.refusals += 1 }
            }
            if accepted {
                return;
            }
            tracing::info!(event = event.id, status, pause_ms = pause.as_millis(), "the shop did not accept a webhook; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Two webhooks that a careful receiver refuses.
    async fn forge(&self, event: &Event) {
        let mut changed = event.render();
        changed["id"] = json!(new_id("evt"));
        if let Some(amount) = changed["data"]["object"]["amount"].as_i64() {
            changed["data"]["object"]["amount"] = json!(amount.saturating_mul(10));
        }
        let changed = changed.to_string();
        let wrong = signature(&format!("whsec_{}", token(32)), now_seconds(), &changed);
        let unchanged = event.render().to_string();
        let stale = signature(&self.secret, now_seconds() - STALE_SECONDS, &unchanged);
        for (body, signature) in [(changed, wrong), (unchanged, stale)] {
            let status = self.send(body, &signature).await;
            self.bank.webhooks.state().forged_answers.push(status);
        }
    }

    /// The shop's status; `None` when it gave no answer.
    async fn send(&self, body: String, signature: &str) -> Option<u16> {
        let _lane = self.lanes.acquire().await.ok()?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::USER_AGENT, "Stripe/1.0 (souk-sandbox)")
            .header("stripe-signature", signature)
            .body(Body::from(body))
            .expect("the parts of a webhook are valid HTTP");
        let response = tokio::time::timeout(PATIENCE, self.client.request(request)).await.ok()?.ok()?;
        Some(response.status().as_u16())
    }
}

/// The `Stripe-Signature` header: a time, and the digest of time and body.
fn signature(secret: &str, time: i64, body: &str) -> String {
    format!("t={time},v1={}", keyed_digest(secret.as_bytes(), &format!("{time}.{body}")))
}
