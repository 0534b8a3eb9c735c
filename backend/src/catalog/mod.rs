//! Reading the catalogue: only what is published, of sellers that are active, with a price in the currency asked for.

mod listing;
mod picture;
mod store;

pub use listing::listing;
pub(crate) use picture::Picture;
pub(crate) use store::rating;

use crate::{Context, Failure};
use domain::catalog::{Availability, CategoryView, HomeView, ProductInventory, ProductView, VariantInventory};
use domain::id::ProductId;
use domain::money::Currency;
use domain::refusal::NoRefusal;
use uuid::Uuid;

/// Products in each row of the home page.
const HOME_ROW: u32 = 8;

pub async fn home(ctx: &Context, currency: Currency) -> Result<HomeView, Failure<NoRefusal>> {
    let (db, language) = (&ctx.handles.db, ctx.caller.language());
    let rows = store::home_rows(db, currency, language, HOME_ROW).await?;
    let (departments, sellers) = (store::departments(db, language).await?, store::sellers(db).await?);
    Ok(HomeView { departments, newest: rows.newest, best_selling: rows.best_selling, sellers })
}

/// All categories, parents before children, by position.
pub async fn categories(ctx: &Context) -> Result<Vec<CategoryView>, Failure<NoRefusal>> {
    Ok(store::categories(&ctx.handles.db, ctx.caller.language()).await?)
}

/// A published product by id or slug, in one statement.
pub async fn product(ctx: &Context, id_or_slug: &str, currency: Currency) -> Result<ProductView, Failure<NoRefusal>> {
    // A slug never parses as an id.
    let id = Uuid::parse_str(id_or_slug).ok().map(ProductId);
    let found = store::product(&ctx.handles.db, id, id_or_slug, currency, ctx.caller.language()).await?;
    found.filter(|product| !product.variants.is_empty()).ok_or(Failure::NotFound)
}

pub async fn inventory(ctx: &Context, product: ProductId) -> Result<ProductInventory, Failure<NoRefusal>> {
    let counts = store::inventory(&ctx.handles.db, product).await?;
    if counts.is_empty() {
        return Err(Failure::NotFound);
    }
    let variant = |(variant_id, available)| VariantInventory { variant_id, availability: Availability::of(available), available };
    Ok(ProductInventory { product_id: product, variants: counts.into_iter().map(variant).collect() })
}

/// Counts units sold, for the best-selling row; part of the transaction in which their order is paid.
pub async fn count_sold(tx: &mut sqlx::PgConnection, sold: &[(domain::id::VariantId, u32)]) -> sqlx::Result<()> {
    let variants: Vec<Uuid> = sold.iter().map(|(variant, _)| variant.0).collect();
    let quantities: Vec<i32> = sold.iter().map(|(_, quantity)| quantity.cast_signed()).collect();
    store::count_sold(tx, &variants, &quantities).await
}
