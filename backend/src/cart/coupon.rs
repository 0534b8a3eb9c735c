//! The code that a shopper enters. It is kept with the cart, also while it takes nothing off; using it up is the order's.

use super::{Visitor, currency, is_unreachable, load_fresh, lock_own, merging, publish, run_to_end, store};
use crate::pricing::coupons;
use crate::{Context, Failure, Handles};
use domain::cart::{CartRefusal, CartView};
use domain::money::Currency;
use domain::pricing::{Coupon, CouponRefusal};

/// Enters a code, in place of the one before.
///
/// # Errors
/// `Coupon` with the reason, for a code that takes nothing off what is in the cart now; the cart keeps the one it had.
pub async fn set_coupon(ctx: &Context, typed: &str) -> Result<CartView, Failure<CartRefusal>> {
    let coupon = coupons::find(&ctx.handles.db, typed).await.map_err(away)?.map_err(refused)?;
    change(ctx, Some(coupon)).await
}

/// Takes the code out of the cart. Where there is none, nothing happens.
pub async fn remove_coupon(ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    change(ctx, None).await
}

async fn change(ctx: &Context, coupon: Option<Coupon>) -> Result<CartView, Failure<CartRefusal>> {
    merging::merge_on_the_way(ctx).await?;
    let (handles, visitor, chosen) = (ctx.handles.clone(), Visitor::of(ctx), ctx.caller.currency());
    run_to_end(async move {
        match change_in_store(&handles, visitor, chosen, coupon).await {
            // What a code is worth only PostgreSQL knows.
            Err(failure) if is_unreachable(&failure) => Err(Failure::Refused(CartRefusal::Unavailable)),
            outcome => outcome,
        }
    })
    .await?
}

async fn change_in_store(
    handles: &Handles,
    visitor: Option<Visitor>,
    chosen: Option<Currency>,
    coupon: Option<Coupon>,
) -> Result<CartView, Failure<CartRefusal>> {
    let (mut tx, known) = lock_own(handles, visitor.as_ref().map(|visitor| &visitor.owner)).await?;
    let cart = match known {
        Some(cart) => cart,
        // There is nothing to make cheaper.
        None if coupon.is_some() => return Err(refused(CouponRefusal::CouponNotApplicable { min_goods: None })),
        None => return Ok(CartView::empty(chosen.unwrap_or_default())),
    };
    let token = visitor.and_then(|visitor| visitor.token);
    let mut state = currency::follow(&mut tx, cart, chosen).await?;
    let look = store::look(&mut *tx, cart, state.currency, &state.variants()).await?;
    state.see(&look.offers);
    state.coupon = look.coupon;
    let is_there = state.coupon.as_ref().map(|coupon| coupon.id) == coupon.as_ref().map(|coupon| coupon.id);
    // The cart's own knows what its open order uses.
    if let Some(coupon) = if is_there { &state.coupon } else { &coupon } {
        coupon.check(state.currency, &state.priced_lines()).map_err(refused)?;
    }
    if is_there {
        return Ok(state.view(token)?);
    }
    store::set_coupon(&mut tx, cart, coupon.map(|coupon| coupon.id)).await?;
    store::touch(&mut tx, cart).await?;
    tx.commit().await?;
    let changed = load_fresh(handles, cart).await?.ok_or(Failure::Refused(CartRefusal::CartNotFound))?;
    publish(handles, &changed).await;
    Ok(changed.view(token)?)
}

fn refused(refusal: CouponRefusal) -> Failure<CartRefusal> {
    Failure::Refused(CartRefusal::Coupon(refusal))
}

fn away(error: sqlx::Error) -> Failure<CartRefusal> {
    if crate::db::is_unreachable(&error) { Failure::Refused(CartRefusal::Unavailable) } else { error.into() }
}
