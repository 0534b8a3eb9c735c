use crate::t;
use crate::ui::AtOnce as _;
use domain::money::Money;
use leptos::prelude::*;

/// An amount in tabular figures; with `compare_at`, the price before beside it, said in words to those who hear it.
#[component]
pub fn Price(
    amount: Money,
    #[prop(optional_no_strip)] compare_at: Option<Money>,
    #[prop(default = "")] class: &'static str,
    #[prop(optional)] test_id: Option<&'static str>,
) -> impl IntoView {
    let before = compare_at.filter(|before| before.amount > amount.amount && before.currency == amount.currency);
    let is_reduced = before.is_some();
    view! {
        <span class=format!("tabular {class}")>
            {is_reduced.then(|| view! { <span class="sr-only">{t::common::price_now()}</span> })}
            <span class=if is_reduced { "text-accent" } else { "" } data-testid=test_id>{t::money(amount)}</span>
            {before.map(|before| view! {
                <span class="sr-only">{t::common::price_before()}</span>
                <s class="ms-2 font-normal text-soft">{t::money(before)}</s>
            })}
        </span>
    }
    .at_once()
}
