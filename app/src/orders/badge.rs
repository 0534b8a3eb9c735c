use crate::t;
use crate::ui::{Badge, Tone};
use domain::orders::OrderStatus;
use leptos::prelude::*;

/// An order's state in a word or two.
#[component]
pub fn OrderBadge(status: OrderStatus) -> impl IntoView {
    let (tone, text) = match status {
        OrderStatus::PendingPayment => (Tone::Warning, t::orders::status_pending_payment()),
        OrderStatus::Paid => (Tone::Good, t::orders::status_paid()),
        OrderStatus::PartiallyFulfilled => (Tone::Good, t::orders::status_partially_fulfilled()),
        OrderStatus::Fulfilled => (Tone::Good, t::orders::status_fulfilled()),
        OrderStatus::Canceled => (Tone::Plain, t::orders::status_canceled()),
        OrderStatus::Refunded => (Tone::Plain, t::orders::status_refunded()),
        OrderStatus::PartiallyRefunded => (Tone::Plain, t::orders::status_partially_refunded()),
        OrderStatus::Expired => (Tone::Plain, t::orders::status_expired()),
    };
    view! { <Badge tone text/> }
}
