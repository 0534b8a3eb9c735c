//! Who asks, and with what: every use case gets a [`Context`].

use crate::inventory::Desk;
use crate::mail::MailSettings;
use crate::payments::gateway::Gateway;
use crate::redis::Redis;
use domain::accounts::{Role, SessionUser};
use domain::id::{SellerId, UserId};
use domain::language::Language;
use domain::market::Market;
use domain::money::Currency;
use domain::payments::Gateway as GatewayKind;
use secrecy::SecretString;
use sqlx::PgPool;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::failure::Failure;

/// What the process is configured with, beyond its connections.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Scheme and host under which shoppers reach the shop, without a slash at the end.
    pub public_url: String,
    /// 32 bytes as hex: seals stored answers and signs access tokens.
    pub secret_key: SecretString,
    pub gateway: GatewayKind,
    /// For the browser's payment form.
    pub publishable_key: String,
    /// Where the browser loads the payment script from.
    pub payment_script_url: String,
    pub webhook_secret: SecretString,
    pub media_dir: PathBuf,
    pub mail: MailSettings,
    /// Failed sign-ins allowed in 15 minutes, per account and per client.
    pub sign_in_limit_account: u32,
    pub sign_in_limit_client: u32,
}

/// The connections of the process, shared by all requests and workers.
#[derive(Clone, Debug)]
pub struct Handles {
    pub db: PgPool,
    pub redis: Redis,
    pub gateway: Gateway,
    /// Where the reservations of this process queue.
    pub stock: Desk,
    pub settings: Arc<Settings>,
}

/// Where a request came from; limits count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub Option<IpAddr>);

/// Who asks. A browser or a program may hold a guest's cart and orders whether or not it is signed in.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    pub user: Option<SessionUser>,
    /// The guest cart's token, from the cookie or the `Cart-Token` header.
    pub cart_token: Option<String>,
    /// Tokens of single orders, from the cookie or the `Order-Token` header.
    pub order_tokens: Vec<String>,
    /// Where the caller looks at the shop: a cart that is looked at or changed follows its currency, and links lead back to it.
    /// None: a program, whose carts stay as they are.
    pub market: Option<Market>,
}

impl Caller {
    /// What the caller is shown prices in.
    pub fn currency(&self) -> Option<Currency> {
        self.market.map(|market| market.currency)
    }

    /// What the caller reads; a program reads English.
    pub fn language(&self) -> Language {
        self.market.unwrap_or_default().language
    }

    /// What the addresses begin with that lead the caller back to where it looks.
    pub fn prefix(&self) -> &'static str {
        self.market.unwrap_or_default().prefix()
    }
}

/// One request, or one run of a worker.
#[derive(Clone, Debug)]
pub struct Context {
    pub handles: Handles,
    pub caller: Caller,
    pub client: Client,
    /// Stands in every log line and in the reference an error shows.
    pub request_id: String,
}

impl Context {
    /// A context for background work, which asks for nobody.
    pub fn of_worker(handles: Handles, name: &str) -> Self {
        Self { handles, caller: Caller::default(), client: Client(None), request_id: format!("{name}-{}", crate::db::new_id()) }
    }

    pub fn user(&self) -> Option<&SessionUser> {
        self.caller.user.as_ref()
    }

    /// The signed-in user, or a refusal to go on.
    pub fn signed_in<R>(&self) -> Result<UserId, Failure<R>> {
        self.user().map(|user| user.id).ok_or(Failure::Unauthorized)
    }

    pub fn require_admin<R>(&self) -> Result<UserId, Failure<R>> {
        let user = self.user().ok_or(Failure::Unauthorized)?;
        if user.has(Role::Admin) { Ok(user.id) } else { Err(Failure::Forbidden) }
    }

    /// Somebody who works for at least one seller: their first shop.
    pub fn require_seller<R>(&self) -> Result<SellerId, Failure<R>> {
        let user = self.user().ok_or(Failure::Unauthorized)?;
        user.sellers.first().copied().ok_or(Failure::Forbidden)
    }
}
