use crate::id::{AttemptId, OrderId, PaymentId};
use crate::money::Money;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    Stripe,
    Sandbox,
}

/// A payment's state. Which may follow which stands in [`super`]'s transition table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Created,
    RequiresAction,
    Processing,
    Authorized,
    Captured,
    Settled,
    Canceled,
    PartiallyRefunded,
    Refunded,
    Disputed,
    DisputeWon,
    DisputeLost,
}

/// The payment of an order as its owner sees it. `client_secret` is for the browser's payment form; none while the
/// gateway has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct PaymentView {
    pub id: PaymentId,
    pub status: PaymentStatus,
    pub gateway: Gateway,
    pub amount: Money,
    pub client_secret: Option<String>,
    pub publishable_key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    RequiresAction,
    Processing,
    Succeeded,
    Failed,
}

/// Where the shopper must go before the attempt can go on (3-D Secure).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct NextAction {
    pub redirect_url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct AttemptError {
    /// The bank's reason, as Stripe names it (`card_declined`, `insufficient_funds`, …).
    pub code: String,
    /// What to tell the shopper.
    pub message: String,
    pub retryable: bool,
}

/// The answer to `POST /payments` and `GET /payments/{id}`: `id` is the order's payment, `attempt_id` the newest try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct AttemptView {
    pub id: PaymentId,
    pub attempt_id: Option<AttemptId>,
    pub order_id: OrderId,
    pub status: AttemptStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
}
