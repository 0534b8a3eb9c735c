//! Carts: changed in PostgreSQL, read from Redis, and taken by Redis alone while PostgreSQL is away. A change is
//! acknowledged once the cart's row was locked, its version raised and the transaction committed; the whole new state is
//! then published to Redis, which refuses older ones. A reader compares the versions, so that a publication which never
//! came costs a reading, not the truth.

mod checkout;
mod coupon;
mod currency;
mod fast;
mod merging;
mod outage;
mod state;
mod store;

pub use checkout::{CheckoutCart, CheckoutLine, open_for_checkout, remove_ordered, republish};
pub use coupon::{remove_coupon, set_coupon};
pub use currency::follow_currency;
pub use merging::{merge_guest, merge_notice, undo_merge};
pub use outage::drain;

use crate::{Context, Failure, Handles, db, secret};
use anyhow::Context as _;
use domain::accounts::SessionUser;
use domain::cart::{CartRefusal, CartView};
use domain::id::{CartId, VariantId};
use domain::money::Currency;
use domain::quantity::Quantity;
use fast::Pointer;
use state::{CartState, Wish};
use store::Owner;
use tracing::Instrument as _;

/// Carts deleted in one statement; the next follows soon.
const EXPIRED_BATCH: i64 = 500;

/// Whose cart is meant, and the guest's token, which every answer to a guest repeats.
#[derive(Clone, Debug)]
struct Visitor {
    owner: Owner,
    token: Option<String>,
}

impl Visitor {
    fn guest(token: String) -> Self {
        Self { owner: Owner::Guest(secret::token_hash(&token)), token: Some(token) }
    }

    fn user(user: &SessionUser) -> Self {
        Self { owner: Owner::User(user.id), token: None }
    }

    /// None: neither signed in nor with a token.
    fn of(ctx: &Context) -> Option<Self> {
        ctx.user().map(Self::user).or_else(|| ctx.caller.cart_token.clone().map(Self::guest))
    }
}

/// The caller's cart, in the currency that the caller is shown prices in: the account's when signed in, else the one of the
/// token, else an empty one.
pub async fn view(ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    merging::merge_on_the_way(ctx).await?;
    let empty = || CartView::empty(ctx.caller.currency().unwrap_or_default());
    let Some(visitor) = Visitor::of(ctx) else { return Ok(empty()) };
    let mut state = read(&ctx.handles, &visitor.owner).await?;
    if state.as_ref().is_some_and(|state| currency::must_follow(ctx, state.currency)) {
        follow_currency(ctx).await?;
        state = read(&ctx.handles, &visitor.owner).await?;
    }
    match (state, &visitor.owner) {
        (Some(state), _) => Ok(state.view(visitor.token)?),
        (None, Owner::User(_)) => Ok(empty()),
        (None, Owner::Guest(_)) => Err(Failure::Refused(CartRefusal::CartNotFound)),
    }
}

/// Whether there is the cart that the caller's token opens, at the cost of one look into Redis where there is. It may still end
/// before it is used: whoever changes it asks again.
///
/// # Errors
/// `CartNotFound`.
pub async fn check_token(ctx: &Context) -> Result<(), Failure<CartRefusal>> {
    let Some(visitor) = Visitor::of(ctx) else { return Ok(()) };
    match or_none(fast::pointer(&ctx.handles.redis, &visitor.owner).await.map(Some)) {
        Some(Pointer::Cart(_)) => Ok(()),
        _ => view(ctx).await.map(|_| ()),
    }
}

/// Sets the quantity of a variant; 0 removes. Begins a cart where there is none: the answer's `token` is then new.
pub async fn set_item(ctx: &Context, variant: VariantId, quantity: u32) -> Result<CartView, Failure<CartRefusal>> {
    change(ctx, Wish::Set { variant, quantity }).await
}

/// Adds to what is there.
pub async fn add_item(ctx: &Context, variant: VariantId, quantity: Quantity) -> Result<CartView, Failure<CartRefusal>> {
    change(ctx, Wish::Add { variant, quantity: quantity.get() }).await
}

/// Removing an absent line is fine.
pub async fn remove_item(ctx: &Context, variant: VariantId) -> Result<CartView, Failure<CartRefusal>> {
    change(ctx, Wish::Set { variant, quantity: 0 }).await
}

pub async fn clear(ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    change(ctx, Wish::Clear).await
}

/// Deletes guests' carts whose time is over. Returns how many.
pub async fn delete_expired(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::delete_expired(&handles.db, EXPIRED_BATCH).await?)
}

// Reading -----------------------------------------------------------------------------------------------------------

/// The owner's cart with today's offers. None: there is none, or its time is over.
async fn read(handles: &Handles, owner: &Owner) -> Result<Option<CartState>, Failure<CartRefusal>> {
    if let Some(mut state) = or_none(read_fast(handles, owner).await) {
        match store::look(&handles.db, state.id, state.currency, &state.variants()).await {
            // Redis may be ahead by changes that wait for PostgreSQL; behind, it missed a publication.
            Ok(look) if !look.expired && look.version.is_some_and(|version| version <= state.version) => {
                state.see(&look.offers);
                state.coupon = look.coupon;
                return Ok(Some(state));
            }
            Ok(_) => {}
            Err(error) if db::is_unreachable(&error) => return Ok(Some(state)),
            Err(error) => return Err(error.into()),
        }
    }
    read_store(handles, owner).await.map_err(unavailable)
}

async fn read_fast(handles: &Handles, owner: &Owner) -> anyhow::Result<Option<CartState>> {
    match fast::pointer(&handles.redis, owner).await? {
        Pointer::Cart(cart) => fast::read(&handles.redis, cart).await,
        Pointer::Merged | Pointer::Unknown => Ok(None),
    }
}

async fn read_store(handles: &Handles, owner: &Owner) -> Result<Option<CartState>, Failure<CartRefusal>> {
    let Some(cart) = store::find(&handles.db, owner).await? else { return Ok(None) };
    outage::drain_cart(handles, cart).await?;
    match load_fresh(handles, cart).await? {
        Some(state) => {
            publish(handles, &state).await;
            Ok(Some(state))
        }
        None => {
            or_none(fast::forget(&handles.redis, cart, owner).await.map(Some));
            Ok(None)
        }
    }
}

/// A live cart from PostgreSQL, with its offers.
async fn load_fresh(handles: &Handles, cart: CartId) -> Result<Option<CartState>, Failure<CartRefusal>> {
    let Some(loaded) = store::load(&handles.db, cart).await?.filter(|loaded| !loaded.expired) else { return Ok(None) };
    let mut state = loaded.state;
    let look = store::look(&handles.db, cart, state.currency, &state.variants()).await?;
    state.see(&look.offers);
    state.coupon = look.coupon;
    Ok(Some(state))
}

// Changing ----------------------------------------------------------------------------------------------------------

async fn change(ctx: &Context, wish: Wish) -> Result<CartView, Failure<CartRefusal>> {
    merging::merge_on_the_way(ctx).await?;
    let (handles, visitor, chosen) = (ctx.handles.clone(), Visitor::of(ctx), ctx.caller.currency());
    run_to_end(async move {
        match change_in_store(&handles, visitor.clone(), chosen, wish).await {
            Err(failure) if is_unreachable(&failure) => outage::change(&handles, visitor, wish).await,
            outcome => outcome,
        }
    })
    .await?
}

async fn change_in_store(
    handles: &Handles,
    visitor: Option<Visitor>,
    chosen: Option<Currency>,
    wish: Wish,
) -> Result<CartView, Failure<CartRefusal>> {
    let (mut tx, known) = lock_own(handles, visitor.as_ref().map(|visitor| &visitor.owner)).await?;
    let (token, cart) = match known {
        Some(cart) => (visitor.and_then(|visitor| visitor.token), cart),
        None if matches!(wish, Wish::Clear | Wish::Set { quantity: 0, .. }) => return Ok(CartView::empty(chosen.unwrap_or_default())),
        None => begin_cart(&mut tx, visitor.unwrap_or_else(|| Visitor::guest(secret::new_token()))).await?,
    };
    let mut state = currency::follow(&mut tx, cart, chosen).await?;
    let variants: Vec<VariantId> = state.variants().into_iter().chain(wish.variant()).collect();
    let store::Look { offers, coupon, .. } = store::look(&mut *tx, cart, state.currency, &variants).await?;
    state.see(&offers);
    state.coupon = coupon;
    let offer = offers.into_iter().find(|offer| Some(offer.variant) == wish.variant());
    let Some(step) = state.decide(wish, offer.as_ref()).map_err(Failure::Refused)? else { return Ok(state.view(token)?) };
    store::write(&mut tx, cart, state.version + 1, step).await?;
    state.apply(step, offer.clone());
    (state.version, state.expires_at) = store::touch(&mut tx, cart).await?;
    tx.commit().await?;
    publish(handles, &state).await;
    if let Some(offer) = offer {
        or_none(fast::note_offer(&handles.redis, state.currency, &offer).await.map(Some));
    }
    Ok(state.view(token)?)
}

/// A transaction that holds the lock on the owner's cart, after what an outage has left waiting for it was written. None:
/// nobody's, or an account's that was never begun. `CartNotFound` for a guest's token that leads to no cart.
async fn lock_own(
    handles: &Handles,
    owner: Option<&Owner>,
) -> Result<(sqlx::Transaction<'static, sqlx::Postgres>, Option<CartId>), Failure<CartRefusal>> {
    if let Some(owner) = owner {
        outage::drain_owner(handles, owner).await?;
    }
    let mut tx = handles.db.begin().await?;
    let cart = match owner {
        Some(owner) => store::lock(&mut tx, owner).await?,
        None => None,
    };
    match (owner, cart) {
        (Some(Owner::Guest(_)), None) => Err(Failure::Refused(CartRefusal::CartNotFound)),
        (_, cart) => Ok((tx, cart)),
    }
}

/// A new cart, locked, and the token that a guest finds it by.
async fn begin_cart(tx: &mut sqlx::PgConnection, visitor: Visitor) -> Result<(Option<String>, CartId), Failure<CartRefusal>> {
    store::create(tx, &visitor.owner).await?;
    let cart = store::lock(tx, &visitor.owner).await?.context("the cart that was just begun is there")?;
    Ok((visitor.token, cart))
}

/// The content of a locked cart. A guest's that has ended is gone; an account's begins anew.
async fn open_locked(tx: &mut sqlx::PgConnection, cart: CartId) -> Result<CartState, Failure<CartRefusal>> {
    let Some(loaded) = store::load(&mut *tx, cart).await? else { return Err(Failure::Refused(CartRefusal::CartNotFound)) };
    let mut state = loaded.state;
    if loaded.expired {
        if state.user.is_none() {
            return Err(Failure::Refused(CartRefusal::CartNotFound));
        }
        store::write(tx, cart, state.version + 1, state::Step::Clear).await?;
        state.lines.clear();
    }
    Ok(state)
}

/// Redis is told after the commit. Where that fails, the next reader sees the difference and mends it.
async fn publish(handles: &Handles, state: &CartState) {
    or_none(fast::publish(&handles.redis, state, &[]).await.map(Some));
}

/// Redis away is the same as Redis empty.
fn or_none<T>(answer: anyhow::Result<Option<T>>) -> Option<T> {
    answer.unwrap_or_else(|error| {
        tracing::warn!(error = format!("{error:#}"), "Redis did not serve a cart");
        None
    })
}

/// Runs work that must not stop half-way when a client hangs up: between the commit and the publication, above all.
async fn run_to_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> anyhow::Result<T> {
    tokio::spawn(work.in_current_span()).await.context("the work on a cart panicked")
}

fn is_unreachable<R>(failure: &Failure<R>) -> bool {
    matches!(failure, Failure::Internal(error) if error.downcast_ref::<sqlx::Error>().is_some_and(db::is_unreachable))
}

fn unavailable(failure: Failure<CartRefusal>) -> Failure<CartRefusal> {
    if is_unreachable(&failure) { Failure::Refused(CartRefusal::Unavailable) } else { failure }
}
