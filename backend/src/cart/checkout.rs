//! What the checkout takes from a cart, and what it leaves of it.

use super::state::{CartState, Offer};
use super::store;
use super::{Visitor, currency, fast, follow_currency, is_unreachable, load_fresh, merging, outage};
use crate::catalog::Picture;
use crate::{Context, Failure, Handles};
use domain::cart::CartRefusal;
use domain::catalog::ImageView;
use domain::id::{CartId, CouponId, SellerId, StockItemId, VariantId};
use domain::money::{BasisPoints, Currency, Money};
use domain::pricing::Coupon;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// A cart as PostgreSQL has it at this moment.
#[derive(Clone, Debug)]
pub struct CheckoutCart {
    pub id: CartId,
    pub version: i64,
    pub currency: Currency,
    pub lines: Vec<CheckoutLine>,
    /// The one that was entered, good or not.
    pub coupon: Option<Coupon>,
}

#[derive(Clone, Debug)]
pub struct CheckoutLine {
    pub variant: VariantId,
    pub stock_item: StockItemId,
    pub product_slug: String,
    pub sku: String,
    pub title: String,
    pub options: BTreeMap<String, String>,
    pub image: Option<ImageView>,
    pub seller: SellerId,
    pub seller_slug: String,
    pub seller_name: String,
    pub commission: BasisPoints,
    pub quantity: u32,
    /// None: withdrawn, or not sold in the cart's currency.
    pub unit_price: Option<Money>,
    pub weight_grams: u32,
}

/// The caller's cart for an order: from PostgreSQL alone, with today's prices. `CartNotFound` also for a caller who has
/// no cart yet; a cart without lines is an answer.
pub async fn open_for_checkout(ctx: &Context) -> Result<CheckoutCart, Failure<CartRefusal>> {
    merging::merge_on_the_way(ctx).await?;
    match open(ctx).await {
        Err(failure) if is_unreachable(&failure) => Err(Failure::Refused(CartRefusal::Unavailable)),
        outcome => outcome,
    }
}

async fn open(ctx: &Context) -> Result<CheckoutCart, Failure<CartRefusal>> {
    let none = || Failure::Refused(CartRefusal::CartNotFound);
    let visitor = Visitor::of(ctx).ok_or_else(none)?;
    let cart = store::find(&ctx.handles.db, &visitor.owner).await?.ok_or_else(none)?;
    outage::drain_cart(&ctx.handles, cart).await?;
    let mut state = load_fresh(&ctx.handles, cart).await?.ok_or_else(none)?;
    if currency::must_follow(ctx, state.currency) {
        follow_currency(ctx).await?;
        state = load_fresh(&ctx.handles, cart).await?.ok_or_else(none)?;
    }
    Ok(checkout_cart(state))
}

fn checkout_cart(state: CartState) -> CheckoutCart {
    let currency = state.currency;
    // A line always has an offer here: its variant is kept by a foreign key.
    let lines = state.lines.into_iter().filter_map(|line| Some(checkout_line(line.offer?, line.quantity, currency))).collect();
    CheckoutCart { id: state.id, version: state.version, currency, lines, coupon: state.coupon }
}

fn checkout_line(offer: Offer, quantity: u32, currency: Currency) -> CheckoutLine {
    CheckoutLine {
        unit_price: offer.price_in(currency),
        variant: offer.variant,
        stock_item: offer.stock_item,
        product_slug: offer.product_slug,
        sku: offer.sku,
        title: offer.title,
        options: offer.options,
        image: offer.image.map(Picture::view),
        seller: offer.seller,
        seller_slug: offer.seller_slug,
        seller_name: offer.seller_name,
        commission: offer.commission,
        quantity,
        weight_grams: offer.weight_grams,
    }
}

/// Takes exactly what was ordered, and the order's coupon, out of the cart, in the caller's transaction; out of the account's cart when the guest's
/// was merged into it meanwhile. Returns the new version, 0 when the cart is gone. Once committed, [`republish`].
///
/// # Errors
/// When the database fails.
pub async fn remove_ordered(
    tx: &mut PgConnection,
    cart: CartId,
    quantities: &[(VariantId, u32)],
    coupon: Option<CouponId>,
) -> anyhow::Result<i64> {
    let Some(cart) = store::lock_by_id(tx, cart).await? else { return Ok(0) };
    let (version, _) = store::touch(tx, cart).await?;
    store::subtract(tx, cart, version, quantities).await?;
    if let Some(coupon) = coupon {
        store::remove_coupon(tx, cart, coupon).await?;
    }
    Ok(version)
}

/// Tells Redis how the cart stands, after a transaction that changed it.
///
/// # Errors
/// When a store does not answer. The next reader mends it then.
pub async fn republish(handles: &Handles, cart: CartId) -> anyhow::Result<()> {
    let Some(cart) = store::follow(&handles.db, cart).await? else { return Ok(()) };
    let loaded = load_fresh(handles, cart).await.map_err(|failure| anyhow::anyhow!("{failure}"))?;
    match loaded {
        Some(state) => fast::publish(&handles.redis, &state, &[]).await,
        None => Ok(()),
    }
}
