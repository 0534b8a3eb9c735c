//! What shoppers read about sellers.

use crate::{Context, Failure};
use domain::refusal::NoRefusal;
use domain::sellers::SellerView;

pub async fn seller(_ctx: &Context, _slug: &str) -> Result<SellerView, Failure<NoRefusal>> {
    todo!()
}
