use super::api;
use crate::countries::label_lines;
use crate::routes;
use crate::t;
use crate::ui::{ButtonKind, button_class};
use domain::accounts::KeptAddress;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Where one has ordered to or means to, and the ways to add to it, change it and forget it.
#[component]
pub(super) fn Addresses(addresses: Vec<KeptAddress>) -> impl IntoView {
    let has_any = !addresses.is_empty();
    let rows = addresses.into_iter().map(|kept| view! { <AddressRow kept/> }).collect_view();
    view! {
        <section aria-labelledby="addresses-title" class="space-y-4">
            <h2 id="addresses-title" class="font-serif text-2xl">{t::accounts::addresses_title()}</h2>
            {has_any.then(|| view! { <ul class="divide-y divide-line border-y border-line">{rows}</ul> })}
            <p><a href=routes::address(None) class=button_class(ButtonKind::Secondary)>{t::accounts::add_address()}</a></p>
        </section>
    }
}

#[component]
fn AddressRow(kept: KeptAddress) -> impl IntoView {
    let lines = label_lines(kept.address.lines(), kept.address.country().as_str());
    let change = t::accounts::change_address_of(kept.address.line1());
    let forget = t::accounts::forget_address_of(kept.address.line1());
    view! {
        <li class="space-y-2 py-3" data-testid="account-address">
            <p class="min-w-0">{lines.into_iter().map(|line| view! { <span class="block"><bdi>{line}</bdi></span> }).collect_view()}</p>
            <div class="flex gap-4">
                <a href=routes::address(Some(kept.id)) class="link" aria-label=change>{t::accounts::change_address()}</a>
                <form method="post" action=routes::to(api::ForgetAddress::PATH)>
                    <input type="hidden" name="address" value=kept.id.to_string()/>
                    <button type="submit" class="link" aria-label=forget>{t::accounts::forget_address()}</button>
                </form>
            </div>
        </li>
    }
}
