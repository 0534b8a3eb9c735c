use super::listing_address::{Scope, write};
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::catalog::{Facet, ListingQuery};
use domain::money::Money;
use leptos::prelude::*;

/// One filter that is on, and the listing without it.
#[derive(Clone, Debug, PartialEq)]
struct Applied {
    label: String,
    without: ListingQuery,
}

/// What narrows the list down, each with its way out, and one way out of all.
#[component]
pub(super) fn AppliedFilters(path: String, scope: Scope, query: ListingQuery, facets: Vec<Facet>) -> impl IntoView {
    let applied = applied(&scope, &query, &facets);
    let has_several = applied.len() > 1;
    let cleared = write(&path, &scope, &cleared(&scope, &query));
    let chips = applied.into_iter().map(|filter| {
        let remove = t::catalog::applied_remove(&filter.label);
        view! {
            <li>
                <a href=write(&path, &scope, &filter.without) class="chip" data-noscroll="" aria-label=remove>
                    {filter.label}
                    <Icon name="x" class="size-3.5"/>
                </a>
            </li>
        }
    });
    view! {
        <ul
            class="mt-4 flex flex-wrap items-center gap-2 empty:hidden"
            aria-label=t::catalog::applied_label()
            data-testid="listing-applied"
        >
            {chips.collect_view()}
            {has_several.then(|| view! {
                <li><a href=cleared class="text-button px-2" data-noscroll="">{t::catalog::applied_clear()}</a></li>
            })}
        </ul>
    }
    .at_once()
}

/// The same question without any filter.
pub(super) fn cleared(scope: &Scope, query: &ListingQuery) -> ListingQuery {
    let (category, seller) = match scope {
        Scope::Category(slug) => (Some(slug.clone()), None),
        Scope::Seller(slug) => (None, Some(slug.clone())),
        Scope::Everything => (None, None),
    };
    ListingQuery { q: query.q.clone(), category, seller, currency: query.currency, sort: query.sort, ..ListingQuery::default() }
}

fn applied(scope: &Scope, query: &ListingQuery, facets: &[Facet]) -> Vec<Applied> {
    let start = ListingQuery { cursor: None, ..query.clone() };
    let bare = cleared(scope, query);
    let label_of = |field: &str, value: &str| {
        let facet = facets.iter().find(|facet| facet.field == field);
        facet.and_then(|facet| facet.values.iter().find(|own| own.value == value)).map_or_else(|| value.to_owned(), |own| own.label.clone())
    };
    let mut filters = Vec::new();
    let mut add = |label: String, without: ListingQuery| filters.push(Applied { label, without });
    if let Some(slug) = query.category.as_ref().filter(|_| query.category != bare.category) {
        add(label_of("category", slug), ListingQuery { category: bare.category.clone(), ..start.clone() });
    }
    if let Some(slug) = query.seller.as_ref().filter(|_| query.seller != bare.seller) {
        add(label_of("seller", slug), ListingQuery { seller: bare.seller.clone(), ..start.clone() });
    }
    for (option, values) in &query.options {
        for value in values {
            let mut without = start.clone();
            if let Some(left) = without.options.get_mut(option) {
                left.retain(|own| own != value);
            }
            without.options.retain(|_, left| !left.is_empty());
            add(label_of(&format!("option.{option}"), value), without);
        }
    }
    if let Some(price) = query.min_price {
        add(t::catalog::applied_min_price(&t::money(Money::new(price, query.currency))), ListingQuery { min_price: None, ..start.clone() });
    }
    if let Some(price) = query.max_price {
        add(t::catalog::applied_max_price(&t::money(Money::new(price, query.currency))), ListingQuery { max_price: None, ..start.clone() });
    }
    if let Some(stars) = query.min_rating {
        add(t::catalog::rating_from(stars.into()), ListingQuery { min_rating: None, ..start.clone() });
    }
    if query.in_stock {
        add(t::catalog::applied_in_stock().to_owned(), ListingQuery { in_stock: false, ..start });
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn each_filter_can_be_taken_off_alone() {
        let scope = Scope::Category("home".to_owned());
        let query = ListingQuery {
            category: Some("home".to_owned()),
            options: BTreeMap::from([("Colour".to_owned(), vec!["Sand".to_owned(), "Moss".to_owned()])]),
            min_rating: Some(4),
            in_stock: true,
            ..ListingQuery::default()
        };
        let filters = applied(&scope, &query, &[]);
        assert_eq!(
            filters.iter().map(|filter| filter.label.as_str()).collect::<Vec<_>>(),
            ["Sand", "Moss", "4 stars and up", "Ready to ship"]
        );
        assert_eq!(filters[0].without.options["Colour"], ["Moss"]);
        assert_eq!((filters[0].without.min_rating, filters[2].without.min_rating), (Some(4), None));
        assert!(filters[0].without.in_stock && !filters[3].without.in_stock);
        assert!(applied(&scope, &cleared(&scope, &query), &[]).is_empty());
    }
}
