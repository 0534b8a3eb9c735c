use super::body;
use super::credentials::{OrderHolder, PathText};
use super::idempotent::{self, Answer};
use super::problem::{Always, Changing, Conflict, Problem, WithBody};
use super::query::NoQuery;
use axum::Json;
use axum::body::Bytes;
use axum::response::Response;
use backend::{Context, checkout, orders};
use domain::id::OrderId;
use domain::payments::AttemptView;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pay {
    order_id: OrderId,
    /// A payment method as Stripe names it; its public test names work in test mode and in the sandbox.
    #[schema(min_length = 1, max_length = 255, example = "pm_card_visa")]
    payment_method: String,
}

/// Pays an order
///
/// A refused card is an answer like any other: `failed`, and the order stays payable until its hold ends. `processing`
/// means that the outcome is not known yet: ask again, do not pay again.
#[utoipa::path(post, path = "/payments", tag = "Payments", operation_id = "pay", request_body = Pay,
    params(("Idempotency-Key" = String, Header, description = "New for each new attempt", min_length = 1, max_length = 255)),
    security(("order_token" = []), ("access_token" = [])),
    responses((status = 200, body = AttemptView, headers(("Idempotent-Replayed" = Option<String>, description = "`true` where the answer is a repetition"))), Always, Changing, WithBody, Conflict))]
pub(super) async fn pay(OrderHolder(context): OrderHolder, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<Response, Problem> {
    require_order(&context, &bytes).await?;
    let work = {
        let (context, headers, bytes) = (context.clone(), headers.clone(), bytes.clone());
        move |deed| async move {
            let Pay { order_id, payment_method } = body::read(&headers, &bytes)?;
            Answer::of(StatusCode::OK, &checkout::pay_once(&context, deed, order_id, &payment_method).await?)
        }
    };
    idempotent::run(&context, "POST /payments", &headers, &bytes, work).await
}

/// A missing or foreign order comes before anything that is wrong with the key or the rest of the body.
async fn require_order(context: &Context, bytes: &Bytes) -> Result<(), Problem> {
    let order = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let order = order.as_ref().and_then(|body| body.get("order_id")?.as_str()?.parse::<OrderId>().ok());
    if let Some(order) = order {
        orders::order(context, &order.to_string()).await?;
    }
    Ok(())
}

/// How an order's payment stands
#[utoipa::path(get, path = "/payments/{id}", tag = "Payments", operation_id = "get_payment",
    params(("id" = domain::id::PaymentId, Path, description = "The payment's id, as the order names it")),
    security(("order_token" = []), ("access_token" = [])),
    responses((status = 200, body = AttemptView), Always))]
pub(super) async fn show(OrderHolder(context): OrderHolder, payment: PathText, _: NoQuery) -> Result<Json<AttemptView>, Problem> {
    Ok(Json(checkout::payment(&context, payment.id()?).await?))
}
