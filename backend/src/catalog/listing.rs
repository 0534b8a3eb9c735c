use super::store::{self, CountRow};
use crate::{Context, Failure};
use domain::catalog::{Facet, FacetValue, ListingCursor, ListingQuery, ListingView, Sort, by_size};
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::refusal::NoRefusal;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Words of a query that are looked for; the rest of a pasted text is not.
const WORDS_MAX: usize = 10;

/// Options that a list is narrowed by: a market of many trades has a hundred, and those that most products have tell most.
const OPTION_FACETS_MAX: usize = 4;

/// A checked query in the terms of the statement.
pub(super) struct Filters {
    pub(super) currency: Currency,
    /// That categories are named in.
    pub(super) language: Language,
    /// Patterns for `ilike`, which must all match.
    pub(super) words: Vec<String>,
    /// The category and its descendants; empty: all.
    pub(super) categories: Vec<Uuid>,
    pub(super) seller: Option<Uuid>,
    pub(super) min_price: Option<i64>,
    pub(super) max_price: Option<i64>,
    pub(super) min_rating: Option<i32>,
    pub(super) in_stock: bool,
    /// Option to the values wanted, all in lower case, spaces of names as `_`.
    pub(super) options: BTreeMap<String, Vec<String>>,
    pub(super) order: &'static str,
    pub(super) after: Option<ListingCursor>,
    pub(super) limit: i64,
}

/// `NotFound` for an unknown category or seller slug. The query has been checked.
pub async fn listing(ctx: &Context, query: &ListingQuery) -> Result<ListingView, Failure<NoRefusal>> {
    let filters = filters(ctx, query).await?;
    let found = store::search(&ctx.handles.db, &filters).await?;
    let mut facets = most_telling(facets(query, &filters, found.counts.0));
    let bounds =
        [("min_price", "Lowest price", found.price_min, query.min_price), ("max_price", "Highest price", found.price_max, query.max_price)];
    facets.extend(bounds.into_iter().filter_map(|(field, label, bound, chosen)| {
        Some(price_bound(field, label, Money::new(bound?, query.currency), chosen, found.priced))
    }));
    let mut rows = found.cards.0;
    // One more than asked for was read, to know whether there is more.
    let more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    let next = rows.last().filter(|_| more).map(|row| ListingCursor { sort: query.sort(), rank: row.rank, product: row.id });
    Ok(ListingView {
        items: rows.into_iter().map(|row| row.view(query.currency)).collect(),
        facets,
        total: u32::try_from(found.total).unwrap_or(u32::MAX),
        next_cursor: next.map(|cursor| cursor.to_string()),
        corrected_query: None,
    })
}

async fn filters(ctx: &Context, query: &ListingQuery) -> Result<Filters, Failure<NoRefusal>> {
    let (categories, seller) = match (&query.category, &query.seller) {
        (None, None) => (Vec::new(), None),
        (category, seller) => store::resolve(&ctx.handles.db, category.as_deref(), seller.as_deref()).await?,
    };
    if (query.category.is_some() && categories.is_empty()) || (query.seller.is_some() && seller.is_none()) {
        return Err(Failure::NotFound);
    }
    let options = query.options.iter().map(|(name, values)| (option_key(name), values.iter().map(|value| value.to_lowercase()).collect()));
    Ok(Filters {
        currency: query.currency,
        language: ctx.caller.language(),
        words: words(query.q.as_deref().unwrap_or_default()),
        categories,
        seller,
        min_price: query.min_price,
        max_price: query.max_price,
        min_rating: query.min_rating.map(i32::from),
        in_stock: query.in_stock,
        options: options.collect(),
        order: match query.sort() {
            Sort::Relevance => "relevance",
            Sort::PriceAsc => "price_asc",
            Sort::PriceDesc => "price_desc",
            Sort::Newest => "newest",
            Sort::Rating => "rating",
        },
        // The query has been checked: its cursor parses.
        after: query.after().ok().flatten(),
        limit: i64::from(query.limit) + 1,
    })
}

/// As it stands in an address: `option.frame_colour`.
fn option_key(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

/// Each word as a pattern that finds it anywhere; what `like` would read as a sign is taken literally.
fn words(query: &str) -> Vec<String> {
    let literal = |word: &str| word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    query.replace('\0', " ").split_whitespace().take(WORDS_MAX).map(|word| format!("%{}%", literal(word))).collect()
}

/// The counted values by field, what is chosen marked.
fn facets(query: &ListingQuery, filters: &Filters, counts: Vec<CountRow>) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for row in counts {
        let selected = is_selected(query, filters, &row);
        let value = FacetValue { value: row.value, label: row.label, count: row.count, selected, within: row.within };
        match facets.last_mut() {
            Some(facet) if facet.field == row.field => facet.values.push(value),
            _ => facets.push(Facet { field: row.field, label: row.name, values: vec![value] }),
        }
    }
    // Those of most products come first, but sizes as they grow.
    for facet in facets.iter_mut().filter(|facet| facet.field.starts_with("option.")) {
        facet.values.sort_by(|one, other| by_size(&one.label, &other.label));
    }
    facets
}

/// All facets but the options that few products have, unless they are chosen.
fn most_telling(facets: Vec<Facet>) -> Vec<Facet> {
    let (mut options, mut telling): (Vec<Facet>, Vec<Facet>) = facets.into_iter().partition(|facet| facet.field.starts_with("option."));
    options.sort_by_key(|facet| Reverse(facet.values.iter().map(|value| value.count).sum::<u32>()));
    let is_chosen = |facet: &Facet| facet.values.iter().any(|value| value.selected);
    telling.extend(
        options.into_iter().enumerate().filter(|(place, facet)| *place < OPTION_FACETS_MAX || is_chosen(facet)).map(|(_, facet)| facet),
    );
    telling
}

/// The lowest or highest price there is without the filter of prices: all `count` products lie within.
fn price_bound(field: &str, label: &str, bound: Money, chosen: Option<i64>, count: i64) -> Facet {
    let value = FacetValue {
        value: bound.amount.to_string(),
        label: bound.to_string(),
        count: u32::try_from(count).unwrap_or(u32::MAX),
        selected: chosen == Some(bound.amount),
        within: None,
    };
    Facet { field: field.to_owned(), label: label.to_owned(), values: vec![value] }
}

fn is_selected(query: &ListingQuery, filters: &Filters, row: &CountRow) -> bool {
    match row.field.as_str() {
        "category" => query.category.as_deref() == Some(&row.value),
        "seller" => query.seller.as_deref() == Some(&row.value),
        "in_stock" => query.in_stock,
        "min_rating" => query.min_rating.is_some_and(|stars| stars.to_string() == row.value),
        field => {
            let wanted = field.strip_prefix("option.").and_then(|name| filters.options.get(name));
            wanted.is_some_and(|values| values.contains(&row.value.to_lowercase()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_options_those_of_most_products_are_offered_and_those_chosen() {
        let facet = |field: &str, count, selected| {
            let value = FacetValue { value: "x".to_owned(), label: "x".to_owned(), count, selected, within: None };
            Facet { field: field.to_owned(), label: field.to_owned(), values: vec![value] }
        };
        let counted =
            [("option.a", 1, true), ("option.b", 2, false), ("option.c", 9, false), ("option.d", 5, false), ("option.e", 5, false)];
        let mut facets: Vec<Facet> = counted.into_iter().map(|(field, count, selected)| facet(field, count, selected)).collect();
        facets.extend([facet("option.f", 4, false), facet("seller", 1, false)]);
        let kept: Vec<String> = most_telling(facets).into_iter().map(|facet| facet.field).collect();
        assert_eq!(kept, ["seller", "option.c", "option.d", "option.e", "option.f", "option.a"]);
    }

    #[test]
    fn signs_of_patterns_are_looked_for_as_they_stand() {
        assert_eq!(words("100%  wool_mix"), [r"%100\%%", r"%wool\_mix%"]);
        assert_eq!(words(&"a ".repeat(50)).len(), WORDS_MAX);
        assert_eq!(words("\0"), Vec::<String>::new());
    }
}
