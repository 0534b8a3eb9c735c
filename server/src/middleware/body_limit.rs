//! Nobody sends us more than we want to read, and nobody takes for ever to send it.

use super::fault;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::time::Duration;

/// The largest form or document anything here takes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The gateway's events carry whole objects.
pub const WEBHOOK_BYTES_MAX: usize = 256 * 1024;
/// A body this small arrives at once, or the sender is stalling.
const ARRIVAL_MAX: Duration = Duration::from_secs(10);

/// Reads the whole body before anything else happens with the request.
pub async fn read_whole(request: Request, next: Next) -> Response {
    within(BODY_BYTES_MAX, request, next).await
}

/// As [`read_whole`], for the gateway's webhooks.
pub async fn read_whole_webhook(request: Request, next: Next) -> Response {
    within(WEBHOOK_BYTES_MAX, request, next).await
}

async fn within(limit: usize, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return fault::answer(&parts.headers, StatusCode::PAYLOAD_TOO_LARGE, "This is more than fits.");
    }
    match tokio::time::timeout(ARRIVAL_MAX, Limited::new(body, limit).collect()).await {
        Ok(Ok(whole)) => next.run(Request::from_parts(parts, Body::from(whole.to_bytes()))).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            fault::answer(&parts.headers, StatusCode::PAYLOAD_TOO_LARGE, "This is more than fits.")
        }
        Ok(Err(_)) => fault::answer(&parts.headers, StatusCode::BAD_REQUEST, "The request did not arrive whole."),
        Err(_) => fault::answer(&parts.headers, StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time."),
    }
}
