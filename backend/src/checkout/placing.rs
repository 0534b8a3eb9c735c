//! Placing an order.

use super::purchase::{Outcome, Purchase, Saga};
use super::runner::{self, LEASE_S, Lease, Until};
use super::{PATIENCE, detached, steps, store};
use crate::cart::{self, CheckoutCart};
use crate::payments::{self, Closing, Void};
use crate::pricing::coupons;
use crate::{Context, Failure, accounts, db, orders};
use domain::address::{Address, AddressDraft, FieldError};
use domain::cart::CartRefusal;
use domain::checkout::saga::{SagaState, Step, UndoReason};
use domain::checkout::{CheckoutRefusal, PlaceOrder, PlacedOrder};
use domain::email::Email;
use domain::id::{OrderId, ShippingRateId};
use domain::payments::chargeable;
use std::time::Duration;
use uuid::Uuid;

/// Rounds of looking at what the cart's last order is doing; each ends with it gone, or with a refusal.
const ROUNDS_MAX: u32 = 4;
/// How often a purchase whose first steps fail is tried again while its shopper waits; afterwards a worker goes on.
const STUMBLES_MAX: u32 = 2;
const STUMBLE_PAUSE: Duration = Duration::from_millis(300);

/// Places an order of the caller's cart: everything is held, or nothing is. Answers within 5 s of asking the gateway.
/// Runs to its end even when the caller hangs up.
pub async fn place_order(ctx: &Context, request: PlaceOrder) -> Result<PlacedOrder, Failure<CheckoutRefusal>> {
    place_order_once(ctx, db::new_id(), request).await
}

/// As [`place_order`], under the name of a deed ([`crate::idempotency::Ticket::operation`]): done again after a crash, it
/// goes on with what was begun, and answers with the order that exists.
pub async fn place_order_once(ctx: &Context, operation: Uuid, request: PlaceOrder) -> Result<PlacedOrder, Failure<CheckoutRefusal>> {
    let ctx = ctx.clone();
    detached(async move { place(&ctx, operation, request).await }).await
}

async fn place(ctx: &Context, operation: Uuid, request: PlaceOrder) -> Result<PlacedOrder, Failure<CheckoutRefusal>> {
    if let Some(saga) = store::by_operation(&ctx.handles.db, operation).await? {
        let saga = runner::run(&ctx.handles, saga, PATIENCE).await?;
        return answer(ctx, &saga.ok_or_else(in_progress)?).await;
    }
    let saga = begin(ctx, operation, &request).await?;
    let mut saga = runner::drive(&ctx.handles, saga).await?;
    for _ in 0..STUMBLES_MAX {
        if !saga.state.is_live() || saga.step > Step::PlaceOrder {
            break;
        }
        // A step stumbled, over a lock most likely: the shopper waits a little rather than being told of it.
        tokio::time::sleep(STUMBLE_PAUSE).await;
        saga = runner::run(&ctx.handles, saga.id, PATIENCE).await?.ok_or_else(in_progress)?;
    }
    let answer = answer(ctx, &saga).await?;
    if ctx.user().is_some()
        && let Err(failure) = accounts::keep_address(ctx, &saga.purchase.address).await
    {
        tracing::warn!(%failure, "an address was not kept; its order stands");
    }
    Ok(answer)
}

/// Stores what is to be done, before anything of it is: the cart's lines at their prices, for this address.
pub(super) async fn begin(ctx: &Context, operation: Uuid, request: &PlaceOrder) -> Result<Saga, Failure<CheckoutRefusal>> {
    let (email, address) = checked(request)?;
    for _ in 0..ROUNDS_MAX {
        let mut cart = filled_cart(ctx).await?;
        let wanted = Wanted { email: &email, address: &address, rates: request.shipping_options.as_deref() };
        clear_the_way(ctx, &cart, &wanted).await?;
        let user = ctx.user().map(|user| user.id);
        if let Some(coupon) = cart.coupon.take() {
            cart.coupon = Some(coupons::for_buyer(&ctx.handles.db, coupon, cart.id, user, &email).await?);
        }
        let priced = steps::quote::price(&ctx.handles, &cart, &address, request.shipping_options.as_deref()).await?;
        if request.expected_total.is_some_and(|expected| expected != priced.quote.total) {
            return Err(Failure::Refused(CheckoutRefusal::TotalChanged { quote: Box::new(priced.view) }));
        }
        // Nobody pays more than they were shown because a coupon ran out: who has not said what they saw is told.
        if let (None, Some(problem)) = (request.expected_total, priced.view.coupon_problem) {
            return Err(Failure::Refused(CheckoutRefusal::Coupon(problem)));
        }
        chargeable(priced.quote.total).map_err(|reason| Failure::Refused(CheckoutRefusal::TotalNotPayable { reason }))?;
        let purchase = Purchase::new(email.clone(), address.clone(), &cart, &priced, ctx.caller.market.unwrap_or_default());
        if let Some(saga) = store_saga(ctx, operation, &cart, purchase).await? {
            return Ok(saga);
        }
    }
    Err(in_progress())
}

/// Every field that needs another look, at once.
fn checked(request: &PlaceOrder) -> Result<(String, Address), Failure<CheckoutRefusal>> {
    let email = request.email.parse::<Email>().map_err(|_| FieldError::new("email", "invalid", "Enter an e-mail address."));
    match (email, checked_address(&request.shipping_address)) {
        (Ok(email), Ok(address)) => Ok((email.into(), address)),
        (email, address) => {
            let errors = email.err().into_iter().chain(address.err().unwrap_or_default()).collect();
            Err(Failure::Refused(CheckoutRefusal::Invalid { errors }))
        }
    }
}

/// The address, or what is wrong with it, with the fields' names as in the request.
pub(super) fn checked_address(draft: &AddressDraft) -> Result<Address, Vec<FieldError>> {
    let named = |error: FieldError| FieldError { field: format!("shipping_address.{}", error.field), ..error };
    Address::try_from(draft.clone()).map_err(|invalid| invalid.0.into_iter().map(named).collect())
}

/// The caller's cart, with something in it.
pub(super) async fn filled_cart(ctx: &Context) -> Result<CheckoutCart, Failure<CheckoutRefusal>> {
    let cart = match cart::open_for_checkout(ctx).await {
        // Who has never had a cart has an empty one; a token that opens none is another matter.
        Err(Failure::Refused(CartRefusal::CartNotFound)) if ctx.user().is_some() || ctx.caller.cart_token.is_none() => {
            return Err(Failure::Refused(CheckoutRefusal::CartEmpty));
        }
        Err(Failure::Refused(CartRefusal::CartNotFound)) => return Err(Failure::Refused(CheckoutRefusal::CartNotFound)),
        // Told as what it is: the edge answers that the shop cannot be reached.
        Err(Failure::Refused(CartRefusal::Unavailable)) => return Err(sqlx::Error::PoolTimedOut.into()),
        Err(Failure::Refused(refusal)) => return Err(Failure::Internal(anyhow::anyhow!("a cart was not opened: {refusal}"))),
        other => other.map_err(|failure| failure.map_refusal(|_| CheckoutRefusal::CartNotFound))?,
    };
    if cart.lines.is_empty() { Err(Failure::Refused(CheckoutRefusal::CartEmpty)) } else { Ok(cart) }
}

/// What the shopper asks for beside the cart.
struct Wanted<'a> {
    email: &'a str,
    address: &'a Address,
    /// None: as it was chosen before, or the defaults.
    rates: Option<&'a [ShippingRateId]>,
}

impl Wanted<'_> {
    fn is_same_as(&self, purchase: &Purchase) -> bool {
        let has_rates = |rates: &[ShippingRateId]| purchase.parts.iter().all(|part| rates.contains(&part.shipping.rate));
        purchase.email == self.email && purchase.address == *self.address && self.rates.is_none_or(has_rates)
    }
}

/// A cart has one open order at most. The same purchase again: it is that order. A changed cart, address or way of
/// shipping: the old order is canceled first, once the gateway agrees; unless somebody is paying it.
async fn clear_the_way(ctx: &Context, cart: &CheckoutCart, wanted: &Wanted<'_>) -> Result<(), Failure<CheckoutRefusal>> {
    for _ in 0..ROUNDS_MAX {
        let Some(id) = store::live_of_cart(&ctx.handles.db, cart.id).await? else { return Ok(()) };
        match runner::lease(&ctx.handles, id, PATIENCE).await? {
            Lease::Taken(mut saga) => {
                let cleared = clear_leased(ctx, &mut saga, cart, wanted).await;
                if cleared.is_err() {
                    // Does nothing where the saga was let go of already.
                    runner::release(&ctx.handles, &saga, Until::Seconds(0.0), None).await?;
                }
                cleared?;
            }
            Lease::Ended(_) => {}
            Lease::Busy => return Err(in_progress()),
        }
    }
    Err(in_progress())
}

async fn clear_leased(ctx: &Context, saga: &mut Saga, cart: &CheckoutCart, wanted: &Wanted<'_>) -> Result<(), Failure<CheckoutRefusal>> {
    let order = orders::facts(&ctx.handles.db, saga.order).await?;
    let is_payable = matches!(saga.step, Step::OpenPayment | Step::AuthorizePayment) && saga.state != SagaState::Undoing;
    match order.filter(|order| is_payable && !order.is_due) {
        Some(order) if saga.cart == cart.id && saga.cart_version == cart.version && wanted.is_same_as(&saga.purchase) => {
            let access_token = orders::issue_token(&ctx.handles, saga.order, None).await?;
            let until = order.expires_at.map_or(Until::Seconds(0.0), Until::At);
            runner::release(&ctx.handles, saga, soonest(saga, until), None).await?;
            Err(Failure::Refused(CheckoutRefusal::OrderPending { order_id: saga.order, number: order.number, access_token }))
        }
        Some(order) => {
            if cancel(ctx, saga, order.number).await? {
                Ok(())
            } else {
                Err(in_progress())
            }
        }
        // Whatever it is doing, it is brought to where it can be seen: paid, undone, or under way.
        None => {
            let driven = runner::drive(&ctx.handles, saga.clone()).await?;
            if driven.state.is_live() && driven.step > Step::AuthorizePayment { Err(in_progress()) } else { Ok(()) }
        }
    }
}

fn in_progress() -> Failure<CheckoutRefusal> {
    Failure::Refused(CheckoutRefusal::PaymentInProgress)
}

/// A saga that still opens its payment is looked after soon, one that waits for its shopper when the hold ends.
fn soonest(saga: &Saga, until: Until) -> Until {
    if saga.step == Step::OpenPayment { Until::Seconds(0.0) } else { until }
}

/// Cancels a leased order that nobody is paying. False: somebody is, or the gateway does not say.
async fn cancel(ctx: &Context, saga: &mut Saga, number: domain::orders::OrderNumber) -> anyhow::Result<bool> {
    let bill = saga.bill(number)?;
    if payments::close(&ctx.handles, &bill, Void::OnlyUnpaid).await? != Closing::Closed {
        return Ok(false);
    }
    let outcome = Outcome { reason: Some(UndoReason::CartChanged), refusal: None };
    runner::begin_undoing(&ctx.handles, saga, Step::OpenPayment, outcome).await?;
    *saga = runner::drive(&ctx.handles, saga.clone()).await?;
    Ok(!saga.state.is_live())
}

/// None: the cart is being bought by somebody else at this moment.
async fn store_saga(ctx: &Context, operation: Uuid, cart: &CheckoutCart, purchase: Purchase) -> sqlx::Result<Option<Saga>> {
    let mut tx = ctx.handles.db.begin().await?;
    let buyer = store::buyer(&mut tx, ctx.user().map(|user| user.id), &purchase.email).await?;
    let mut saga = Saga {
        id: db::new_id(),
        buyer,
        order: OrderId(db::new_id()),
        cart: cart.id,
        cart_version: cart.version,
        step: Step::ReserveStock,
        state: SagaState::Running,
        purchase,
        outcome: Outcome::default(),
        attempts: 0,
        lease: None,
    };
    saga.lease = store::begin(&mut tx, &saga, operation, LEASE_S).await?;
    if saga.lease.is_none() {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(saga))
}

/// What the saga has come to: the order, or why there is none.
async fn answer(ctx: &Context, saga: &Saga) -> Result<PlacedOrder, Failure<CheckoutRefusal>> {
    let Some(order) = orders::view(&ctx.handles, saga.order).await? else {
        return Err(match &saga.outcome.refusal {
            Some(refusal) => Failure::Refused(refusal.clone()),
            None => Failure::Internal(anyhow::anyhow!("the order could not be placed; it is tried again by itself")),
        });
    };
    let access_token = orders::issue_token(&ctx.handles, saga.order, None).await?;
    Ok(PlacedOrder {
        id: order.id,
        status: order.status,
        total: order.total,
        lines: order.seller_orders.iter().flat_map(|part| part.lines.clone()).collect(),
        seller_orders: order.seller_orders,
        reservation_expires_at: order.reservation_expires_at.unwrap_or_default(),
        access_token,
        payment: order.payment,
        payment_url: format!("{}/checkout/pay/{}", ctx.handles.settings.public_url, order.number),
        number: order.number,
    })
}
