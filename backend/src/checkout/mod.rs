//! From a cart to a paid order. A purchase is a saga whose every step is stored before the next begins: whoever finds one
//! that has stopped, goes on from there. What changes money or stock runs in a task of its own, so that nobody's hanging
//! up stops it halfway.

mod forgetting;
mod hosted;
mod paying;
mod placing;
mod purchase;
mod runner;
mod steps;
#[cfg(any(test, feature = "testing"))]
mod stepwise;
mod store;

pub use forgetting::forget_finished;
pub use hosted::{is_hosted_page_open, open_hosted_page};
pub use paying::{pay, pay_once, payment, settle};
pub use placing::{place_order, place_order_once};
#[cfg(any(test, feature = "testing"))]
pub use stepwise::Stepwise;

use crate::pricing::coupons;
use crate::{Context, Failure, Handles, payments};
use domain::address::AddressDraft;
use domain::checkout::CheckoutRefusal;
use domain::id::ShippingRateId;
use domain::orders::OrderStatus;
use domain::payments::PaymentRefusal;
use domain::pricing::QuoteView;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument as _;
use uuid::Uuid;

/// How long a caller waits for somebody else who is at work on the same purchase.
const PATIENCE: Duration = Duration::from_secs(6);
/// Events acted on in one transaction.
const WEBHOOK_BATCH: i64 = 100;
/// Purchases looked after in one call, and at once: each may wait for the gateway.
const RESUME_BATCH: i64 = 40;
const RESUME_AT_ONCE: usize = 8;

/// What the caller's cart costs at an address. `options`: one shipping rate per seller, defaults where left out; `coupon`: a
/// code to try in place of the cart's, refused where it takes nothing off.
pub async fn quote(
    ctx: &Context,
    address: &AddressDraft,
    options: Option<&[ShippingRateId]>,
    coupon: Option<&str>,
) -> Result<QuoteView, Failure<CheckoutRefusal>> {
    let address = placing::checked_address(address).map_err(|errors| Failure::Refused(CheckoutRefusal::Invalid { errors }))?;
    let mut cart = placing::filled_cart(ctx).await?;
    let refused = |refusal| Failure::Refused(CheckoutRefusal::Coupon(refusal));
    if let Some(code) = coupon {
        let tried = coupons::find(&ctx.handles.db, code).await?.map_err(refused)?;
        // The cart's own knows what its open order uses.
        cart.coupon = cart.coupon.filter(|own| own.id == tried.id).or(Some(tried));
    }
    // A guest's address is known only with the order.
    if let Some(user) = ctx.user()
        && let Some(own) = cart.coupon.take()
    {
        cart.coupon = Some(coupons::for_buyer(&ctx.handles.db, own, cart.id, Some(user.id), user.email.as_ref()).await?);
    }
    if let (Some(_), Some(tried)) = (coupon, &cart.coupon) {
        tried.check(cart.currency, &steps::quote::priced_lines(&cart)).map_err(refused)?;
    }
    let priced = steps::quote::price(&ctx.handles, &cart, &address, options).await?;
    Ok(priced.view)
}

/// Acts on the gateway's events, resumes sagas that died or that something has woken, and expires orders whose hold has
/// ended. A worker calls it often; many may at once. Returns how many purchases it looked after.
///
/// # Errors
/// When the database fails. A purchase that fails on its own is logged, and tried again later.
pub async fn resume(handles: &Handles) -> anyhow::Result<u32> {
    wake_by_webhooks(handles).await?;
    let due = store::due(&handles.db, RESUME_BATCH).await?;
    let mut looked_after = 0;
    let mut tasks = JoinSet::new();
    for saga in due {
        if tasks.len() >= RESUME_AT_ONCE {
            tasks.join_next().await;
        }
        let handles = handles.clone();
        tasks.spawn(async move { look_after(&handles, saga).await }.in_current_span());
        looked_after += 1;
    }
    while tasks.join_next().await.is_some() {}
    Ok(looked_after)
}

async fn look_after(handles: &Handles, saga: Uuid) {
    if let Err(error) = runner::run(handles, saga, Duration::ZERO).await {
        tracing::error!(%saga, error = format!("{error:#}"), "a purchase could not be looked after");
    }
}

async fn wake_by_webhooks(handles: &Handles) -> anyhow::Result<()> {
    let mut tx = handles.db.begin().await?;
    let orders = payments::take_webhooks(&mut tx, handles, WEBHOOK_BATCH).await?;
    store::wake(&mut *tx, &orders).await?;
    tx.commit().await?;
    Ok(())
}

/// Runs to its end even when the caller no longer waits for it.
async fn detached<T: Send + 'static, R: Send + 'static>(
    deed: impl Future<Output = Result<T, Failure<R>>> + Send + 'static,
) -> Result<T, Failure<R>> {
    match tokio::spawn(deed.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Failure::Internal(error.into())),
    }
}

/// Whether an order can still be paid, or why not.
fn check_payable(order: &crate::orders::OrderFacts) -> Result<(), PaymentRefusal> {
    match order.status {
        OrderStatus::PendingPayment if order.is_due => Err(PaymentRefusal::OrderExpired),
        OrderStatus::PendingPayment => Ok(()),
        OrderStatus::Expired => Err(PaymentRefusal::OrderExpired),
        OrderStatus::Canceled => Err(PaymentRefusal::OrderCanceled),
        OrderStatus::Paid
        | OrderStatus::PartiallyFulfilled
        | OrderStatus::Fulfilled
        | OrderStatus::Refunded
        | OrderStatus::PartiallyRefunded => Err(PaymentRefusal::AlreadyPaid),
    }
}
