use super::when::{date_range_text, moment_text};
use crate::t;
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

/// The way of one seller's parcel: ordered, paid, packed, shipped.
#[component]
pub(super) fn ParcelProgress(part: SellerOrderView) -> impl IntoView {
    if part.status == SellerOrderStatus::Canceled {
        return view! { <p class="text-soft">{t::orders::parcel_canceled()}</p> }.at_once();
    }
    let days = date_range_text(&part.delivery_from, &part.delivery_to);
    let rows = steps(part.status).into_iter().map(|(label, reached)| {
        let (class, word) = match reached {
            Reached::Done => ("parcel-step parcel-done", t::orders::step_is_done()),
            Reached::Now => ("parcel-step parcel-now", t::orders::step_is_now()),
            Reached::Later => ("parcel-step", t::orders::step_is_later()),
        };
        let is_now = (reached == Reached::Now).then_some("step");
        view! { <li class=class aria-current=is_now>{label} <span class="sr-only">{word}</span></li> }
    });
    let shipments = part.shipments.iter().map(|shipment| {
        let number = match shipment.tracking_url.clone() {
            Some(url) => {
                view! { <a href=url rel="external noopener noreferrer" class="link">{shipment.tracking_number.clone()}</a> }.at_once()
            }
            None => view! { <span>{shipment.tracking_number.clone()}</span> }.at_once(),
        };
        let moment = moment_text(&shipment.shipped_at);
        view! { <li>{t::orders::parcel_sent(&shipment.carrier, &moment)} {number}</li> }
    });
    let shipments = (!part.shipments.is_empty()).then(|| view! { <ul class="mt-3 space-y-1 text-sm">{shipments.collect_view()}</ul> });
    view! {
        <ol class="parcel-way" aria-label=t::orders::parcel_steps()>{rows.collect_view()}</ol>
        <p class="mt-3 text-sm text-soft">{t::orders::parcel_arrives(&days, &part.shipping_label)}</p>
        {shipments}
    }
    .at_once()
}

fn steps(status: SellerOrderStatus) -> [(&'static str, Reached); 4] {
    use Reached::{Done, Later, Now};
    let (ordered, paid, packed, shipped) =
        (t::orders::step_ordered(), t::orders::step_paid(), t::orders::step_packed(), t::orders::step_shipped());
    match status {
        SellerOrderStatus::Pending => [(ordered, Done), (t::orders::step_awaiting_payment(), Now), (packed, Later), (shipped, Later)],
        SellerOrderStatus::ToShip => [(ordered, Done), (paid, Done), (t::orders::step_being_packed(), Now), (shipped, Later)],
        SellerOrderStatus::PartiallyShipped => [(ordered, Done), (paid, Done), (packed, Done), (t::orders::step_partly_shipped(), Now)],
        SellerOrderStatus::Shipped => [(ordered, Done), (paid, Done), (packed, Done), (shipped, Done)],
        SellerOrderStatus::Canceled => [(ordered, Done), (t::orders::step_canceled(), Done), (packed, Later), (shipped, Later)],
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
        "order_placed" => t::orders::event_order_placed(),
        "payment_requires_action" => t::orders::event_payment_requires_action(),
        "payment_authorized" => t::orders::event_payment_authorized(),
        "payment_failed" => t::orders::event_payment_failed(),
        "payment_captured" => t::orders::event_payment_captured(),
        "payment_canceled" => t::orders::event_payment_canceled(),
        "payment_partially_refunded" => t::orders::event_payment_partially_refunded(),
        "payment_refunded" => t::orders::event_payment_refunded(),
        "payment_disputed" => t::orders::event_payment_disputed(),
        "dispute_won" => t::orders::event_dispute_won(),
        "dispute_lost" => t::orders::event_dispute_lost(),
        "order_paid" => t::orders::event_order_paid(),
        "order_partially_shipped" => t::orders::event_order_partially_shipped(),
        "order_shipped" => t::orders::event_order_shipped(),
        "order_canceled" => t::orders::event_order_canceled(),
        "order_refunded" => t::orders::event_order_refunded(),
        "order_partially_refunded" => t::orders::event_order_partially_refunded(),
        "order_expired" => t::orders::event_order_expired(),
        _ => return sentence(code),
    };
    known.to_owned()
}

fn sentence(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_has_something_to_come_until_it_is_shipped() {
        use SellerOrderStatus::{PartiallyShipped, Pending, Shipped, ToShip};
        let reached = |status| steps(status).map(|(_, reached)| reached);
        assert_eq!(reached(Pending), [Reached::Done, Reached::Now, Reached::Later, Reached::Later]);
        assert_eq!(reached(ToShip), [Reached::Done, Reached::Done, Reached::Now, Reached::Later]);
        assert_eq!(reached(PartiallyShipped), [Reached::Done, Reached::Done, Reached::Done, Reached::Now]);
        assert_eq!(reached(Shipped), [Reached::Done; 4]);
    }

    #[test]
    fn events_read_as_sentences_also_unknown_ones() {
        assert_eq!(event_text("order_paid"), "Order confirmed");
        assert_eq!(event_text("parcel_left_the_house"), "Parcel left the house");
        assert_eq!(event_text(""), "");
    }
}
