//! What shoppers read about sellers.

mod store;

use crate::{Context, Failure};
use domain::refusal::NoRefusal;
use domain::sellers::SellerView;

/// `NotFound` for one that is not active as well.
pub async fn seller(ctx: &Context, slug: &str) -> Result<SellerView, Failure<NoRefusal>> {
    store::active(&ctx.handles.db, slug).await?.ok_or(Failure::NotFound)
}
