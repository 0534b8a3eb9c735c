use crate::ui::{Badge, Tone};
use domain::orders::OrderStatus;
use leptos::prelude::*;

/// An order's state in a word or two.
#[component]
pub fn OrderBadge(status: OrderStatus) -> impl IntoView {
    let (tone, text) = match status {
        OrderStatus::PendingPayment => (Tone::Warning, "Waiting for payment"),
        OrderStatus::Paid => (Tone::Good, "Paid"),
        OrderStatus::PartiallyFulfilled => (Tone::Good, "Partly shipped"),
        OrderStatus::Fulfilled => (Tone::Good, "Shipped"),
        OrderStatus::Canceled => (Tone::Plain, "Canceled"),
        OrderStatus::Refunded => (Tone::Plain, "Refunded"),
        OrderStatus::PartiallyRefunded => (Tone::Plain, "Partly refunded"),
        OrderStatus::Expired => (Tone::Plain, "Not paid in time"),
    };
    view! { <Badge tone text/> }
}
