//! Builders that show only what a test is about, and a clock that can be moved. None of it is in a release.

mod builders;
pub mod clock;
pub mod statements;

pub use builders::{NewVariant, TestProduct};

use crate::inventory::Desk;
use crate::mail::MailSettings;
use crate::payments::gateway::Gateway;
use crate::redis::Redis;
use crate::{Caller, Client, Context, Handles, Settings, db};
use domain::accounts::{Role, SessionUser};
use domain::id::UserId;
use domain::payments::Gateway as GatewayKind;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

/// Stands in every program that has these doors, and in no release.
pub const MARKER: &str = "souk-testing-door";

/// Nobody listens there.
const NOWHERE: &str = "127.0.0.1";
const NOWHERE_PORT: u16 = 1;

/// A shop over a test's own database, with keys of its own in Redis.
#[derive(Clone, Debug)]
pub struct Shop {
    pub handles: Handles,
}

impl Shop {
    /// Redis from `REDIS_URL`, else the development one; a payment gateway that nobody answers for.
    pub fn new(db: PgPool) -> Self {
        Self::with_gateway(db, &format!("http://{NOWHERE}:{NOWHERE_PORT}"))
    }

    /// As [`Shop::new`], paying at the sandbox under this address.
    pub fn with_gateway(db: PgPool, sandbox_url: &str) -> Self {
        let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:56379".to_owned());
        let redis = Redis::connect_with_prefix(&url, &format!("{MARKER}:{}:", db::new_id())).expect("the test's Redis has a URL");
        let gateway = Gateway::connect("sk_test_shop", Some(sandbox_url)).expect("the sandbox has a URL");
        Self { handles: Handles { stock: Desk::new(db.clone()), db, redis, gateway, settings: Arc::new(settings(sandbox_url)) } }
    }

    /// The same shop with other settings.
    pub fn with_settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.handles.settings));
        self
    }

    /// The same shop after Redis has lost everything.
    pub fn with_empty_redis(&self) -> Self {
        let redis = Self::new(self.handles.db.clone()).handles.redis;
        Self { handles: Handles { redis, ..self.handles.clone() } }
    }

    /// The same shop while Redis does not answer.
    pub fn without_redis(&self) -> Self {
        let redis = Redis::connect(&format!("redis://{NOWHERE}:{NOWHERE_PORT}")).expect("an address nobody listens at is one");
        Self { handles: Handles { redis, ..self.handles.clone() } }
    }

    /// The same shop while PostgreSQL does not answer.
    pub fn without_database(&self) -> Self {
        let options = self.handles.db.connect_options().as_ref().clone().host(NOWHERE).port(NOWHERE_PORT);
        let db = PgPoolOptions::new().acquire_timeout(Duration::from_millis(200)).connect_lazy_with(options);
        Self { handles: Handles { stock: Desk::new(db.clone()), db, ..self.handles.clone() } }
    }

    pub fn guest(&self) -> Context {
        self.context(Caller::default())
    }

    pub fn guest_with_cart(&self, token: &str) -> Context {
        self.context(Caller { cart_token: Some(token.to_owned()), ..Caller::default() })
    }

    /// A signed-in context of an account made for it.
    pub async fn shopper(&self) -> Context {
        let user = UserId(db::new_id());
        let email = format!("shopper-{user}@example.org");
        builders::insert_user(&self.handles.db, user, &email).await;
        let user = SessionUser { id: user, email, name: "Shopper".to_owned(), roles: vec![Role::Shopper], sellers: Vec::new() };
        self.context(Caller { user: Some(user), ..Caller::default() })
    }

    pub fn context(&self, caller: Caller) -> Context {
        let client = Client(Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))));
        Context { handles: self.handles.clone(), caller, client, request_id: format!("test-{}", db::new_id()) }
    }

    /// Moves the shop's clock forward.
    pub async fn advance(&self, by: Duration) {
        clock::advance(&self.handles.db, by).await.expect("the test's database has a clock");
    }
}

fn settings(sandbox_url: &str) -> Settings {
    let directory = || std::env::temp_dir().join(MARKER).join(db::new_id().to_string());
    Settings {
        public_url: "http://127.0.0.1:3000".to_owned(),
        secret_key: "5e".repeat(32).into(),
        gateway: GatewayKind::Sandbox,
        publishable_key: "pk_test_shop".to_owned(),
        payment_script_url: format!("{sandbox_url}/v3/"),
        webhook_secret: "whsec_shop".to_owned().into(),
        media_dir: directory(),
        mail: MailSettings { directory: directory(), from: "Souk <souk@example.org>".parse().expect("this is an address") },
        sign_in_limit_account: 100,
        sign_in_limit_client: 100,
    }
}
