use crate::address::FieldError;
use crate::id::OrderId;
use crate::inventory::Shortage;
use crate::orders::OrderNumber;
use crate::payments::NotChargeable;
use crate::pricing::{CouponRefusal, QuoteView};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutRefusal {
    #[error("Your cart is empty.")]
    CartEmpty,
    #[error("This cart is no longer there.")]
    CartNotFound,
    /// Fields of the contact or the address; `field` is `email`, `shipping_address.city`, …
    #[error("Some fields need another look.")]
    Invalid { errors: Vec<FieldError> },
    #[error("Some of this is no longer available.")]
    OutOfStock { lines: Vec<Shortage> },
    /// The total differs from what was shown; the quote has the new one.
    #[error("The total has changed. Please look at it once more.")]
    TotalChanged { quote: Box<QuoteView> },
    /// The same cart has an order that waits for its payment. Whoever holds the cart may not have the answer that told of
    /// the order: the token opens it, as that answer's did.
    #[error("You have placed this order already. It waits for its payment.")]
    OrderPending { order_id: OrderId, number: OrderNumber, access_token: String },
    #[error("A payment for this cart is under way. Do not pay again.")]
    PaymentInProgress,
    #[error("This way of shipping is not offered for this address.")]
    ShippingOptionUnknown,
    /// A seller does not ship to the address; names of the sellers.
    #[error("{} does not ship to this address.", sellers.join(", "))]
    NotShipped { sellers: Vec<String> },
    /// An item is not priced in the chosen currency or was withdrawn.
    #[error("Something in the cart is not for sale any more. Remove it to go on.")]
    LineWithdrawn,
    /// The gateway takes no such amount: too little, too much.
    #[error("This total cannot be paid: {reason}.")]
    TotalNotPayable { reason: NotChargeable },
    #[error(transparent)]
    Coupon(CouponRefusal),
}
