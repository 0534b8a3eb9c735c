//! Coupons: looked up when a code is entered, used when an order is placed, given back when the order comes to nothing.

use super::store;
use domain::id::{CartId, CouponId, OrderId, UserId};
use domain::pricing::{Coupon, CouponRefusal, Standing, code};
use sqlx::{PgConnection, PgExecutor};

/// The coupon of a code as typed.
///
/// # Errors
/// When the database fails. The refusal: `CouponInvalid`.
pub async fn find(executor: impl PgExecutor<'_>, typed: &str) -> sqlx::Result<Result<Coupon, CouponRefusal>> {
    match code(typed) {
        Ok(code) => Ok(store::coupon_by_code(executor, &code).await?.ok_or(CouponRefusal::CouponInvalid)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The coupon as it stands for one buyer, who comes from a cart: used up also where this buyer has no use left.
///
/// # Errors
/// When the database fails.
pub async fn for_buyer(
    executor: impl PgExecutor<'_>,
    coupon: Coupon,
    cart: CartId,
    user: Option<UserId>,
    email: &str,
) -> sqlx::Result<Coupon> {
    let may = coupon.standing != Standing::Valid || store::may_buyer_use(executor, coupon.id, cart, user, email).await?;
    Ok(if may { coupon } else { Coupon { standing: Standing::UsedUp, ..coupon } })
}

/// Uses a coupon for an order that stands already, once. Whoever wants the same coupon waits for this transaction: no limit
/// is passed, however many come at once.
///
/// # Errors
/// When the database fails. The refusal: `CouponExpired`, `CouponUsedUp`, also for a buyer who has used it often enough.
pub async fn take(tx: &mut PgConnection, coupon: CouponId, order: OrderId) -> sqlx::Result<Result<(), CouponRefusal>> {
    let standing = store::lock_coupon(tx, coupon).await?;
    // A statement of its own: what is counted has to be as it is under the lock.
    if !store::may_order_use(tx, coupon, order).await? {
        return Ok(Err(CouponRefusal::CouponUsedUp));
    }
    if let Err(refusal) = standing.check() {
        return Ok(Err(refusal));
    }
    store::use_coupon(tx, coupon, order).await?;
    Ok(Ok(()))
}

/// Gives back what the order has used. Again: nothing.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut PgConnection, order: OrderId) -> sqlx::Result<()> {
    store::give_coupon_back(tx, order).await
}
