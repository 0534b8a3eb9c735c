//! Stock: reserving, releasing, making firm.

use crate::Handles;

/// Expires due holds in batches. A worker calls it often; a late one causes no false "sold out".
pub async fn expire_due(_handles: &Handles) -> anyhow::Result<u32> {
    todo!()
}
