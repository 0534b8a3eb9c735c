use super::CheckoutForm;
use crate::ui::{Field, Select};
use domain::address::ADDRESS_TEXT_LENGTH_MAX;
use domain::country::{COUNTRIES, Country, Region, country};
use leptos::prelude::*;

/// Chosen before anybody has said anything: the country with the most to fill in is the hardest to find missing.
pub(super) const COUNTRY_DEFAULT: &str = "US";

const LENGTH_MAX: u32 = ADDRESS_TEXT_LENGTH_MAX as u32;

/// The fields of a delivery address, as its country wants them. `chosen` follows the country's field.
#[component]
pub(super) fn AddressFields(
    form: CheckoutForm,
    /// Code of the country.
    chosen: RwSignal<String>,
    /// What is wrong with the field of a name.
    error_of: Callback<&'static str, Option<String>>,
) -> impl IntoView {
    let error = move |name: &'static str| Signal::derive(move || error_of.run(name));
    let countries = COUNTRIES.iter().map(|country| (country.code.to_owned(), country.name.to_owned())).collect::<Vec<_>>();
    let line2_is_open = !form.line2.is_empty();
    let (postal_code, region) = (StoredValue::new(form.postal_code), StoredValue::new(form.region));
    view! {
        <Field label="Full name" name="name" value=form.name autocomplete="shipping name" required=true maxlength=LENGTH_MAX error=error("name")/>
        <Select label="Country" name="country" options=countries value=chosen autocomplete="shipping country" required=true error=error("country")/>
        <Field label="Street and number" name="line1" value=form.line1 autocomplete="shipping address-line1" required=true maxlength=LENGTH_MAX error=error("line1")/>
        <details open=line2_is_open class="disclosure">
            <summary>"Add a flat, floor or company"</summary>
            <div class="mt-3">
                <Field label="Flat, floor or company" name="line2" value=form.line2 autocomplete="shipping address-line2" maxlength=LENGTH_MAX error=error("line2")/>
            </div>
        </details>
        <Field label="Town or city" name="city" value=form.city autocomplete="shipping address-level2" required=true maxlength=LENGTH_MAX error=error("city")/>
        <div class="grid gap-4 sm:grid-cols-2">
            {move || {
                let place = place(&chosen.get());
                let regions = match place.region {
                    Region::NotUsed => None,
                    Region::Required { label, all } => Some((label, all)),
                };
                let region_field = regions.map(|(label, all)| {
                    let choose = (String::new(), format!("Choose the {}", label.to_lowercase()));
                    let all = all.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned()));
                    let options: Vec<(String, String)> = std::iter::once(choose).chain(all).collect();
                    view! {
                        <Select
                            label=label
                            name="region"
                            options
                            value=region.get_value()
                            autocomplete="shipping address-level1"
                            required=true
                            error=error("region")
                        />
                    }
                });
                view! {
                    {region_field}
                    <Field
                        label=place.postal_code_label
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

fn place(code: &str) -> &'static Country {
    country(code).unwrap_or(&COUNTRIES[0])
}
