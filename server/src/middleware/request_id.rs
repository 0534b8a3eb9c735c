//! Each request has an id: it stands in its log lines, in the answer's `x-request-id` and in whatever error a person sees.

use super::class::Class;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::HeaderName;
use std::time::Instant;
use tracing::Instrument as _;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of this request, as other middleware and handlers take it from the request.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The id of the request that this task serves; `-` outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| "-".to_owned())
}

/// Gives the request its id, and counts and logs its answer. An id sent by the client is not taken: it would let anyone
/// write into our log.
pub async fn middleware(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let class = Class::of(request.uri().path());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let span = tracing::info_span!("request", id, %method, path);
    let answer = CURRENT.scope(id.clone(), next.run(request)).instrument(span.clone());
    let mut response = answer.await;

    let status = response.status();
    let labels =
        [("class", class.name().to_owned()), ("method", known(method.as_str()).to_owned()), ("status", status.as_str().to_owned())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "class" => class.name()).record(started.elapsed());
    span.in_scope(|| tracing::debug!(status = status.as_u16(), took_us = started.elapsed().as_micros() as u64, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// A method's name as a label; whatever a client invents is one label, not a new one each.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}
