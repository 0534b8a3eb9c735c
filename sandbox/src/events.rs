//! Events: what the bank tells the shop about, in the order it happened.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::book::Book;
use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::form::Parameters;
use crate::ids::new_id;
use crate::listing::{Listing, list_of};

/// The version of the API whose objects the sandbox makes.
pub(crate) const API_VERSION: &str = "2026-09-30.endive";

/// Something that happened, with the object as it stood then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Its place in the order of events, from 1.
    pub(crate) number: u64,
    created: i64,
    kind: String,
    object: Value,
    request_id: Option<String>,
    idempotency_key: Option<String>,
}

impl Event {
    /// The event as the API shows it and as webhooks carry it.
    pub(crate) fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": self.request_id, "idempotency_key": self.idempotency_key },
            "type": self.kind,
        })
    }
}

/// Writes an event down; the webhook queue finds it there.
pub(crate) fn record(book: &mut Book, kind: &str, object: Value) {
    let event = Event {
        id: new_id("evt"),
        number: book.next_event_number(),
        created: now_seconds(),
        kind: kind.to_owned(),
        object,
        request_id: book.cause.request_id.clone(),
        idempotency_key: book.cause.idempotency_key.clone(),
    };
    book.put(event);
}

/// `GET /v1/events/{id}`
pub(crate) fn retrieve(book: &Book, id: &str, parameters: Parameters) -> Result<Value, ApiError> {
    parameters.finish()?;
    let event = book.events.get(id).ok_or_else(|| ApiError::no_such("event", id, "id"))?;
    Ok(event.render())
}

/// `GET /v1/events`
pub(crate) fn list(book: &Book, mut parameters: Parameters) -> Result<Value, ApiError> {
    let mut kinds = parameters.texts("types")?.unwrap_or_default();
    kinds.extend(parameters.text("type")?);
    let listing = Listing::from_parameters(&mut parameters)?;
    parameters.finish()?;
    let matching = book.events.newest_first().filter(|event| kinds.is_empty() || kinds.contains(&event.kind));
    let (page, has_more) = listing.page(matching, |event| (&event.id, event.created), "event")?;
    Ok(list_of(page.into_iter().map(Event::render).collect(), has_more, "/v1/events"))
}
