use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRefusal {
    #[error("This order is paid already.")]
    AlreadyPaid,
    #[error("A payment of this order is under way. Do not pay again; this page will tell how it went.")]
    PaymentInProgress,
    #[error("The time to pay this order is over. Your cart still has everything.")]
    OrderExpired,
    #[error("This order was canceled.")]
    OrderCanceled,
    /// The gateway does not know this payment method.
    #[error("This payment method cannot be used.")]
    PaymentMethodInvalid,
    #[error("Payment is not available for a moment. Nothing was charged.")]
    GatewayUnavailable,
}
