use super::problem::{Always, Changing, ErrorCode, Problem, WithBody};
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use backend::{Failure, payments};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    received: bool,
}

/// Takes an event of the payment gateway
///
/// Its signature is checked over the raw body; the event is stored, and acted on by a worker. Sending one twice changes
/// nothing.
#[utoipa::path(post, path = "/webhooks/stripe", tag = "Webhooks", operation_id = "receive_stripe_event",
    params(("Stripe-Signature" = String, Header, description = "As the gateway makes it")),
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses((status = 200, body = Received), Always, Changing, WithBody))]
pub(super) async fn stripe(State(state): State<AppState>, headers: HeaderMap, bytes: Bytes) -> Result<Json<Received>, Problem> {
    let invalid = || Problem::new(ErrorCode::SignatureInvalid, "The signature does not fit the body, or is too old.");
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).ok_or_else(invalid)?;
    payments::store_webhook(&state.handles, &bytes, signature).await.map_err(|failure| match failure {
        Failure::Forbidden => invalid(),
        other => other.into(),
    })?;
    Ok(Json(Received { received: true }))
}
