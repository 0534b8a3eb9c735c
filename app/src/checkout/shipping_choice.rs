use super::form::shipping_field;
use crate::market::content_language;
use crate::orders::date_range_text;
use crate::t;
use domain::pricing::{SellerName, ShippingOption};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How each seller's parcel travels: prices and days. `chosen` are the choices made so far, by the seller's slug.
#[component]
pub(super) fn ShippingChoice(options: Vec<ShippingOption>, chosen: BTreeMap<String, String>) -> impl IntoView {
    let sellers = by_seller(&options);
    sellers
        .into_iter()
        .map(|(seller, options)| {
            let name = shipping_field(&seller.slug);
            let wanted = chosen.get(&seller.slug).filter(|wanted| options.iter().any(|option| option.id.to_string() == **wanted)).cloned();
            let rows = options.into_iter().map(|option| {
                let id = option.id.to_string();
                let is_chosen = wanted.as_ref().map_or(option.default, |wanted| *wanted == id);
                let price = if option.price.amount == 0 { t::checkout::free().to_owned() } else { t::money(option.price) };
                let days = date_range_text(&option.delivery_from, &option.delivery_to);
                view! {
                    <label class="choice">
                        <input type="radio" name=name.clone() value=id checked=is_chosen class="radio"/>
                        <span class="min-w-0 flex-1">
                            <span class="block font-medium" lang=content_language()>{option.label}</span>
                            <span class="block text-sm text-soft">{t::checkout::arrives(&days)}</span>
                        </span>
                        <span class="tabular">{price}</span>
                    </label>
                }
            });
            view! {
                <fieldset>
                    <legend class="mb-2 text-sm text-soft">
                        {t::checkout::parcel_from()} <span class="font-semibold text-ink">{seller.name.clone()}</span>
                    </legend>
                    <div class="choices">{rows.collect_view()}</div>
                </fieldset>
            }
        })
        .collect_view()
}

/// Sellers in the order in which they first appear, each with its options.
fn by_seller(options: &[ShippingOption]) -> Vec<(SellerName, Vec<ShippingOption>)> {
    let mut groups: Vec<(SellerName, Vec<ShippingOption>)> = Vec::new();
    for option in options {
        match groups.iter_mut().find(|(seller, _)| seller.slug == option.seller.slug) {
            Some((_, of_seller)) => of_seller.push(option.clone()),
            None => groups.push((option.seller.clone(), vec![option.clone()])),
        }
    }
    groups
}
