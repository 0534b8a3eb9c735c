//! What every request can reach.

use crate::config::{Config, Network};
use crate::middleware::policy::Sources;
use axum::extract::FromRef;
use backend::Handles;
use backend::inventory::Desk;
use backend::payments::gateway::Gateway;
use leptos::prelude::LeptosOptions;
use secrecy::ExposeSecret as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Cheap to clone: the process has one.
#[derive(Clone, Debug)]
pub struct AppState {
    pub handles: Handles,
    pub site: LeptosOptions,
    pub door: Arc<Door>,
}

/// What the middleware knows about the outside.
#[derive(Clone, Debug)]
pub struct Door {
    pub public_url: String,
    pub is_https: bool,
    pub trusted_proxies: Vec<Network>,
    pub sources: Sources,
    pub media_dir: PathBuf,
}

impl AppState {
    pub fn new(config: &Config, handles: Handles) -> Self {
        let door = Door {
            public_url: config.listen.public_url.clone(),
            is_https: config.listen.is_https(),
            trusted_proxies: config.listen.trusted_proxies.clone(),
            sources: Sources::new(&config.payments, config.site.reload_port),
            media_dir: config.site.media_dir.clone(),
        };
        Self { handles, site: config.site.leptos_options(), door: Arc::new(door) }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.site.clone()
    }
}

/// Connects to everything. Redis may be down: it is used as soon as it is back.
///
/// # Errors
/// When PostgreSQL cannot be reached, or the gateway must not be used with this database.
pub async fn connect(config: &Config) -> anyhow::Result<Handles> {
    let database = &config.stores.database;
    let db = backend::db::connect(database.url.expose_secret(), database.connections_max).await?;
    let redis = backend::redis::Redis::connect(config.stores.redis_url.expose_secret())?;
    let gateway = Gateway::connect(config.payments.keys().secret.expose_secret(), config.payments.api_url())?;
    Ok(Handles { stock: Desk::new(db.clone()), db, redis, gateway, settings: Arc::new(config.settings()) })
}
