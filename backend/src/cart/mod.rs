//! Carts: changed in PostgreSQL, read from Redis.

use crate::{Context, Failure};
use domain::cart::{CartRefusal, CartView, MergeNotice};
use domain::id::VariantId;
use domain::quantity::Quantity;

/// The caller's cart: the account's when signed in, else the one of the token, else an empty one.
pub async fn view(_ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}

/// Sets the quantity of a variant; 0 removes. Begins a cart where there is none: the answer's `token` is then new.
pub async fn set_item(_ctx: &Context, _variant: VariantId, _quantity: u32) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}

/// Adds to what is there.
pub async fn add_item(_ctx: &Context, _variant: VariantId, _quantity: Quantity) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}

/// Removing an absent line is fine.
pub async fn remove_item(_ctx: &Context, _variant: VariantId) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}

pub async fn clear(_ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}

/// Joins the guest cart of the caller's token into the signed-in user's, once.
pub async fn merge_guest(_ctx: &Context) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    todo!()
}

/// The latest merge that can still be undone.
pub async fn merge_notice(_ctx: &Context) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    todo!()
}

/// Gives the account's cart its content before the latest merge, once.
pub async fn undo_merge(_ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    todo!()
}
