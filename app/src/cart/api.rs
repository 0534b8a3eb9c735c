use crate::error::AppError;
use crate::ui::Flash;
use domain::cart::{CartRefusal, CartView, MergeNotice};
use domain::id::VariantId;
use domain::quantity::Quantity;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{routes, t};

/// What the cart's page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CartPageData {
    pub(super) cart: CartView,
    /// What signing in brought in, while it can be undone.
    pub(super) merge_notice: Option<MergeNotice>,
    pub(super) flash: Option<Flash>,
}

#[server(prefix = "/sf", endpoint = "cart/page")]
pub(super) async fn load_cart_page() -> Result<CartPageData, AppError<CartRefusal>> {
    use domain::cart::CartRefusal;
    let ctx = crate::context::context()?;
    let merge_notice = backend::cart::merge_notice(&ctx).await?;
    let cart = match backend::cart::view(&ctx).await {
        // A cart that has run out is an empty one to the shopper; the stale cookie goes.
        Err(backend::Failure::Refused(CartRefusal::CartNotFound)) => {
            crate::context::clear_cookie(crate::context::CART_COOKIE);
            CartView::empty(crate::market::current().currency)
        }
        cart => cart?,
    };
    Ok(CartPageData { cart: CartView { token: None, ..cart }, merge_notice, flash: crate::context::take_flash() })
}

/// Adds to what is there. Without script the shopper goes on in the cart.
#[server(prefix = "/sf", endpoint = "cart/add_item")]
pub(super) async fn add_item(variant: VariantId, quantity: Quantity) -> Result<CartView, AppError<CartRefusal>> {
    use domain::cart::CartRefusal;
    let mut ctx: backend::Context = crate::context::context()?;
    let mut outcome = backend::cart::add_item(&ctx, variant, quantity).await;
    // A cart that has run out is an empty one to the shopper: what is added begins a new one.
    if matches!(outcome, Err(backend::Failure::Refused(CartRefusal::CartNotFound))) && ctx.caller.cart_token.take().is_some() {
        outcome = backend::cart::add_item(&ctx, variant, quantity).await;
    }
    crate::context::answer_with_cart(outcome, t::cart::added(), &routes::to(routes::CART))
}

/// Sets the quantity of a line; 0 removes it.
#[server(prefix = "/sf", endpoint = "cart/set_item")]
pub(super) async fn set_item(variant: VariantId, quantity: u32) -> Result<CartView, AppError<CartRefusal>> {
    let ctx = crate::context::context()?;
    let outcome = backend::cart::set_item(&ctx, variant, quantity).await;
    let done = if quantity == 0 { t::cart::line_removed() } else { t::cart::up_to_date() };
    crate::context::answer_with_cart(outcome, done, &routes::to(routes::CART))
}

/// Gives the account's cart its content before signing in joined the guest's cart in.
#[server(prefix = "/sf", endpoint = "cart/undo_merge")]
pub(super) async fn undo_merge() -> Result<CartView, AppError<CartRefusal>> {
    let ctx = crate::context::context()?;
    let outcome = backend::cart::undo_merge(&ctx).await;
    crate::context::answer_with_cart(outcome, t::cart::merge_undone(), &routes::to(routes::CART))
}

/// Enters a coupon.
#[server(prefix = "/sf", endpoint = "cart/set_coupon")]
pub(super) async fn set_coupon(coupon: String) -> Result<CartView, AppError<CartRefusal>> {
    let ctx = crate::context::context()?;
    crate::context::answer_with_cart(backend::cart::set_coupon(&ctx, &coupon).await, t::cart::coupon_entered(), &routes::to(routes::CART))
}

/// Takes the coupon out.
#[server(prefix = "/sf", endpoint = "cart/remove_coupon")]
pub(super) async fn remove_coupon() -> Result<CartView, AppError<CartRefusal>> {
    let ctx = crate::context::context()?;
    crate::context::answer_with_cart(backend::cart::remove_coupon(&ctx).await, t::cart::coupon_removed(), &routes::to(routes::CART))
}
