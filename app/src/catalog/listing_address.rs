//! A listing's state as its address, and back: what is filtered and sorted can be linked, shared and gone back to.

use crate::t;
use domain::catalog::{ListingQuery, OPTION_FILTERS_MAX, QUERY_LENGTH_MAX, Sort};
use domain::language::Language;
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

/// A text in the language of the page.
type Label = fn() -> &'static str;

/// What a list can be sorted by: its name in addresses, and to people.
pub(super) const SORTS: [(Sort, &str, Label); 5] = [
    (Sort::Relevance, "relevance", t::catalog::sort_relevance),
    (Sort::Newest, "newest", t::catalog::sort_newest),
    (Sort::PriceAsc, "price_asc", t::catalog::sort_price_up),
    (Sort::PriceDesc, "price_desc", t::catalog::sort_price_down),
    (Sort::Rating, "rating", t::catalog::sort_rating),
];

/// Reads an address. What no listing can mean is left out: an old or mistyped link still shows something.
/// The currency is that of the prices which the address names; without any it is the visitor's. Whether a cursor leads
/// anywhere only the server knows.
pub(super) fn read(scope: &Scope, params: &ParamsMap, chosen: Currency) -> ListingQuery {
    let text = |name: &str| params.get_str(name).map(str::trim).filter(|value| !value.is_empty());
    let is_priced = text("min_price").or(text("max_price")).is_some();
    let currency = text("currency").filter(|_| is_priced).and_then(offered).unwrap_or(chosen);
    let price = |name: &str| text(name).and_then(|value| minor_units(value, currency));
    // Whoever fills in the larger one first means the same.
    let (min_price, max_price) = match (price("min_price"), price("max_price")) {
        (Some(min), Some(max)) if min > max => (Some(max), Some(min)),
        prices => prices,
    };
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
        max_price,
        min_rating: text("min_rating").and_then(|stars| stars.parse().ok()).filter(|stars| (1..=5).contains(stars)),
        in_stock: text("in_stock") == Some("true"),
        options: read_options(params),
        currency,
        sort: text("sort").and_then(|name| SORTS.into_iter().find(|(_, own, _)| *own == name)).map(|(sort, ..)| sort),
        cursor: text("cursor").map(str::to_owned),
        ..ListingQuery::default()
    }
}

/// The currency of this code, if shoppers may choose it.
fn offered(code: &str) -> Option<Currency> {
    Currency::OFFERED.into_iter().find(|currency| currency.code() == code)
}

/// `option.Colour=Sand&option.Colour=Moss`.
fn read_options(params: &ParamsMap) -> BTreeMap<String, Vec<String>> {
    let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in params.clone() {
        let Some(option) = name.strip_prefix("option.").filter(|option| !option.is_empty()) else { continue };
        let values = options.entry(option.to_owned()).or_default();
        // A comma is the value's own: "Small, 18 cm".
        values.extend(Some(value.trim().to_owned()).filter(|value| !value.is_empty()));
        values.dedup();
        values.truncate(OPTION_FILTERS_MAX);
    }
    options.retain(|_, values| !values.is_empty());
    while options.len() > OPTION_FILTERS_MAX {
        options.pop_last();
    }
    options
}

/// The address of a listing, starting from the link to its page.
pub(super) fn write(path: &str, scope: &Scope, query: &ListingQuery) -> String {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: Option<String>| fields.extend(value.map(|value| (name.to_owned(), value)));
    put("q", query.q.clone());
    put("category", query.category.clone().filter(|slug| *scope != Scope::Category(slug.clone())));
    put("seller", query.seller.clone().filter(|slug| *scope != Scope::Seller(slug.clone())));
    // The same address in every language.
    put("min_price", query.min_price.map(|price| major_units(price, query.currency, Language::English)));
    put("max_price", query.max_price.map(|price| major_units(price, query.currency, Language::English)));
    put("min_rating", query.min_rating.map(|stars| stars.to_string()));
    put("in_stock", query.in_stock.then(|| "true".to_owned()));
    for (option, values) in &query.options {
        values.iter().for_each(|value| put(&format!("option.{option}"), Some(value.clone())));
    }
    put("currency", query.min_price.or(query.max_price).map(|_| query.currency.code().to_owned()));
    put("sort", query.sort.and_then(sort_name).map(str::to_owned));
    put("cursor", query.cursor.clone());
    let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("{}={}", Url::escape(&name), Url::escape(&value))).collect();
    if fields.is_empty() { path.to_owned() } else { format!("{path}?{}", fields.join("&")) }
}

pub(super) fn sort_name(sort: Sort) -> Option<&'static str> {
    SORTS.into_iter().find(|(own, ..)| *own == sort).map(|(_, name, _)| name)
}

/// `12.5` or `12,5` to 1250: what people type into a price field, whatever language the page is in.
fn minor_units(text: &str, currency: Currency) -> Option<i64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = currency.exponent() as usize;
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || part.len() > digits {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

/// As people type it in their language: without symbol and grouping.
pub(super) fn major_units(amount: i64, currency: Currency, language: Language) -> String {
    let scale = 10_i64.pow(currency.exponent());
    match (amount / scale, amount % scale) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}{}{part:0width$}", language.decimal_mark(), width = currency.exponent() as usize),
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
            min_rating: Some(4),
            max_price: Some(9_900),
            in_stock: true,
            options: BTreeMap::from([("Colour".to_owned(), vec!["Sand".to_owned(), "Small, 18 cm".to_owned()])]),
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
        assert_eq!(read(&Scope::Everything, &params(&pairs), Currency::Usd), query);
    }

    #[test]
    fn what_a_page_is_about_is_not_repeated_in_its_query() {
        let scope = Scope::Seller("kiln".to_owned());
        let query = read(&scope, &ParamsMap::new(), Currency::Usd);
        assert_eq!(query.seller.as_deref(), Some("kiln"));
        assert_eq!(write("/s/kiln", &scope, &query), "/s/kiln");
    }

    #[test]
    fn a_listing_without_prices_is_in_the_visitors_currency() {
        let currency = |pairs: &[(&str, &str)]| read(&Scope::Everything, &params(pairs), Currency::Eur).currency;
        assert_eq!(currency(&[]), Currency::Eur);
        assert_eq!(currency(&[("currency", "USD")]), Currency::Eur);
        assert_eq!(currency(&[("currency", "USD"), ("max_price", "20")]), Currency::Usd);
        assert_eq!(currency(&[("currency", "JPY"), ("max_price", "20")]), Currency::Eur);
    }

    #[test]
    fn nonsense_in_an_address_is_passed_over() {
        let query = read(
            &Scope::Everything,
            &params(&[
                ("min_price", "-4"),
                ("sort", "best"),
                ("min_rating", "6"),
                ("currency", "XXX"),
                ("option.", "a"),
                ("option.Size", " "),
            ]),
            Currency::Usd,
        );
        assert_eq!(query, ListingQuery::default());
        let crossed = read(&Scope::Everything, &params(&[("min_price", "50"), ("max_price", "20")]), Currency::Usd);
        assert_eq!((crossed.min_price, crossed.max_price), (Some(2_000), Some(5_000)), "crossed prices are meant the other way round");
    }

    #[test]
    fn prices_are_read_as_people_type_them() {
        assert_eq!(minor_units("12", Currency::Usd), Some(1_200));
        assert_eq!(minor_units("12.5", Currency::Usd), Some(1_250));
        assert_eq!(minor_units("12,5", Currency::Eur), Some(1_250));
        assert_eq!(minor_units("12.505", Currency::Usd), None);
        assert_eq!(minor_units("1200", Currency::Jpy), Some(1_200));
        assert_eq!(minor_units("999999999999999999999", Currency::Usd), None);
    }

    #[test]
    fn prices_are_shown_as_people_type_them_and_read_in_either_way() {
        let shown = |amount, currency| Language::OFFERED.map(|language| major_units(amount, currency, language));
        assert_eq!(shown(1_250, Currency::Eur), ["12.50", "12,50"]);
        assert_eq!(shown(1_205, Currency::Kwd), ["1.205", "1,205"]);
        assert_eq!(shown(1_200, Currency::Usd), ["12", "12"]);
        assert_eq!(shown(1_250, Currency::Jpy), ["1250", "1250"]);
        for typed in ["12,50", "12.50"] {
            let query = read(&Scope::Everything, &params(&[("min_price", typed), ("max_price", typed)]), Currency::Eur);
            assert_eq!((query.min_price, query.max_price), (Some(1_250), Some(1_250)), "{typed}");
            assert_eq!(write("/search", &Scope::Everything, &query), "/search?min%5Fprice=12%2E50&max%5Fprice=12%2E50&currency=EUR");
        }
    }
}
