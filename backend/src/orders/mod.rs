//! Orders as their buyers see them, and the changes of state that the checkout brings about. An order belongs to one
//! buyer; a guest proves to be that buyer by a token.

mod store;
mod view;

pub use store::{OrderFacts, close, extend, facts, pay, place};
pub use view::view;

use crate::{Context, Failure, Handles, accounts, events, secret};
use domain::accounts::AccountRefusal;
use domain::address::Address;
use domain::catalog::ImageView;
use domain::events::Event;
use domain::id::{BuyerId, CartId, OrderId, OrderLineId, SellerOrderId, ShippingRateId, StockItemId, VariantId};
use domain::money::BasisPoints;
use domain::orders::{OrderNumber, OrderRefusal, OrderSummary, OrderView};
use domain::page::{PAGE_LIMIT_MAX, Page};
use domain::pricing::Quote;
use domain::refusal::NoRefusal;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;
use uuid::Uuid;

/// A mailed link works this long after the order was placed, and so long does the token that it is exchanged for.
const LINK_LIFE_DAYS: i32 = 30;
/// Links, and tokens, deleted in one statement; the next follows soon.
const FORGET_BATCH: i64 = 1_000;

/// Everything an order is made of, decided before.
#[derive(Clone, Debug)]
pub struct NewOrder {
    pub buyer: BuyerId,
    pub order: OrderId,
    pub cart: CartId,
    pub cart_version: i64,
    pub email: String,
    pub address: Address,
    pub quote: Quote,
    pub coupon_code: Option<String>,
    /// One per seller of the quote, in its order.
    pub parts: Vec<NewPart>,
    pub expires_at: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub struct NewPart {
    pub id: SellerOrderId,
    pub seller_slug: String,
    pub seller_name: String,
    pub commission_rate: BasisPoints,
    pub shipping_rate: ShippingRateId,
    pub shipping_label: String,
    /// ISO dates.
    pub delivery_from: String,
    pub delivery_to: String,
    /// One per line of the seller's quote, in its order.
    pub lines: Vec<NewLine>,
}

#[derive(Clone, Debug)]
pub struct NewLine {
    pub id: OrderLineId,
    pub variant: VariantId,
    pub stock_item: StockItemId,
    pub product_slug: String,
    pub sku: String,
    pub title: String,
    pub options: BTreeMap<String, String>,
    pub image: Option<ImageView>,
}

/// The order meant by an id or a number, if it is the caller's: of the account, or one whose token the caller holds.
///
/// # Errors
/// `NotFound` for a missing and for a foreign order alike.
pub async fn find<R>(ctx: &Context, id_or_number: &str) -> Result<OrderId, Failure<R>> {
    let id: Option<Uuid> = id_or_number.parse().ok();
    let number: Option<OrderNumber> = if id.is_none() { id_or_number.parse().ok() } else { None };
    if id.is_none() && number.is_none() {
        return Err(Failure::NotFound);
    }
    let found = store::find(&ctx.handles.db, id, number.as_ref(), ctx.user().map(|user| user.id), &token_hashes(ctx)).await?;
    found.ok_or(Failure::NotFound)
}

fn token_hashes(ctx: &Context) -> Vec<Vec<u8>> {
    ctx.caller.order_tokens.iter().map(|token| secret::token_hash(token)).collect()
}

/// An order of the caller: of the account, or one whose token the caller holds. `NotFound` otherwise.
pub async fn order(ctx: &Context, id_or_number: &str) -> Result<OrderView, Failure<NoRefusal>> {
    let order = find(ctx, id_or_number).await?;
    view(&ctx.handles, order).await?.ok_or(Failure::NotFound)
}

/// Whether the caller may take this order into their account: signed in, it is a guest's in nobody's account, and the
/// caller holds the token that its buyer was given.
pub async fn can_claim(ctx: &Context, order: OrderId) -> Result<bool, Failure<NoRefusal>> {
    Ok(ctx.user().is_some() && store::can_claim(&ctx.handles.db, order, &token_hashes(ctx)).await?)
}

/// Takes a guest's order into the caller's account. Its buyer's own token has to be held: knowing the e-mail address proves
/// nothing, and a link may have been passed on. False: that is not so, or the order is in an account already.
pub async fn claim(ctx: &Context, id_or_number: &str) -> Result<bool, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    let order = find(ctx, id_or_number).await?;
    Ok(can_claim(ctx, order).await? && store::claim(&ctx.handles.db, order, user).await?)
}

/// Verifies the caller's e-mail address by the token that was mailed there, and takes the orders into the account that guests
/// placed with this address. Returns how many. One that is in an account stays there.
pub async fn verify_email(ctx: &Context, token: &str) -> Result<u64, Failure<AccountRefusal>> {
    let user = ctx.signed_in()?;
    let mut tx = ctx.handles.db.begin().await?;
    let verified = accounts::verify_email(&mut tx, user, &secret::token_hash(token)).await?;
    let email = verified.ok_or(Failure::Refused(AccountRefusal::LinkInvalid))?;
    let joined = store::claim_all(&mut tx, &email, user).await?;
    events::record(&mut tx, &Event::EmailVerified { user }, &ctx.request_id).await?;
    tx.commit().await?;
    Ok(joined)
}

/// The signed-in user's orders, newest first; for a guest the orders whose tokens they hold.
pub async fn orders(ctx: &Context, after: Option<Cursor>, limit: u32) -> Result<Page<OrderSummary>, Failure<NoRefusal>> {
    let limit = limit.clamp(1, PAGE_LIMIT_MAX);
    let user = ctx.user().map(|user| user.id);
    // Signed in, the account's orders are meant: a token in the browser may be another person's.
    let tokens = if user.is_some() { Vec::new() } else { token_hashes(ctx) };
    let mut rows = store::summaries(&ctx.handles.db, user, &tokens, after, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor =
        rows.last().filter(|_| more).map(|(placed_at, summary)| Cursor { placed_at: *placed_at, order: summary.id }.to_string());
    Ok(Page { items: rows.into_iter().map(|(_, summary)| summary).collect(), next_cursor })
}

/// Where a page of the history ends; opaque to whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    placed_at: OffsetDateTime,
    order: OrderId,
}

/// A cursor that no history answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.placed_at.unix_timestamp_nanos() / 1_000, self.order)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let read = || {
            let (micros, order) = text.split_once('.')?;
            let nanos = micros.parse::<i128>().ok()?.checked_mul(1_000)?;
            Some(Self { placed_at: OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?, order: order.parse().ok()? })
        };
        read().ok_or(InvalidCursor)
    }
}

/// The link to the order as it is mailed: `{public_url}/track?t=…`, in the caller's market. It is the same one whenever it is
/// asked for and ends with the order's first thirty days, so following it prolongs nothing. None: it has ended.
pub async fn link(ctx: &Context, order: OrderId) -> Result<Option<String>, Failure<NoRefusal>> {
    let order = find(ctx, &order.to_string()).await?;
    let settings = &ctx.handles.settings;
    let token = secret::token_of(&settings.secret_key, &format!("the link to order {order}"));
    let is_open = store::ensure_link(&ctx.handles.db, &secret::token_hash(&token), order, LINK_LIFE_DAYS).await?;
    Ok(is_open.then(|| format!("{}{}/track?t={token}", settings.public_url, ctx.caller.prefix())))
}

/// What the link's token opens: the order, and a fresh token for its cookie, which ends as links do. No token where the
/// caller sees the order already: a link that is opened often must not push other orders out of the cookie.
pub async fn open_link(ctx: &Context, token: &str) -> Result<(OrderId, Option<String>), Failure<OrderRefusal>> {
    let linked = store::open_link(&ctx.handles.db, &secret::token_hash(token)).await?;
    let order = linked.ok_or(Failure::Refused(OrderRefusal::LinkInvalid))?;
    match find(ctx, &order.to_string()).await {
        Ok(_) => Ok((order, None)),
        Err(Failure::NotFound) => Ok((order, Some(issue_token(&ctx.handles, order, Some(LINK_LIFE_DAYS)).await?))),
        Err(failure) => Err(failure),
    }
}

/// A new token for the order; only its hash is kept. Without `days` it works as long as there is the order.
///
/// # Errors
/// When the database fails.
pub async fn issue_token(handles: &Handles, order: OrderId, days: Option<i32>) -> sqlx::Result<String> {
    let token = secret::new_token();
    store::insert_token(&handles.db, &secret::token_hash(&token), order, days).await?;
    Ok(token)
}

/// Deletes links and tokens that open nothing any more. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_ended(handles: &Handles) -> anyhow::Result<u64> {
    let links = store::delete_ended_links(&handles.db, FORGET_BATCH).await?;
    Ok(links + store::delete_ended_tokens(&handles.db, FORGET_BATCH).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_refused() {
        let cursor = Cursor {
            placed_at: OffsetDateTime::from_unix_timestamp_nanos(1_790_000_000_123_456_000).unwrap(),
            order: OrderId(Uuid::from_u128(7)),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "x.y", "170141183460469231731687303715884105727.00000000-0000-0000-0000-000000000007", "1."] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
