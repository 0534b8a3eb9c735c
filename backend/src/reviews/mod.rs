//! What shoppers read of what buyers wrote.

mod store;

use crate::{Context, Failure};
use domain::id::ProductId;
use domain::refusal::NoRefusal;
use domain::reviews::ReviewsView;

/// The newest reviews of a product, `limit` at most; none for a product that does not exist.
pub async fn of_product(ctx: &Context, product: ProductId, limit: u32) -> Result<ReviewsView, Failure<NoRefusal>> {
    Ok(store::of_product(&ctx.handles.db, product, limit).await?)
}
