use super::listing_address::Scope;
use crate::error::AppError;
use domain::catalog::{CategoryRef, HomeView, ListingQuery, ListingView, ProductView};
use domain::money::Currency;
use domain::refusal::NoRefusal;
use domain::reviews::ReviewsView;
use domain::sellers::SellerView;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

#[server(prefix = "/sf", endpoint = "catalog/home", input = Json)]
pub(super) async fn home(currency: Currency) -> Result<HomeView, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    Ok(backend::catalog::home(&ctx, currency).await?)
}

/// The topmost categories, for the header.
#[server(prefix = "/sf", endpoint = "catalog/departments", input = Json)]
pub(crate) async fn departments() -> Result<Vec<CategoryRef>, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let categories = backend::catalog::categories(&ctx).await?;
    let topmost = categories.into_iter().filter(|category| category.parent_id.is_none());
    Ok(topmost.map(|category| CategoryRef { slug: category.slug, name: category.name }).collect())
}

/// How many reviews the server sends with a product, and when asked for all of them: a page stays a page.
#[cfg(feature = "ssr")]
const REVIEWS_SHOWN: u32 = 4;
#[cfg(feature = "ssr")]
const REVIEWS_MAX: u32 = 200;

/// A product, who makes it, and what buyers say about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ProductPage {
    pub(super) product: ProductView,
    pub(super) maker: SellerView,
    pub(super) reviews: ReviewsView,
}

#[server(prefix = "/sf", endpoint = "catalog/product", input = Json)]
pub(super) async fn load_product_page(slug: String, currency: Currency, all_reviews: bool) -> Result<ProductPage, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    let product = backend::catalog::product(&ctx, &slug, currency).await?;
    let maker = backend::sellers::seller(&ctx, &product.seller.slug, currency).await?;
    let limit = if all_reviews { REVIEWS_MAX } else { REVIEWS_SHOWN };
    let reviews = backend::reviews::of_product(&ctx, product.id, limit).await?;
    Ok(ProductPage { product, maker, reviews })
}

/// More of a list that is shown already.
#[server(prefix = "/sf", endpoint = "catalog/listing", input = Json)]
pub(super) async fn listing(query: ListingQuery) -> Result<ListingView, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    Ok(backend::catalog::listing(&ctx, &query.check().map_err(|_| AppError::Invalid)?).await?)
}

/// A page with a list of products, and what stands above the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ListingPage {
    pub(super) subject: ListingSubject,
    pub(super) listing: ListingView,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum ListingSubject {
    Everything,
    Category {
        name: String,
        introduction: Option<String>,
        /// From the topmost down, itself left out.
        above: Vec<CategoryRef>,
        /// Directly below.
        below: Vec<CategoryRef>,
    },
    Seller(SellerView),
}

#[server(prefix = "/sf", endpoint = "catalog/listing_page", input = Json)]
pub(super) async fn load_listing_page(scope: Scope, query: ListingQuery) -> Result<ListingPage, AppError<NoRefusal>> {
    let ctx = crate::context::context()?;
    // A link with a cursor of another order, or of none, leads to the beginning.
    let cursor = query.cursor.clone().filter(|_| query.after().is_ok());
    let query = ListingQuery { cursor, ..query }.check().map_err(|_| AppError::Invalid)?;
    let subject = match &scope {
        Scope::Everything => ListingSubject::Everything,
        Scope::Seller(slug) => ListingSubject::Seller(backend::sellers::seller(&ctx, slug, query.currency).await?),
        Scope::Category(slug) => {
            let categories = backend::catalog::categories(&ctx).await?;
            let own = categories.iter().find(|category| category.slug == *slug).ok_or(backend::Failure::<NoRefusal>::NotFound)?;
            let named = |category: &domain::catalog::CategoryView| CategoryRef { slug: category.slug.clone(), name: category.name.clone() };
            let mut above = Vec::new();
            let mut parent = own.parent_id;
            while let Some(category) = categories.iter().find(|category| Some(category.id) == parent) {
                above.insert(0, named(category));
                parent = category.parent_id;
            }
            let below = categories.iter().filter(|category| category.parent_id == Some(own.id)).map(named).collect();
            ListingSubject::Category { name: own.name.clone(), introduction: own.introduction.clone(), above, below }
        }
    };
    let mut listing = backend::catalog::listing(&ctx, &query).await?;
    listing.facets = super::facets::arranged(listing.facets, &scope, listing.total);
    Ok(ListingPage { subject, listing })
}
