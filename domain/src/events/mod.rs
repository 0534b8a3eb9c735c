//! What has happened, in the past tense: the facts that other parts of the shop react to. Recorded in the transaction of
//! the change itself. Fields may be added, never removed: events outlive the code that wrote them.

use crate::id::{CartId, OrderId, PaymentId, ProductId, SellerId, UserId};
use crate::money::Money;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    UserRegistered { user: UserId },
    EmailVerified { user: UserId },
    ProductPublished { product: ProductId, seller: SellerId },
    ProductChanged { product: ProductId, seller: SellerId },
    CartMerged { cart: CartId, from: CartId, user: UserId },
    OrderPlaced { order: OrderId, total: Money },
    PaymentAuthorized { order: OrderId, payment: PaymentId, amount: Money },
    PaymentFailed { order: OrderId, payment: PaymentId, code: String },
    PaymentCaptured { order: OrderId, payment: PaymentId, amount: Money },
    PaymentCanceled { order: OrderId, payment: PaymentId },
    OrderPaid { order: OrderId, total: Money },
    OrderCanceled { order: OrderId },
    OrderExpired { order: OrderId },
}

impl Event {
    /// The name under which the event is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::UserRegistered { .. } => "user_registered",
            Event::EmailVerified { .. } => "email_verified",
            Event::ProductPublished { .. } => "product_published",
            Event::ProductChanged { .. } => "product_changed",
            Event::CartMerged { .. } => "cart_merged",
            Event::OrderPlaced { .. } => "order_placed",
            Event::PaymentAuthorized { .. } => "payment_authorized",
            Event::PaymentFailed { .. } => "payment_failed",
            Event::PaymentCaptured { .. } => "payment_captured",
            Event::PaymentCanceled { .. } => "payment_canceled",
            Event::OrderPaid { .. } => "order_paid",
            Event::OrderCanceled { .. } => "order_canceled",
            Event::OrderExpired { .. } => "order_expired",
        }
    }

    /// The id of the thing it happened to: consumers see the events of one thing in order.
    pub fn subject(&self) -> uuid::Uuid {
        match self {
            Event::UserRegistered { user } | Event::EmailVerified { user } => user.0,
            Event::ProductPublished { product, .. } | Event::ProductChanged { product, .. } => product.0,
            Event::CartMerged { cart, .. } => cart.0,
            Event::OrderPlaced { order, .. }
            | Event::PaymentAuthorized { order, .. }
            | Event::PaymentFailed { order, .. }
            | Event::PaymentCaptured { order, .. }
            | Event::PaymentCanceled { order, .. }
            | Event::OrderPaid { order, .. }
            | Event::OrderCanceled { order }
            | Event::OrderExpired { order } => order.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_name_on_the_wire() {
        let event = Event::OrderCanceled { order: OrderId(uuid::Uuid::nil()) };
        assert_eq!(serde_json::to_value(&event).unwrap()["kind"], event.kind());
    }
}
