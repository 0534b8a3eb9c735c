use crate::id::ProductId;
use crate::money::Currency;
use crate::page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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

impl Sort {
    pub const ALL: [Sort; 5] = [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Rating];
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

/// Where a listing goes on: after this product, in this order. Opaque outside; good for the order it was made in only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingCursor {
    pub sort: Sort,
    /// The product's place by `sort`; smaller comes first.
    pub rank: i64,
    pub product: ProductId,
}

impl fmt::Display for ListingCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}{:016x}{:032x}", self.sort as u8, self.rank, self.product.0.as_u128())
    }
}

impl std::str::FromStr for ListingCursor {
    type Err = InvalidListing;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = InvalidListing { field: "cursor" };
        if text.len() != 49 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad);
        }
        let sort = Sort::ALL.into_iter().find(|sort| format!("{:x}", *sort as u8) == text[..1]).ok_or(bad)?;
        let rank = u64::from_str_radix(&text[1..17], 16).map_err(|_| bad)?.cast_signed();
        let product = u128::from_str_radix(&text[17..], 16).map_err(|_| bad)?;
        Ok(Self { sort, rank, product: ProductId(uuid::Uuid::from_u128(product)) })
    }
}

impl ListingQuery {
    pub fn sort(&self) -> Sort {
        self.sort.unwrap_or(if self.q.is_some() { Sort::Relevance } else { Sort::Newest })
    }

    /// Where to go on; none at the beginning. A cursor of another order is refused.
    pub fn after(&self) -> Result<Option<ListingCursor>, InvalidListing> {
        match self.cursor.as_deref().map(str::parse::<ListingCursor>).transpose()? {
            Some(cursor) if cursor.sort != self.sort() => Err(InvalidListing { field: "cursor" }),
            cursor => Ok(cursor),
        }
    }

    /// Refuses what no listing can mean: limits, negative prices, crossed ranges, foreign cursors.
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
        self.after()?;
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

    #[test]
    fn a_cursor_goes_on_in_its_own_order_only() {
        let cursor = ListingCursor { sort: Sort::PriceDesc, rank: -4_200, product: ProductId(uuid::Uuid::from_u128(7)) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        let listing = |sort| ListingQuery { sort: Some(sort), cursor: Some(cursor.to_string()), ..Default::default() };
        assert_eq!(listing(Sort::PriceDesc).after(), Ok(Some(cursor)));
        assert_eq!(listing(Sort::Newest).check().unwrap_err().field, "cursor");
        for text in ["", "x", &"é".repeat(25), &"9".repeat(49)] {
            assert!(text.parse::<ListingCursor>().is_err(), "{text:?}");
        }
    }
}
