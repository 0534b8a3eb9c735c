//! The gateway, webhooks and the ledger.

pub mod gateway;

use crate::{Failure, Handles};
use domain::refusal::NoRefusal;

/// Stores a webhook whose signature is right, once; what it means is decided by a worker. `Forbidden`: not from the gateway.
pub async fn store_webhook(_handles: &Handles, _body: &[u8], _signature: &str) -> Result<(), Failure<NoRefusal>> {
    todo!()
}
