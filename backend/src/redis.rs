//! Redis: what must be fast. Nothing here is the only copy of anything while PostgreSQL can be reached, and its absence
//! only makes the shop slower.

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A connection that mends itself. Cheap to clone; commands of all requests share it.
#[derive(Clone)]
pub struct Redis {
    connection: ConnectionManager,
    /// Stands before every key, so that shops which share a server do not meet.
    prefix: Arc<str>,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// Connects lazily: a Redis that is down now is used as soon as it is back.
    ///
    /// # Errors
    /// When the URL is not one.
    pub fn connect(url: &str) -> anyhow::Result<Self> {
        Self::connect_with_prefix(url, "")
    }

    /// As [`Redis::connect`], with keys that nobody else has.
    ///
    /// # Errors
    /// When the URL is not one.
    pub fn connect_with_prefix(url: &str, prefix: &str) -> anyhow::Result<Self> {
        let client = redis::Client::open(url)?;
        // Short: every caller has another way when Redis does not answer.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_millis(500)))
            .set_response_timeout(Some(Duration::from_millis(500)))
            .set_number_of_retries(1);
        Ok(Self { connection: ConnectionManager::new_lazy_with_config(client, config)?, prefix: prefix.into() })
    }

    pub fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    pub fn key(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> anyhow::Result<()> {
        Ok(redis::cmd("PING").query_async(&mut self.connection()).await?)
    }

    /// Whether Redis answers.
    pub async fn is_ready(&self) -> bool {
        redis::cmd("PING").query_async::<()>(&mut self.connection()).await.is_ok()
    }
}
