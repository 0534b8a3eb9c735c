//! Operations that carry an `Idempotency-Key`: the same request twice is one deed and one answer.

use super::body;
use super::problem::{ErrorCode, Problem};
use crate::middleware::fault;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use backend::idempotency::{self, Begin, Ticket};
use backend::{Context, secret};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use tracing::Instrument as _;
use uuid::Uuid;

/// What clients make up: a UUID, an order's number of theirs.
const KEY_LENGTH_MAX: usize = 255;
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An answer as it is kept and repeated byte for byte.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// # Errors
    /// When the value has no JSON form: a fault of ours.
    pub(super) fn of(status: StatusCode, value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| fault::internal(&error.into()))?;
        Ok(Self { status, body })
    }

    fn response(self) -> Response {
        let mut response = (self.status, Body::from(self.body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// Runs `work` once per key, and to its end even when the client hangs up. `operation` is the method and path; `work` gets
/// the name of the deed, under which whoever repeats it after a crash finds what was begun.
///
/// # Errors
/// What `work` refuses; then nothing was done and the key is free again. After a fault the key stays with its request, which
/// may be repeated at once and goes on with what was begun. And what is wrong with the key.
pub(super) async fn run<F>(
    context: &Context,
    operation: &'static str,
    headers: &HeaderMap,
    bytes: &Bytes,
    work: impl FnOnce(Uuid) -> F,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let key = key(headers)?;
    let scope = format!("{} {operation}", caller(context));
    let begun = idempotency::begin(context, &scope, &key, &body::canonical(bytes)).await.map_err(|error| fault::internal(&error))?;
    match begun {
        Begin::Replay { status, body } => replay(status, body),
        Begin::Reused => Err(Problem::new(ErrorCode::IdempotencyKeyReused, "This key was used for another request. Make a new one.")),
        Begin::InProgress { retry_after_s } => {
            Err(Problem::new(ErrorCode::IdempotencyInProgress, "The first request with this key still runs.").retry_after(retry_after_s))
        }
        Begin::Run(ticket) => {
            // A task of its own: a client that hangs up must not leave half a deed.
            let task = {
                let work = work(ticket.operation);
                tokio::spawn(finish(context.clone(), ticket, work).in_current_span())
            };
            task.await.map_err(|error| fault::internal(&error.into()))?.map(Answer::response)
        }
    }
}

async fn finish(context: Context, ticket: Ticket, work: impl Future<Output = Result<Answer, Problem>>) -> Result<Answer, Problem> {
    let outcome = work.await;
    let kept = match &outcome {
        Ok(answer) => idempotency::complete(&context.handles, &ticket, answer.status.as_u16(), &answer.body).await,
        Err(problem) if problem.is_fault => idempotency::let_go(&context.handles, &ticket).await,
        Err(_) => idempotency::free(&context.handles, &ticket).await,
    };
    // The deed is done and says so; its key stays taken until its lease ends, and is then settled from what was stored.
    if let Err(error) = kept {
        tracing::error!(error = format!("{error:#}"), "an idempotency key could not be settled");
    }
    outcome
}

fn replay(status: u16, body: Vec<u8>) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(status).map_err(|error| fault::internal(&error.into()))?;
    let mut response = Answer { status, body }.response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(value) = headers.get(KEY) else {
        return Err(Problem::new(ErrorCode::IdempotencyKeyRequired, "Send an Idempotency-Key: a new one for each new deed."));
    };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        return Err(Problem::new(ErrorCode::IdempotencyKeyInvalid, format!("The key must have 1 to {KEY_LENGTH_MAX} visible characters.")));
    }
    Ok(key.to_owned())
}

/// Whose keys these are: the account's, else the cart's, else the order's. Tokens stand there as digests only.
fn caller(context: &Context) -> String {
    let digest = |token: &str| secret::hex(&secret::token_hash(token));
    let caller = &context.caller;
    match (&caller.user, &caller.cart_token, caller.order_tokens.first()) {
        (Some(user), _, _) => format!("user {}", user.id),
        (None, Some(token), _) => format!("cart {}", digest(token)),
        (None, None, Some(token)) => format!("order {}", digest(token)),
        (None, None, None) => "nobody".to_owned(),
    }
}
