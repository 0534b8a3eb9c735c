use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRefusal {
    #[error("A payment of this order is under way.")]
    PaymentInProgress,
    #[error("A parcel of this order is on its way already.")]
    OrderShipped,
    /// The link has ended or was never one.
    #[error("This link does not lead to an order any more.")]
    LinkInvalid,
}
