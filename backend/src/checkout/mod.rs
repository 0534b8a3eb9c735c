//! From a cart to a paid order.

use crate::{Context, Failure, Handles};
use domain::address::AddressDraft;
use domain::checkout::{CheckoutRefusal, PlaceOrder, PlacedOrder};
use domain::id::{OrderId, PaymentId, ShippingRateId};
use domain::orders::OrderView;
use domain::payments::{AttemptView, PaymentRefusal};
use domain::pricing::QuoteView;
use domain::refusal::NoRefusal;

/// What the caller's cart costs at an address. `options`: one shipping rate per seller, defaults where left out.
pub async fn quote(_ctx: &Context, _address: &AddressDraft, _options: Option<&[ShippingRateId]>) -> Result<QuoteView, Failure<CheckoutRefusal>> {
    todo!()
}

/// Places an order of the caller's cart: everything is held, or nothing is. Answers within 5 s of asking the gateway.
/// Runs to its end even when the caller hangs up.
pub async fn place_order(_ctx: &Context, _request: PlaceOrder) -> Result<PlacedOrder, Failure<CheckoutRefusal>> {
    todo!()
}

/// Pays with a payment method the gateway knows, from the server (REST). A decline is an answer, not a refusal.
pub async fn pay(_ctx: &Context, _order: OrderId, _payment_method: &str) -> Result<AttemptView, Failure<PaymentRefusal>> {
    todo!()
}

pub async fn payment(_ctx: &Context, _payment: PaymentId) -> Result<AttemptView, Failure<NoRefusal>> {
    todo!()
}

/// The gateway's hosted page for this order, for browsers without JavaScript. Any intent that could still be paid is
/// canceled first: one payable object at a time.
pub async fn open_hosted_page(_ctx: &Context, _order: OrderId) -> Result<String, Failure<PaymentRefusal>> {
    todo!()
}

/// Asks the gateway how the order's payment stands and moves the order on: what the return page and the payment form call.
/// Safe to call at any time, any number of times.
pub async fn settle(_ctx: &Context, _order: OrderId) -> Result<OrderView, Failure<PaymentRefusal>> {
    todo!()
}

/// Resumes sagas that died or that an event has woken, and expires orders whose hold has ended. A worker calls it often.
pub async fn resume(_handles: &Handles) -> anyhow::Result<u32> {
    todo!()
}
