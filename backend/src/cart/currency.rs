//! A cart is in one currency. It follows the one that its shopper chooses, at each seller's own prices in it.

use super::state::CartState;
use super::{Visitor, is_unreachable, load_fresh, lock_own, open_locked, publish, run_to_end, store};
use crate::{Context, Failure, Handles};
use domain::cart::CartRefusal;
use domain::id::CartId;
use domain::money::Currency;
use sqlx::PgConnection;

/// Whether the caller is shown prices in another currency than a cart's.
pub(super) fn must_follow(ctx: &Context, currency: Currency) -> bool {
    ctx.caller.currency().is_some_and(|shown| shown != currency)
}

/// Takes the caller's cart into the currency that the caller has chosen. Who has no cart, or has chosen nothing, is left
/// alone; so is a cart that cannot be reached: its next change follows.
pub async fn follow_currency(ctx: &Context) -> Result<(), Failure<CartRefusal>> {
    let (Some(visitor), Some(chosen)) = (Visitor::of(ctx), ctx.caller.currency()) else { return Ok(()) };
    let handles = ctx.handles.clone();
    let followed = run_to_end(async move { follow_in_store(&handles, &visitor, chosen).await }).await?;
    match followed {
        Err(failure) if is_unreachable(&failure) => Ok(()),
        Err(Failure::Refused(_)) => Ok(()),
        outcome => outcome,
    }
}

async fn follow_in_store(handles: &Handles, visitor: &Visitor, chosen: Currency) -> Result<(), Failure<CartRefusal>> {
    let (mut tx, Some(cart)) = lock_own(handles, Some(&visitor.owner)).await? else { return Ok(()) };
    let before = open_locked(&mut tx, cart).await?;
    if before.currency == chosen {
        return Ok(());
    }
    follow(&mut tx, cart, Some(chosen)).await?;
    store::touch(&mut tx, cart).await?;
    tx.commit().await?;
    if let Some(state) = load_fresh(handles, cart).await? {
        publish(handles, &state).await;
    }
    Ok(())
}

/// The content of a locked cart, in the chosen currency. What was seen in another is now seen in this: choosing is not a
/// change of price. A line without a price in it stays, and says that it cannot be bought.
pub(super) async fn follow(tx: &mut PgConnection, cart: CartId, chosen: Option<Currency>) -> Result<CartState, Failure<CartRefusal>> {
    let state = open_locked(tx, cart).await?;
    match chosen {
        Some(chosen) if chosen != state.currency => {
            store::set_currency(tx, cart, chosen).await?;
            open_locked(tx, cart).await
        }
        _ => Ok(state),
    }
}
