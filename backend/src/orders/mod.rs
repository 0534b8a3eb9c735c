//! Orders as their buyers see them.

use crate::{Context, Failure};
use domain::id::OrderId;
use domain::orders::{OrderRefusal, OrderSummary, OrderView};
use domain::page::Page;
use domain::refusal::NoRefusal;

/// An order of the caller: of the account, or one whose token the caller holds. `NotFound` otherwise.
pub async fn order(_ctx: &Context, _id_or_number: &str) -> Result<OrderView, Failure<NoRefusal>> {
    todo!()
}

/// The signed-in user's orders, newest first; for a guest the orders whose tokens they hold.
pub async fn orders(_ctx: &Context, _cursor: Option<&str>, _limit: u32) -> Result<Page<OrderSummary>, Failure<NoRefusal>> {
    todo!()
}

/// A link to the order as it is mailed: `{public_url}/track?t=…`.
pub async fn create_link(_ctx: &Context, _order: OrderId) -> Result<String, Failure<NoRefusal>> {
    todo!()
}

/// What the link's token opens: the order, and a fresh short-lived token for its cookie.
pub async fn open_link(_ctx: &Context, _token: &str) -> Result<(OrderId, String), Failure<OrderRefusal>> {
    todo!()
}
