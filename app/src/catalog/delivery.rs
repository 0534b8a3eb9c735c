use super::maker::country_or_code;
use crate::t;
use crate::ui::AtOnce as _;
use domain::sellers::DeliveryView;
use leptos::prelude::*;

/// Until when and for what a seller delivers where: the span in a sentence, the countries behind it.
#[component]
pub(super) fn Delivery(seller: String, deliveries: Vec<DeliveryView>) -> impl IntoView {
    let fastest = deliveries.iter().map(|delivery| delivery.days_from).min();
    let slowest = deliveries.iter().map(|delivery| delivery.days_to).max();
    let Some((fastest, slowest)) = fastest.zip(slowest) else {
        return view! { <span>{t::catalog::delivery_unknown(&seller)}</span> }.at_once();
    };
    let rows = deliveries.into_iter().map(|delivery| {
        let names: Vec<&str> = delivery.countries.iter().map(|code| country_or_code(code)).collect();
        view! {
            <div class="delivery">
                <dt>{names.join(", ")}</dt>
                <dd>{days(delivery.days_from, delivery.days_to)} <br/> <span class="tabular">{price(&delivery)}</span></dd>
            </div>
        }
    });
    view! {
        <details class="promise" data-testid="product-delivery">
            <summary>{promise(&seller, fastest, slowest)}</summary>
            <dl class="mt-2">{rows.collect_view()}</dl>
        </details>
    }
    .at_once()
}

/// `Delivered by Kiln in 3 to 5 working days`.
fn promise(seller: &str, from: u32, to: u32) -> String {
    if from == to { t::catalog::delivered_in(to, seller) } else { t::catalog::delivered_within(&from.to_string(), seller, &to.to_string()) }
}

/// `3 to 5 working days`.
fn days(from: u32, to: u32) -> String {
    if from == to { t::catalog::delivery_days(to) } else { t::catalog::delivery_span(&from.to_string(), &to.to_string()) }
}

fn price(delivery: &DeliveryView) -> String {
    let price = t::money(delivery.price);
    match (delivery.per_kg.map(t::money), delivery.free_from.map(t::money)) {
        (None, None) => price,
        (Some(per_kg), None) => t::catalog::delivery_price_per_kg(&per_kg, &price),
        (None, Some(free_from)) => t::catalog::delivery_price_free_from(&free_from, &price),
        (Some(per_kg), Some(free_from)) => t::catalog::delivery_price_per_kg_free_from(&free_from, &per_kg, &price),
    }
}
