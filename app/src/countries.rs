//! The countries Souk ships to, and what their addresses ask for, in the language of the page.

use crate::t;
use domain::country::{Country, Region};

/// Empty for a country Souk does not know.
pub(crate) fn country_name(code: &str) -> &'static str {
    match code {
        "US" => t::countries::us(),
        "CA" => t::countries::ca(),
        "AT" => t::countries::at(),
        "BE" => t::countries::be(),
        "DK" => t::countries::dk(),
        "FR" => t::countries::fr(),
        "DE" => t::countries::de(),
        "IE" => t::countries::ie(),
        "IT" => t::countries::it(),
        "NL" => t::countries::nl(),
        "PT" => t::countries::pt(),
        "ES" => t::countries::es(),
        "SE" => t::countries::se(),
        "GB" => t::countries::gb(),
        _ => "",
    }
}

/// The lines of an address whose last one names the country, with its name in the language of the page.
pub(crate) fn label_lines(mut lines: Vec<String>, country: &str) -> Vec<String> {
    if let (Some(last), name) = (lines.last_mut(), country_name(country))
        && !name.is_empty()
    {
        name.clone_into(last);
    }
    lines
}

pub(crate) fn postal_code_label(country: &Country) -> &'static str {
    match country.postal_code_label {
        "ZIP code" => t::countries::zip_code(),
        "Postal code" => t::countries::postal_code(),
        "Postcode" => t::countries::postcode(),
        "Eircode" => t::countries::eircode(),
        other => other,
    }
}

/// Empty where addresses name no region.
pub(crate) fn region_label(country: &Country) -> &'static str {
    match country.region {
        Region::NotUsed => "",
        Region::Required { label: "State", .. } => t::countries::state(),
        Region::Required { label: "Province", .. } => t::countries::province(),
        Region::Required { label, .. } => label,
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::country::COUNTRIES;
    use domain::language::Language;
    use domain::market::Market;
    use leptos::prelude::{Owner, provide_context};

    #[test]
    fn english_is_what_the_domain_says() {
        for country in COUNTRIES {
            assert_eq!(country_name(country.code), country.name);
            assert_eq!(postal_code_label(country), country.postal_code_label);
            match country.region {
                Region::NotUsed => assert_eq!(region_label(country), ""),
                Region::Required { label, .. } => assert_eq!(region_label(country), label),
            }
        }
        assert_eq!(country_name("XX"), "");
    }

    #[test]
    fn the_language_of_the_page_is_followed() {
        let name = Owner::new().with(|| {
            provide_context(Market { language: Language::German, ..Market::default() });
            country_name("AT")
        });
        assert_eq!(name, "Österreich");
    }
}
