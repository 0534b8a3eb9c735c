//! The way of one API request: who asks, what, under which key; one piece of work on the book; one answer.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::bank::Bank;
use crate::book::{Book, Cause};
use crate::cards::keyed_digest;
use crate::clock::now_seconds;
use crate::errors::ApiError;
use crate::events::API_VERSION;
use crate::form::Parameters;
use crate::idempotency::IdempotencyKey;
use crate::ids::new_id;
use crate::misbehave::{Mode, Rule};
use crate::serve::Wire;
use crate::{charges, events, intents, payment_methods, refunds, sessions};

/// No request of the API comes near this.
const BODY_LIMIT: usize = 256 * 1024;

/// Whose key a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The shop's server.
    Secret,
    /// A browser.
    Publishable,
}

/// A request, read and understood.
struct Call {
    caller: Caller,
    method: Method,
    path: String,
    parameters: Parameters,
    key: Option<IdempotencyKey>,
    request_id: String,
}

/// An answer, before it is put into HTTP.
struct Reply {
    status: StatusCode,
    body: String,
    request_id: String,
    /// The request that was really carried out, when this is a repetition of its answer.
    replay_of: Option<String>,
}

impl Reply {
    fn refusal(error: &ApiError, request_id: &str) -> Self {
        Self { status: error.status, body: pretty(&error.body()), request_id: request_id.to_owned(), replay_of: None }
    }

    fn into_response(self, idempotency_key: Option<HeaderValue>) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        let headers = response.headers_mut();
        let mut insert = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        insert("request-id", &self.request_id);
        insert("stripe-version", API_VERSION);
        insert("cache-control", "no-store");
        if let Some(original) = &self.replay_of {
            insert("idempotent-replayed", "true");
            insert("original-request", original);
        }
        match self.status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT => insert("stripe-should-retry", "true"),
            status if status.is_server_error() => insert("stripe-should-retry", "true"),
            _ => {}
        }
        if let Some(key) = idempotency_key {
            headers.insert(HeaderName::from_static("idempotency-key"), key);
        }
        response
    }
}

/// Answers everything under `/v1/`.
pub(crate) async fn handle(State(bank): State<Arc<Bank>>, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response {
    let begun = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let key_header = request.headers().get("idempotency-key").cloned();
    // A client that hangs up must not undo what the bank is doing: the work is a task of its own.
    let work = tokio::spawn(answer(bank, wire, request));
    let reply = work.await.unwrap_or_else(|_| Reply::refusal(&ApiError::server_fault(), &new_id("req")));
    // The query may hold a client secret, so the path alone is logged.
    tracing::info!(%method, path, status = reply.status.as_u16(), request = reply.request_id, elapsed_ms = begun.elapsed().as_millis(), "api");
    reply.into_response(key_header)
}

/// Answers the frames' calls under `/element/v1/` as the API does, but with status 200 throughout; a refusal shows by
/// its `error` alone.
pub(crate) async fn handle_from_frame(state: State<Arc<Bank>>, wire: ConnectInfo<Wire>, mut request: Request) -> Response {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    match address.trim_start_matches("/element").parse() {
        Ok(address) => *request.uri_mut() = address,
        Err(_) => return StatusCode::NOT_FOUND.into_response(),
    }
    let mut response = handle(state, wire, request).await;
    *response.status_mut() = StatusCode::OK;
    response
}

async fn answer(bank: Arc<Bank>, wire: Wire, request: Request) -> Reply {
    let request_id = new_id("req");
    let call = match read_call(&bank, request, &request_id).await {
        Ok(call) => call,
        Err(error) => return Reply::refusal(&error, &request_id),
    };
    let fault = bank.misbehaviour.take(call.method.as_str(), &call.path);
    match fault.as_ref().map(|rule| rule.mode) {
        Some(Mode::RateLimited) => return Reply::refusal(&ApiError::rate_limited(), &request_id),
        Some(Mode::RequestLost) => {
            wire.cut();
            return Reply::refusal(&ApiError::server_fault(), &request_id);
        }
        Some(Mode::ReplyLost | Mode::Slow | Mode::Stored500) | None => {}
    }
    match begin(&bank, &call).await {
        Ok(None) => {}
        Ok(Some(reply)) => return reply,
        Err(error) => return Reply::refusal(&error, &request_id),
    }
    if let Some(rule) = fault.as_ref().filter(|rule| rule.mode == Mode::Slow) {
        tokio::time::sleep(rule.delay()).await;
    }
    let reply = carry_out(&bank, call, fault.as_ref()).await;
    if let Some(rule) = fault.filter(|rule| rule.mode == Mode::ReplyLost) {
        tokio::time::sleep(rule.delay()).await;
        wire.cut();
    }
    reply
}

/// Takes the idempotency key; returns the earlier answer if there is one.
async fn begin(bank: &Bank, call: &Call) -> Result<Option<Reply>, ApiError> {
    let Some(key) = &call.key else { return Ok(None) };
    let earlier = bank.transact(Cause::default(), |book| book.keys.begin(key, now_seconds())).await?;
    Ok(earlier.map(|stored| Reply {
        status: StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body: stored.body,
        request_id: call.request_id.clone(),
        replay_of: Some(stored.request_id),
    }))
}

/// The effect, the kept answer and the events are one line of the journal.
async fn carry_out(bank: &Bank, call: Call, fault: Option<&Rule>) -> Reply {
    let broken = fault.filter(|rule| rule.mode == Mode::Stored500).map(|rule| rule.effect);
    let Call { caller, method, path, parameters, key, request_id } = call;
    let cause = Cause { request_id: Some(request_id.clone()), idempotency_key: key.as_ref().map(|key| key.key.clone()) };
    bank.transact(cause, move |book| {
        let outcome = match broken {
            None => dispatch(book, caller, &method, &path, parameters),
            Some(effect) => {
                if effect && let Err(error) = dispatch(book, caller, &method, &path, parameters) {
                    tracing::debug!(message = error.message(), "refused behind a fault");
                }
                Err(ApiError::server_fault())
            }
        };
        let (status, body, executed) = match outcome {
            Ok(value) => (StatusCode::OK, pretty(&value), true),
            Err(error) => (error.status, pretty(&error.body()), error.executed),
        };
        if let Some(key) = &key {
            book.keys.end(key);
            if executed {
                book.put(key.reply(&request_id, status, &body, now_seconds()));
            }
        }
        Reply { status, body, request_id, replay_of: None }
    })
    .await
}

fn dispatch(book: &mut Book, caller: Caller, method: &Method, path: &str, parameters: Parameters) -> Result<Value, ApiError> {
    let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["payment_methods"]) => return payment_methods::create(book, parameters),
        ("GET", ["payment_intents", id]) => return intents::retrieve(book, id, caller, parameters),
        ("POST", ["payment_intents", id, "confirm"]) => return intents::confirm(book, id, caller, parameters),
        ("POST", ["payment_intents", id, "source_cancel"]) => return intents::source_cancel(book, id, caller, parameters),
        _ => {}
    }
    if caller == Caller::Publishable {
        return Err(ApiError::forbidden("This API call cannot be made with a publishable API key. Please use a secret API key."));
    }
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["payment_intents"]) => intents::create(book, parameters),
        ("GET", ["payment_intents"]) => intents::list(book, parameters),
        ("POST", ["payment_intents", id]) => intents::update(book, id, parameters),
        ("POST", ["payment_intents", id, "capture"]) => intents::capture(book, id, parameters),
        ("POST", ["payment_intents", id, "cancel"]) => intents::cancel(book, id, parameters),
        ("GET", ["payment_methods", id]) => payment_methods::retrieve(book, id, parameters),
        ("GET", ["charges"]) => charges::list(book, parameters),
        ("GET", ["charges", id]) => charges::retrieve(book, id, parameters),
        ("POST", ["refunds"]) => refunds::create(book, parameters),
        ("GET", ["refunds"]) => refunds::list(book, parameters),
        ("GET", ["refunds", id]) => refunds::retrieve(book, id, parameters),
        ("POST", ["checkout", "sessions"]) => sessions::create(book, parameters),
        ("GET", ["checkout", "sessions", id]) => sessions::retrieve(book, id, parameters),
        ("POST", ["checkout", "sessions", id, "expire"]) => sessions::expire(book, id, parameters),
        ("GET", ["events"]) => events::list(book, parameters),
        ("GET", ["events", id]) => events::retrieve(book, id, parameters),
        _ => Err(ApiError::unknown_address(method.as_str(), path)),
    }
}

async fn read_call(bank: &Bank, request: Request, request_id: &str) -> Result<Call, ApiError> {
    let (parts, body) = request.into_parts();
    let caller = authenticate(bank, &parts.headers)?;
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let encoded = match parts.method {
        Method::GET => Bytes::copy_from_slice(parts.uri.query().unwrap_or_default().as_bytes()),
        Method::POST => read_form(&parts.headers, body).await?,
        _ => return Err(ApiError::unknown_address(parts.method.as_str(), &path)),
    };
    let parameters = Parameters::parse(&encoded)?;
    let key = match parts.headers.get("idempotency-key").filter(|_| parts.method == Method::POST) {
        None => None,
        Some(value) => {
            let value = value.to_str().map_err(|_| ApiError::malformed("The Idempotency-Key header is not plain text."))?;
            let asked = format!("{caller:?} {path}\n{}", parameters.canonical());
            Some(IdempotencyKey::new(value, keyed_digest(bank.secret_key.as_bytes(), &asked))?)
        }
    };
    Ok(Call { caller, method: parts.method, path, parameters, key, request_id: request_id.to_owned() })
}

async fn read_form(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let bytes = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| ApiError::malformed("The request body cannot be read or is too large."))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bytes.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
        return Ok(bytes);
    }
    Err(ApiError::malformed(format!(
        "Invalid request: the content type of the request body must be application/x-www-form-urlencoded, not '{kind}'."
    )))
}

fn authenticate(bank: &Bank, headers: &HeaderMap) -> Result<Caller, ApiError> {
    const MISSING: &str = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = match header.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim().to_owned(),
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => basic_user(encoded.trim()).unwrap_or_default(),
        _ => return Err(ApiError::unauthenticated(MISSING)),
    };
    // Digests are compared, so that the time taken tells nothing about the key.
    let same = |known: &str| keyed_digest(b"key", known) == keyed_digest(b"key", &key);
    if same(&bank.secret_key) {
        Ok(Caller::Secret)
    } else if same(&bank.publishable_key) {
        Ok(Caller::Publishable)
    } else {
        Err(ApiError::unauthenticated("Invalid API Key provided."))
    }
}

/// The user name of HTTP Basic authentication.
fn basic_user(encoded: &str) -> Option<String> {
    let decoded = String::from_utf8(decode_base64(encoded)?).ok()?;
    decoded.split(':').next().map(str::to_owned)
}

fn decode_base64(encoded: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(encoded.len() * 3 / 4);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in encoded.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        buffer = (buffer << 6 | u32::try_from(value).ok()?) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// Stripe indents its answers; so do we, for whoever reads them.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON values are plain data") + "\n"
}

#[cfg(test)]
mod tests {
    use super::basic_user;

    #[test]
    fn the_key_is_the_user_of_basic_authentication() {
        assert_eq!(basic_user("c2tfdGVzdF9hYmM6").as_deref(), Some("sk_test_abc"));
        assert_eq!(basic_user("c2tfdGVzdF9hYjo=").as_deref(), Some("sk_test_ab"));
        assert_eq!(basic_user("!").as_deref(), None);
    }
}
