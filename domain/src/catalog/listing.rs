use crate::money::Currency;
use crate::page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longer queries are pasted by accident or by attackers.
pub const QUERY_LENGTH_MAX: usize = 200;
/// More option filters than this narrow nothing down any more.
pub const OPTION_FILTERS_MAX: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Relevance,
    PriceAsc,
    PriceDesc,
    Newest,
    Rating,
}

/// What a listing shows: OR inside one filter, AND between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingQuery {
    pub q: Option<String>,
    /// A category's slug; its descendants are included.
    pub category: Option<String>,
    /// A seller's slug.
    pub seller: Option<String>,
    /// Minor units of `currency`, inclusive.
    pub min_price: Option<i64>,
    pub max_price: Option<i64>,
    /// 1 to 5.
    pub min_rating: Option<u8>,
    pub in_stock: bool,
    /// Option name to the values wanted (`color` → `blue`, `green`).
    pub options: BTreeMap<String, Vec<String>>,
    pub currency: Currency,
    /// None: relevance with `q`, else newest.
    pub sort: Option<Sort>,
    pub cursor: Option<String>,
    pub limit: u32,
}

impl Default for ListingQuery {
    fn default() -> Self {
        Self {
            q: None,
            category: None,
            seller: None,
            min_price: None,
            max_price: None,
            min_rating: None,
            in_stock: false,
            options: BTreeMap::new(),
            currency: Currency::Usd,
            sort: None,
            cursor: None,
            limit: PAGE_LIMIT_DEFAULT,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is not a value this listing knows")]
pub struct InvalidListing {
    pub field: &'static str,
}

impl ListingQuery {
    pub fn sort(&self) -> Sort {
        self.sort.unwrap_or(if self.q.is_some() { Sort::Relevance } else { Sort::Newest })
    }

    /// Refuses what no listing can mean: limits, negative prices, crossed ranges.
    pub fn check(self) -> Result<Self, InvalidListing> {
        let bad = |field| Err(InvalidListing { field });
        if self.limit == 0 || self.limit > PAGE_LIMIT_MAX {
            return bad("limit");
        }
        if self.q.as_ref().is_some_and(|q| q.chars().count() > QUERY_LENGTH_MAX) {
            return bad("q");
        }
        if self.min_price.is_some_and(|price| price < 0) {
            return bad("min_price");
        }
        if self.max_price.is_some_and(|price| price < self.min_price.unwrap_or(0)) {
            return bad("max_price");
        }
        if self.min_rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
            return bad("min_rating");
        }
        if self.options.len() > OPTION_FILTERS_MAX
            || self.options.values().any(|values| values.is_empty() || values.len() > OPTION_FILTERS_MAX)
        {
            return bad("option");
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_order_follows_the_question() {
        assert_eq!(ListingQuery::default().sort(), Sort::Newest);
        assert_eq!(ListingQuery { q: Some("bowl".into()), ..Default::default() }.sort(), Sort::Relevance);
    }

    #[test]
    fn impossible_filters_are_refused_by_name() {
        let field = |query: ListingQuery| query.check().unwrap_err().field;
        assert_eq!(field(ListingQuery { limit: 101, ..Default::default() }), "limit");
        assert_eq!(field(ListingQuery { min_price: Some(-1), ..Default::default() }), "min_price");
        assert_eq!(field(ListingQuery { min_price: Some(5), max_price: Some(4), ..Default::default() }), "max_price");
        assert_eq!(field(ListingQuery { min_rating: Some(6), ..Default::default() }), "min_rating");
    }
}
