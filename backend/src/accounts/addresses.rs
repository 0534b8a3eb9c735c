//! Where an account has ordered to or means to: offered at the checkout, until it is forgotten.

use super::store;
use crate::{Context, Failure};
use domain::accounts::KeptAddress;
use domain::address::Address;
use domain::id::AddressId;
use domain::refusal::NoRefusal;

/// More are no help to choose from; the one that was used longest ago makes room.
const ADDRESSES_MAX: i64 = 10;

/// The caller's addresses, the one used last first.
pub async fn addresses(ctx: &Context) -> Result<Vec<KeptAddress>, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    Ok(store::addresses(&ctx.handles.db, user, ADDRESSES_MAX).await?)
}

/// Keeps an address of the caller; one that is kept already becomes the one used last.
pub async fn keep_address(ctx: &Context, address: &Address) -> Result<(), Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    let mut tx = ctx.handles.db.begin().await?;
    store::keep_address(&mut tx, user, address).await?;
    store::forget_addresses_beyond(&mut tx, user, ADDRESSES_MAX).await?;
    Ok(tx.commit().await?)
}

/// Puts `address` in the place of one that the caller has; whether somebody else has it is not told.
pub async fn change_address(ctx: &Context, id: AddressId, address: &Address) -> Result<(), Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    let mut tx = ctx.handles.db.begin().await?;
    if !store::change_address(&mut tx, user, id, address).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Forgets one of the caller's addresses; somebody else's, and one that is gone, are left as they are.
pub async fn forget_address(ctx: &Context, id: AddressId) -> Result<(), Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    Ok(store::forget_address(&ctx.handles.db, user, id).await?)
}
