//! A guest's cart joins the account's at sign-in: once, with a notice, and with one way back.

use super::fast::{self, Pointer};
use super::state::{CartState, Step};
use super::store::{self, Owner};
use super::{Visitor, is_unreachable, or_none, outage, publish, run_to_end};
use crate::{Context, Failure, Handles, events};
use anyhow::Context as _;
use domain::cart::{CartItem, CartRefusal, CartView, Growth, MergeNotice, merge};
use domain::events::Event;
use domain::id::{CartId, UserId};
use uuid::Uuid;

/// Hours in which a merge can be undone; later it is simply the cart.
const UNDO_HOURS_MAX: i32 = 24;

/// Joins the guest cart of the caller's token into the signed-in user's, once.
pub async fn merge_guest(ctx: &Context) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    let user = ctx.signed_in()?;
    let Some(token) = ctx.caller.cart_token.clone() else { return Ok(None) };
    let guest = Visitor::guest(token).owner;
    if let Ok(Pointer::Merged) = fast::pointer(&ctx.handles.redis, &guest).await {
        return Ok(None);
    }
    let (handles, request_id) = (ctx.handles.clone(), ctx.request_id.clone());
    run_to_end(async move { merge_into(&handles, user, &guest, &request_id).await }).await?
}

/// Whoever comes signed in with a guest's token as well gets both carts as one, whatever they ask for.
pub(super) async fn merge_on_the_way(ctx: &Context) -> Result<(), Failure<CartRefusal>> {
    if ctx.user().is_none() || ctx.caller.cart_token.is_none() {
        return Ok(());
    }
    match merge_guest(ctx).await {
        Err(failure) if is_unreachable(&failure) => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

async fn merge_into(handles: &Handles, user: UserId, guest: &Owner, request_id: &str) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    let account = Owner::User(user);
    let Some(guest_id) = store::find(&handles.db, guest).await? else {
        or_none(fast::note_merged(&handles.redis, guest, None).await.map(Some));
        return Ok(None);
    };
    outage::drain_cart(handles, guest_id).await?;
    outage::drain_owner(handles, &account).await?;
    let mut tx = handles.db.begin().await?;
    // Whoever comes second waits here, and then finds no cart under the token any more.
    if store::lock(&mut tx, guest).await?.is_none() {
        return Ok(None);
    }
    store::create(&mut tx, &account).await?;
    let cart = store::lock(&mut tx, &account).await?.context("the account has a cart now")?;
    let mut state = super::open_locked(&mut tx, cart).await?;
    let guest_state = store::load(&mut *tx, guest_id).await?.filter(|loaded| !loaded.expired).map(|loaded| loaded.state);
    let (before, is_alive) = (state.items(), guest_state.is_some());
    let (steps, left_out) = guest_state.map(|guest| steps_of(&before, &guest)).unwrap_or_default();
    let growths: Vec<Growth> = steps.iter().map(|(growth, _)| *growth).collect();
    for (_, step) in &steps {
        store::write(&mut tx, cart, state.version + 1, *step).await?;
    }
    // What the guest saw in another currency is seen in the account's now.
    store::set_currency(&mut tx, cart, state.currency).await?;
    let inherited = is_alive && store::inherit_coupon(&mut tx, cart, guest_id).await?;
    if !inherited {
        // What did not come from the guest's cart does not go with it when the merge is undone.
        store::set_coupon(&mut tx, guest_id, None).await?;
    }
    if inherited || !steps.is_empty() {
        (state.version, state.expires_at) = store::touch(&mut tx, cart).await?;
    }
    store::retire(&mut tx, guest_id, cart).await?;
    store::note_merge(&mut tx, guest_id, cart, user, &growths, &left_out).await?;
    events::record(&mut tx, &Event::CartMerged { cart, from: guest_id, user }, request_id).await?;
    tx.commit().await?;
    or_none(fast::note_merged(&handles.redis, guest, Some(guest_id)).await.map(Some));
    tell(handles, cart).await;
    let added: Vec<Uuid> = growths.into_iter().map(|growth| growth.variant.0).collect();
    notice(handles, &added, &left_out).await
}

/// What the rule changes in the account's cart and the step that does it; and what finds no room there.
fn steps_of(account: &[CartItem], guest: &CartState) -> (Vec<(Growth, Step)>, Vec<Uuid>) {
    let merged = merge(account, &guest.items());
    let steps = merged.from_guest.into_iter().filter_map(|growth| {
        let seen = guest.line(growth.variant)?.seen;
        Some((growth, Step::Put { variant: growth.variant, quantity: growth.after, seen }))
    });
    (steps.collect(), merged.left_out.into_iter().map(|variant| variant.0).collect())
}

async fn notice(handles: &Handles, added: &[Uuid], left_out: &[Uuid]) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    if added.is_empty() && left_out.is_empty() {
        return Ok(None);
    }
    let left_out = if left_out.is_empty() { Vec::new() } else { store::titles(&handles.db, left_out).await? };
    Ok(Some(MergeNotice { added: store::titles(&handles.db, added).await?, left_out }))
}

/// The latest merge that can still be undone.
pub async fn merge_notice(ctx: &Context) -> Result<Option<MergeNotice>, Failure<CartRefusal>> {
    // A guest has nothing that could have been merged.
    let Some(user) = ctx.user() else { return Ok(None) };
    match store::latest_merge(&ctx.handles.db, user.id, UNDO_HOURS_MAX).await? {
        Some(merge) => notice(&ctx.handles, &merge.added, &merge.left_out).await,
        None => Ok(None),
    }
}

/// Takes back what the latest merge brought into the account's cart, once; what was changed since otherwise stays.
pub async fn undo_merge(ctx: &Context) -> Result<CartView, Failure<CartRefusal>> {
    let user = ctx.signed_in()?;
    let handles = ctx.handles.clone();
    run_to_end(async move { undo(&handles, user).await }).await??;
    super::view(ctx).await
}

async fn undo(handles: &Handles, user: UserId) -> Result<(), Failure<CartRefusal>> {
    let account = Owner::User(user);
    let (mut tx, Some(cart)) = super::lock_own(handles, Some(&account)).await? else { return Ok(()) };
    let Some(latest) = store::latest_merge(&mut *tx, user, UNDO_HOURS_MAX).await? else { return Ok(()) };
    let state = super::open_locked(&mut tx, cart).await?;
    for growth in latest.growths() {
        let Some(line) = state.line(growth.variant) else { continue };
        let step = match growth.taken_back(line.quantity) {
            0 => Step::Remove { variant: line.variant },
            quantity => Step::Put { variant: line.variant, quantity, seen: line.seen },
        };
        store::write(&mut tx, cart, state.version + 1, step).await?;
    }
    store::disinherit_coupon(&mut tx, cart, latest.guest).await?;
    store::note_undone(&mut tx, latest.guest).await?;
    store::touch(&mut tx, cart).await?;
    tx.commit().await?;
    tell(handles, cart).await;
    Ok(())
}

/// Publishes the cart as it now is. What fails here is mended by the next reader.
async fn tell(handles: &Handles, cart: CartId) {
    if let Ok(Some(state)) = super::load_fresh(handles, cart).await {
        publish(handles, &state).await;
    }
}
