//! Reading the catalogue.

use crate::{Context, Failure};
use domain::catalog::{CategoryView, HomeView, ListingQuery, ListingView, ProductInventory, ProductView};
use domain::id::ProductId;
use domain::money::Currency;
use domain::refusal::NoRefusal;

pub async fn home(_ctx: &Context, _currency: Currency) -> Result<HomeView, Failure<NoRefusal>> {
    todo!()
}

/// All categories, parents before children, by position.
pub async fn categories(_ctx: &Context) -> Result<Vec<CategoryView>, Failure<NoRefusal>> {
    todo!()
}

/// `NotFound` for an unknown category or seller slug. The query has been checked.
pub async fn listing(_ctx: &Context, _query: &ListingQuery) -> Result<ListingView, Failure<NoRefusal>> {
    todo!()
}

/// A published product by id or slug, at most four statements.
pub async fn product(_ctx: &Context, _id_or_slug: &str, _currency: Currency) -> Result<ProductView, Failure<NoRefusal>> {
    todo!()
}

pub async fn inventory(_ctx: &Context, _product: ProductId) -> Result<ProductInventory, Failure<NoRefusal>> {
    todo!()
}
