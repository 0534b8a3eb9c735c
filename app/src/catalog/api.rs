use crate::error::AppError;
use domain::catalog::{CategoryRef, HomeView, ListingQuery, ListingView, ProductView};
use domain::money::Currency;
use domain::refusal::NoRefusal;
use domain::sellers::SellerView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[server(prefix = "/sf", endpoint = "catalog/home", input = leptos::server_fn::codec::GetUrl)]
pub(super) async fn home(currency: Currency) -> Result<HomeView, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    Ok(backend::catalog::home(&ctx, currency).await?)
}

/// The topmost categories, for the header.
#[server(prefix = "/sf", endpoint = "catalog/departments", input = leptos::server_fn::codec::GetUrl)]
pub(crate) async fn departments() -> Result<Vec<CategoryRef>, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let categories = backend::catalog::categories(&ctx).await?;
    let topmost = categories.into_iter().filter(|category| category.parent_id.is_none());
    Ok(topmost.map(|category| CategoryRef { slug: category.slug, name: category.name }).collect())
}

/// A product and who makes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ProductWithMaker {
    pub(super) product: ProductView,
    pub(super) maker: SellerView,
}

#[server(prefix = "/sf", endpoint = "catalog/product", input = leptos::server_fn::codec::GetUrl)]
pub(super) async fn product(slug: String, currency: Currency) -> Result<ProductWithMaker, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let product = backend::catalog::product(&ctx, &slug, currency).await?;
    let maker = backend::sellers::seller(&ctx, &product.seller.slug).await?;
    Ok(ProductWithMaker { product, maker })
}

#[server(prefix = "/sf", endpoint = "catalog/listing", input = leptos::server_fn::codec::Json)]
pub(super) async fn listing(query: ListingQuery) -> Result<ListingView, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    Ok(backend::catalog::listing(&ctx, &query.check().map_err(|_| AppError::Invalid)?).await?)
}

/// A category with what is in it, the categories above and directly below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CategoryListing {
    pub(super) name: String,
    /// From the topmost down, itself left out.
    pub(super) above: Vec<CategoryRef>,
    pub(super) below: Vec<CategoryRef>,
    pub(super) listing: ListingView,
}

#[server(prefix = "/sf", endpoint = "catalog/category", input = leptos::server_fn::codec::Json)]
pub(super) async fn category(slug: String, query: ListingQuery) -> Result<CategoryListing, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let categories = backend::catalog::categories(&ctx).await?;
    let own = categories.iter().find(|category| category.slug == slug).ok_or(backend::Failure::<NoRefusal>::NotFound)?;
    let query = query.check().map_err(|_| AppError::Invalid)?;
    let listing = backend::catalog::listing(&ctx, &query).await?;
    let named = |category: &domain::catalog::CategoryView| CategoryRef { slug: category.slug.clone(), name: category.name.clone() };
    let mut above = Vec::new();
    let mut parent = own.parent_id;
    while let Some(category) = categories.iter().find(|category| Some(category.id) == parent) {
        above.insert(0, named(category));
        parent = category.parent_id;
    }
    let below = categories.iter().filter(|category| category.parent_id == Some(own.id)).map(named).collect();
    Ok(CategoryListing { name: own.name.clone(), above, below, listing })
}

/// A seller with what they sell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SellerListing {
    pub(super) seller: SellerView,
    pub(super) listing: ListingView,
}

#[server(prefix = "/sf", endpoint = "catalog/seller", input = leptos::server_fn::codec::Json)]
pub(super) async fn seller(slug: String, query: ListingQuery) -> Result<SellerListing, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let seller = backend::sellers::seller(&ctx, &slug).await?;
    let query = query.check().map_err(|_| AppError::Invalid)?;
    let listing = backend::catalog::listing(&ctx, &query).await?;
    Ok(SellerListing { seller, listing })
}
