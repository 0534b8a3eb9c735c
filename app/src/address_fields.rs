//! The form of a delivery address, and what is wrong with what was typed into it: at the checkout and in the account.

use crate::countries::{country_name, postal_code_label, region_label};
use crate::market;
use crate::t;
use crate::ui::{AtOnce, Field, Select};
use domain::address::{ADDRESS_TEXT_LENGTH_MAX, Address, AddressDraft, FieldError};
use domain::country::{COUNTRIES, Country, Region, country};
use domain::language::Language;
use leptos::prelude::*;
use std::collections::BTreeMap;
use web_sys::{FormData, HtmlFormElement};

/// Chosen before anybody has said anything: where most live who read the page in its language.
pub(crate) fn country_default() -> &'static str {
    match market::current().language {
        Language::German => "DE",
        Language::English | Language::Mirrored => "US",
    }
}

const LENGTH_MAX: u32 = ADDRESS_TEXT_LENGTH_MAX as u32;

/// The fields of a delivery address, as its country wants them. `chosen` follows the country's field.
#[component]
pub(crate) fn AddressFields(
    address: AddressDraft,
    /// Code of the country.
    chosen: RwSignal<String>,
    /// What is wrong with the field of a name.
    error_of: Callback<&'static str, Option<String>>,
) -> impl IntoView {
    let error = move |name: &'static str| Signal::derive(move || error_of.run(name));
    let mut countries =
        COUNTRIES.iter().map(|country| (country.code.to_owned(), country_name(country.code).to_owned())).collect::<Vec<_>>();
    countries.sort_by_key(|(code, name)| (code != country_default(), name.replace('Ö', "O")));
    let AddressDraft { name, line1, line2, city, region, postal_code, .. } = address;
    let line2 = line2.unwrap_or_default();
    let line2_is_open = !line2.is_empty();
    let postal_code = StoredValue::new(postal_code.unwrap_or_default());
    // Chosen for a country, it is there again when the shopper comes back to that country.
    let regions = StoredValue::new(BTreeMap::from([(chosen.get_untracked(), region.unwrap_or_default())]));
    view! {
        <Field label=t::address::name() name="name" value=name autocomplete="shipping name" required=true maxlength=LENGTH_MAX error=error("name")/>
        <Select label=t::address::country() name="country" options=countries value=chosen autocomplete="shipping country" required=true error=error("country")/>
        <Field label=t::address::street() name="line1" value=line1 autocomplete="shipping address-line1" required=true maxlength=LENGTH_MAX error=error("line1")/>
        <details open=line2_is_open class="disclosure">
            <summary>{t::address::add_line2()}</summary>
            <div class="mt-3">
                <Field label=t::address::line2() name="line2" value=line2 autocomplete="shipping address-line2" maxlength=LENGTH_MAX error=error("line2")/>
            </div>
        </details>
        <Field label=t::address::city() name="city" value=city autocomplete="shipping address-level2" required=true maxlength=LENGTH_MAX error=error("city")/>
        <div class="grid gap-4 sm:grid-cols-2">
            // Built anew for each country: a list that is only filled anew keeps the place of what was chosen in it, and so
            // chooses the region that stands there now.
            <For each=move || [chosen.get()] key=String::clone let:country>
                <RegionField country regions error=error("region")/>
            </For>
            {move || {
                let place = place(&chosen.get());
                view! {
                    <Field
                        label=postal_code_label(place)
                        name="postal_code"
                        value=postal_code.get_value()
                        autocomplete="shipping postal-code"
                        required=true
                        maxlength=12
                        error=error("postal_code")
                    />
                }
            }}
        </div>
    }
}

/// The choice of a state or province, where addresses of the country have one.
#[component]
fn RegionField(country: String, regions: StoredValue<BTreeMap<String, String>>, error: Signal<Option<String>>) -> impl IntoView {
    let place = place(&country);
    let Region::Required { all, .. } = place.region else { return ().at_once() };
    let choose = (String::new(), choose_region(place).to_owned());
    let all = all.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned()));
    let options: Vec<(String, String)> = std::iter::once(choose).chain(all).collect();
    let value = regions.with_value(|regions| regions.get(&country).cloned().unwrap_or_default());
    let remember = move |event| regions.update_value(|regions| drop(regions.insert(country.clone(), event_target_value(&event))));
    view! {
        <div on:change=remember>
            <Select label=region_label(place) name="region" options value autocomplete="shipping address-level1" required=true error/>
        </div>
    }
    .at_once()
}

/// What stands in the fields of `form` now.
pub(crate) fn read_address(form: &HtmlFormElement) -> Option<AddressDraft> {
    let data = FormData::new_with_form(form).ok()?;
    let text = |name: &str| data.get(name).as_string().unwrap_or_default();
    Some(AddressDraft {
        name: text("name"),
        line1: text("line1"),
        line2: Some(text("line2")),
        city: text("city"),
        region: Some(text("region")),
        postal_code: Some(text("postal_code")),
        country: text("country"),
    })
}

/// What is wrong with the fields, by their names, in the language of the page.
pub(crate) fn address_errors(address: &AddressDraft) -> Vec<FieldError> {
    let errors = Address::try_from(address.clone()).err().map(|invalid| invalid.0).unwrap_or_default();
    errors.into_iter().map(|error| in_words(error, country(&address.country))).collect()
}

fn in_words(error: FieldError, country: Option<&Country>) -> FieldError {
    let message = match (error.field.as_str(), error.code.as_str(), country) {
        (_, "too_long", _) => t::address::error_too_long(&ADDRESS_TEXT_LENGTH_MAX.to_string()),
        ("name", "required", _) => t::address::error_name().to_owned(),
        ("line1", "required", _) => t::address::error_street().to_owned(),
        ("city", "required", _) => t::address::error_city().to_owned(),
        ("country", ..) => t::address::error_country().to_owned(),
        ("region", _, Some(country)) if country.code == "CA" => t::address::error_province().to_owned(),
        ("region", ..) => t::address::error_state().to_owned(),
        ("postal_code", _, Some(country)) => t::address::error_postal_code(country_name(country.code), postal_code_label(country)),
        (_, "invalid", _) => t::address::error_characters().to_owned(),
        _ => return error,
    };
    FieldError { message, ..error }
}

/// A sentence for each kind of region: other languages need more than its name in it.
fn choose_region(country: &Country) -> &'static str {
    if country.code == "CA" { t::address::choose_province() } else { t::address::choose_state() }
}

fn place(code: &str) -> &'static Country {
    country(code).unwrap_or(&COUNTRIES[0])
}
