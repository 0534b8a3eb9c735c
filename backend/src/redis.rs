//! Redis: what must be fast. Nothing here is the only copy of anything, and its absence only makes the shop slower.

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::fmt;
use std::time::Duration;

/// A connection that mends itself. Cheap to clone; commands of all requests share it.
#[derive(Clone)]
pub struct Redis(pub ConnectionManager);

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    /// Connects lazily: a Redis that is down now is used as soon as it is back.
    ///
    /// # Errors
    /// When the URL is not one.
    pub fn connect(url: &str) -> anyhow::Result<Self> {
        let client = redis::Client::open(url)?;
        // Short: every caller has another way when Redis does not answer.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_millis(500)))
            .set_response_timeout(Some(Duration::from_millis(500)))
            .set_number_of_retries(1);
        Ok(Self(ConnectionManager::new_lazy_with_config(client, config)?))
    }
}
