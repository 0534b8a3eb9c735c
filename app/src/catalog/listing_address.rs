//! A listing's state as its address, and back: what is filtered and sorted can be linked, shared and gone back to.

use domain::catalog::{ListingQuery, OPTION_FILTERS_MAX, QUERY_LENGTH_MAX, Sort};
use domain::money::Currency;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a listing is about before anybody filters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Scope {
    Everything,
    Category(String),
    Seller(String),
}

pub(super) const SORTS: [(Sort, &str, &str); 4] = [
    (Sort::Relevance, "relevance", "Best match"),
    (Sort::Newest, "newest", "Newest first"),
    (Sort::PriceAsc, "price_asc", "Price, low to high"),
    (Sort::PriceDesc, "price_desc", "Price, high to low"),
];

/// Reads an address. What no listing can mean is left out: an old or mistyped link still shows something.
pub(super) fn read(scope: &Scope, params: &ParamsMap) -> ListingQuery {
    let text = |name: &str| params.get_str(name).map(str::trim).filter(|value| !value.is_empty());
    let currency: Currency = text("currency").and_then(|code| code.parse().ok()).unwrap_or_default();
    let price = |name: &str| text(name).and_then(|value| minor_units(value, currency));
    let min_price = price("min_price");
    ListingQuery {
        q: text("q").map(|question| question.chars().take(QUERY_LENGTH_MAX).collect()),
        category: match scope {
            Scope::Category(slug) => Some(text("category").unwrap_or(slug).to_owned()),
            _ => text("category").map(str::to_owned),
        },
        seller: match scope {
            Scope::Seller(slug) => Some(slug.clone()),
            _ => text("seller").map(str::to_owned),
        },
        min_price,
        max_price: price("max_price").filter(|price| *price >= min_price.unwrap_or(0)),
        in_stock: text("in_stock") == Some("true"),
        options: read_options(params),
        currency,
        sort: text("sort").and_then(|name| SORTS.into_iter().find(|(_, own, _)| *own == name)).map(|(sort, ..)| sort),
        cursor: text("cursor").map(str::to_owned),
        ..ListingQuery::default()
    }
}

/// `option.Colour=Sand&option.Colour=Moss`, or the values of one option joined by commas.
fn read_options(params: &ParamsMap) -> BTreeMap<String, Vec<String>> {
    let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in params.clone() {
        let Some(option) = name.strip_prefix("option.").filter(|option| !option.is_empty()) else { continue };
        let values = options.entry(option.to_owned()).or_default();
        let new: Vec<&str> = value.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
        values.extend(new.into_iter().map(str::to_owned));
        values.dedup();
        values.truncate(OPTION_FILTERS_MAX);
    }
    options.retain(|_, values| !values.is_empty());
    while options.len() > OPTION_FILTERS_MAX {
        options.pop_last();
    }
    options
}

/// The address of a listing, starting from the path of its page.
pub(super) fn write(path: &str, scope: &Scope, query: &ListingQuery) -> String {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: Option<String>| fields.extend(value.map(|value| (name.to_owned(), value)));
    put("q", query.q.clone());
    put("category", query.category.clone().filter(|slug| *scope != Scope::Category(slug.clone())));
    put("seller", query.seller.clone().filter(|slug| *scope != Scope::Seller(slug.clone())));
    put("min_price", query.min_price.map(|price| major_units(price, query.currency)));
    put("max_price", query.max_price.map(|price| major_units(price, query.currency)));
    put("in_stock", query.in_stock.then(|| "true".to_owned()));
    for (option, values) in &query.options {
        values.iter().for_each(|value| put(&format!("option.{option}"), Some(value.clone())));
    }
    put("currency", (query.currency != Currency::default()).then(|| query.currency.code().to_owned()));
    put("sort", query.sort.and_then(sort_name).map(str::to_owned));
    put("cursor", query.cursor.clone());
    let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("{}={}", Url::escape(&name), Url::escape(&value))).collect();
    if fields.is_empty() { path.to_owned() } else { format!("{path}?{}", fields.join("&")) }
}

pub(super) fn sort_name(sort: Sort) -> Option<&'static str> {
    SORTS.into_iter().find(|(own, ..)| *own == sort).map(|(_, name, _)| name)
}

/// `12.5` to 1250: what people type into a price field.
fn minor_units(text: &str, currency: Currency) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = currency.exponent() as usize;
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || part.len() > digits {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

pub(super) fn major_units(amount: i64, currency: Currency) -> String {
    let scale = 10_i64.pow(currency.exponent());
    match (amount / scale, amount % scale) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:0width$}", width = currency.exponent() as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> ParamsMap {
        let mut params = ParamsMap::new();
        pairs.iter().for_each(|(name, value)| params.insert((*name).to_owned(), (*value).to_owned()));
        params
    }

    #[test]
    fn an_address_says_all_of_a_listing_and_can_be_read_again() {
        let query = ListingQuery {
            q: Some("salt & light".to_owned()),
            category: Some("bowls".to_owned()),
            min_price: Some(1_250),
            max_price: Some(9_900),
            in_stock: true,
            options: BTreeMap::from([("Colour".to_owned(), vec!["Sand".to_owned(), "Moss".to_owned()])]),
            currency: Currency::Eur,
            sort: Some(Sort::PriceAsc),
            cursor: Some("abc".to_owned()),
            ..ListingQuery::default()
        };
        let address = write("/search", &Scope::Everything, &query);
        let pairs: Vec<(String, String)> = address
            .split_once('?')
            .unwrap()
            .1
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (Url::unescape(name), Url::unescape(value)))
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read(&Scope::Everything, &params(&pairs)), query);
    }

    #[test]
    fn what_a_page_is_about_is_not_repeated_in_its_query() {
        let scope = Scope::Seller("kiln".to_owned());
        let query = read(&scope, &ParamsMap::new());
        assert_eq!(query.seller.as_deref(), Some("kiln"));
        assert_eq!(write("/s/kiln", &scope, &query), "/s/kiln");
    }

    #[test]
    fn nonsense_in_an_address_is_passed_over() {
        let query = read(
            &Scope::Everything,
            &params(&[("min_price", "-4"), ("sort", "best"), ("currency", "XXX"), ("option.", "a"), ("option.Size", ",")]),
        );
        assert_eq!(query, ListingQuery::default());
        let crossed = read(&Scope::Everything, &params(&[("min_price", "50"), ("max_price", "20")]));
        assert!(crossed.check().is_ok());
    }

    #[test]
    fn prices_are_read_as_people_type_them() {
        assert_eq!(minor_units("12", Currency::Usd), Some(1_200));
        assert_eq!(minor_units("12.5", Currency::Usd), Some(1_250));
        assert_eq!(minor_units("12.505", Currency::Usd), None);
        assert_eq!(minor_units("1200", Currency::Jpy), Some(1_200));
        assert_eq!(minor_units("999999999999999999999", Currency::Usd), None);
        assert_eq!((major_units(1_200, Currency::Usd), major_units(1_250, Currency::Usd)), ("12".to_owned(), "12.50".to_owned()));
    }
}
