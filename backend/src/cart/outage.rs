//! While PostgreSQL is away: a cart that Redis knows still takes changes. Each is appended to a list that Redis syncs to
//! disk, and replayed in order, once, as soon as PostgreSQL answers. Losing Redis during such an outage is the one loss
//! that nothing covers.

use super::fast::{self, Appended, Operation, Pointer, Waiting};
use super::state::{Step, Wish};
use super::store::{self, Owner};
use super::{Visitor, is_unreachable, load_fresh, unavailable};
use crate::{Failure, Handles, db};
use domain::cart::{CartRefusal, CartView};
use domain::id::CartId;

/// Tries to append while others change the same cart.
const APPEND_TRIES: usize = 5;

/// Takes a change into Redis alone. A cart that is not there is refused for now, never shown as empty.
pub(super) async fn change(handles: &Handles, visitor: Option<Visitor>, wish: Wish) -> Result<CartView, Failure<CartRefusal>> {
    let Some(visitor) = visitor else { return Err(Failure::Refused(CartRefusal::Unavailable)) };
    match append(handles, &visitor, wish).await {
        Err(Failure::Internal(error)) => {
            tracing::warn!(error = format!("{error:#}"), "neither store takes a cart's change");
            Err(Failure::Refused(CartRefusal::Unavailable))
        }
        outcome => outcome,
    }
}

async fn append(handles: &Handles, visitor: &Visitor, wish: Wish) -> Result<CartView, Failure<CartRefusal>> {
    let redis = &handles.redis;
    let away = || Failure::Refused(CartRefusal::Unavailable);
    let Pointer::Cart(cart) = fast::pointer(redis, &visitor.owner).await? else { return Err(away()) };
    for _ in 0..APPEND_TRIES {
        let before = fast::read(redis, cart).await?.ok_or_else(away)?;
        let offer = match wish.variant() {
            Some(variant) => match before.line(variant).and_then(|line| line.offer.clone()) {
                Some(offer) => Some(offer),
                None => fast::offer(redis, before.currency, variant).await?,
            },
            None => None,
        };
        let step = match before.decide(wish, offer.as_ref()) {
            // What has never been seen may be for sale all the same.
            Err(CartRefusal::VariantNotFound) if offer.is_none() => return Err(away()),
            decided => decided.map_err(Failure::Refused)?,
        };
        let Some(step) = step else { return Ok(before.view(visitor.token.clone())?) };
        let mut after = before.clone();
        after.apply(step, offer);
        match fast::append(redis, &before, &after, &Operation { id: db::new_id(), step }).await? {
            Appended::Yes => return Ok(after.view(visitor.token.clone())?),
            Appended::Changed => {}
            Appended::TooMany => return Err(away()),
        }
    }
    Err(away())
}

/// Replays what waits for PostgreSQL. A worker calls it often; returns how many changes came through.
///
/// # Errors
/// When Redis does not answer; there is nothing to be done then.
pub async fn drain(handles: &Handles) -> anyhow::Result<u32> {
    let mut drained = 0;
    for (cart, mark) in fast::carts_waiting(&handles.redis).await? {
        match drain_cart(handles, cart).await {
            Ok(count) => {
                fast::settle(&handles.redis, cart, &mark).await?;
                drained += count;
            }
            Err(failure) if is_unreachable(&failure) => return Ok(drained),
            Err(failure) => tracing::error!(%cart, %failure, "a cart's waiting changes could not be replayed"),
        }
    }
    Ok(drained)
}

/// Replays the owner's waiting changes, so that a new one comes after them.
pub(super) async fn drain_owner(handles: &Handles, owner: &Owner) -> Result<(), Failure<CartRefusal>> {
    if let Ok(Pointer::Cart(cart)) = fast::pointer(&handles.redis, owner).await {
        drain_cart(handles, cart).await?;
    }
    Ok(())
}

/// Replays one cart's waiting changes. With Redis away nothing is known to wait.
pub(super) async fn drain_cart(handles: &Handles, cart: CartId) -> Result<u32, Failure<CartRefusal>> {
    let waiting = fast::waiting(&handles.redis, cart).await.unwrap_or_default();
    if waiting.is_empty() {
        return Ok(0);
    }
    let (drained, target) = replay(handles, cart, &waiting).await?;
    match load_fresh(handles, target).await.map_err(unavailable)? {
        Some(state) if target == cart => fast::publish(&handles.redis, &state, &waiting).await?,
        state => {
            fast::discard(&handles.redis, cart, &waiting).await?;
            if let Some(state) = state {
                fast::publish(&handles.redis, &state, &[]).await?;
            }
        }
    }
    Ok(drained)
}

/// Writes the changes that PostgreSQL has not seen, and says to which cart: a guest's may have been merged meanwhile.
async fn replay(handles: &Handles, cart: CartId, waiting: &[Waiting]) -> Result<(u32, CartId), Failure<CartRefusal>> {
    let mut tx = handles.db.begin().await?;
    let target = store::lock_by_id(&mut tx, cart).await?;
    let loaded = match target {
        Some(target) => store::load(&mut *tx, target).await?,
        None => None,
    };
    let (Some(target), Some(loaded)) = (target, loaded) else {
        tracing::error!(%cart, count = waiting.len(), "changes wait for a cart that is gone");
        return Ok((0, cart));
    };
    let (mut version, mut drained) = (loaded.state.version, 0);
    for Waiting { operation, .. } in waiting {
        if !store::note_operation(&mut tx, operation.id, target).await? {
            continue;
        }
        let there = match operation.step {
            Step::Put { variant, .. } => store::variant_exists(&mut tx, variant).await?,
            Step::Remove { .. } | Step::Clear => true,
        };
        if there {
            store::write(&mut tx, target, version + 1, operation.step).await?;
        }
        (version, _) = store::touch(&mut tx, target).await?;
        drained += 1;
    }
    tx.commit().await?;
    Ok((drained, target))
}
