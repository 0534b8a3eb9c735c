use super::when::{date_range_text, moment_text};
use crate::ui::AtOnce as _;
use domain::orders::{SellerOrderStatus, SellerOrderView, TimelineEntry};
use leptos::prelude::*;

/// How far one seller's parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Done,
    Now,
    Later,
}

/// The way of one seller's parcel: ordered, paid, shipped.
#[component]
pub(super) fn ParcelProgress(part: SellerOrderView) -> impl IntoView {
    if part.status == SellerOrderStatus::Canceled {
        return view! { <p class="text-soft">"This part was canceled."</p> }.at_once();
    }
    let days = date_range_text(&part.delivery_from, &part.delivery_to);
    let rows = steps(part.status).into_iter().map(|(label, reached)| {
        let (class, word) = match reached {
            Reached::Done => ("parcel-step parcel-done", "done"),
            Reached::Now => ("parcel-step parcel-now", "now"),
            Reached::Later => ("parcel-step", "to come"),
        };
        let is_now = (reached == Reached::Now).then_some("step");
        view! { <li class=class aria-current=is_now>{label} <span class="sr-only">{format!(", {word}")}</span></li> }
    });
    let shipments = part.shipments.iter().map(|shipment| {
        let number = match shipment.tracking_url.clone() {
            Some(url) => {
                view! { <a href=url rel="external noopener noreferrer" class="link">{shipment.tracking_number.clone()}</a> }.at_once()
            }
            None => view! { <span>{shipment.tracking_number.clone()}</span> }.at_once(),
        };
        let moment = moment_text(&shipment.shipped_at);
        view! { <li>{format!("Sent with {} on {moment}: ", shipment.carrier)} {number}</li> }
    });
    let shipments = (!part.shipments.is_empty()).then(|| view! { <ul class="mt-3 space-y-1 text-sm">{shipments.collect_view()}</ul> });
    view! {
        <ol class="parcel-way" aria-label="How far the parcel is">{rows.collect_view()}</ol>
        <p class="mt-3 text-sm text-soft">{format!("{}, arrives {days}", part.shipping_label)}</p>
        {shipments}
    }
    .at_once()
}

fn steps(status: SellerOrderStatus) -> [(&'static str, Reached); 3] {
    use Reached::{Done, Later, Now};
    match status {
        SellerOrderStatus::Pending => [("Ordered", Done), ("Waiting for payment", Now), ("Shipped", Later)],
        SellerOrderStatus::ToShip => [("Ordered", Done), ("Paid", Done), ("Being packed", Now)],
        SellerOrderStatus::PartiallyShipped => [("Ordered", Done), ("Paid", Done), ("Partly shipped", Now)],
        SellerOrderStatus::Shipped => [("Ordered", Done), ("Paid", Done), ("Shipped", Done)],
        SellerOrderStatus::Canceled => [("Ordered", Done), ("Canceled", Done), ("Shipped", Later)],
    }
}

/// What has happened to the order as a whole, newest last.
#[component]
pub(super) fn Timeline(entries: Vec<TimelineEntry>) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| {
        let at = entry.at.clone();
        view! {
            <li>
                <span class="block">{event_text(&entry.event)}</span>
                <time datetime=entry.at class="tabular text-sm text-soft">{moment_text(&at)}</time>
            </li>
        }
    });
    view! { <ol class="space-y-2">{rows.collect_view()}</ol> }
}

/// An event's code as a sentence; codes of later versions are shown as they read.
fn event_text(code: &str) -> String {
    let known = match code {
        "order_placed" => "Order placed",
        "payment_authorized" => "Payment approved by the bank",
        "payment_failed" => "Payment refused by the bank",
        "payment_captured" => "Payment received",
        "payment_canceled" => "Payment canceled, nothing charged",
        "order_paid" => "Order confirmed",
        "order_canceled" => "Order canceled",
        "order_expired" => "Not paid in time",
        _ => return sentence(code),
    };
    known.to_owned()
}

fn sentence(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_read_as_sentences_also_unknown_ones() {
        assert_eq!(event_text("order_paid"), "Order confirmed");
        assert_eq!(event_text("parcel_left_the_house"), "Parcel left the house");
        assert_eq!(event_text(""), "");
    }
}
