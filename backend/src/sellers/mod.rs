//! What shoppers read about sellers.

mod store;

use crate::{Context, Failure};
use domain::money::Currency;
use domain::refusal::NoRefusal;
use domain::sellers::SellerView;

/// With the prices of delivery in `currency`. `NotFound` for one that is not active as well.
pub async fn seller(ctx: &Context, slug: &str, currency: Currency) -> Result<SellerView, Failure<NoRefusal>> {
    store::active(&ctx.handles.db, slug, currency).await?.ok_or(Failure::NotFound)
}
