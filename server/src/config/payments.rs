use super::environment::{Environment, any};
use super::listen::{is_loopback_url, origin};
use domain::payments::Gateway as GatewayKind;
use secrecy::SecretString;

/// Stripe's own script; nothing else may be loaded from there.
const STRIPE_SCRIPT_URL: &str = "https://js.stripe.com/v3/";

/// The three keys of one account and one mode.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `STRIPE_SECRET_KEY`.
    pub secret: SecretString,
    /// `STRIPE_PUBLISHABLE_KEY`: for the browser.
    pub publishable: String,
    /// `STRIPE_WEBHOOK_SECRET`.
    pub webhook_secret: SecretString,
}

/// Where money goes: `SOUK_PAYMENTS` = `stripe` or `sandbox`. There is no default: a shop must not take test cards, or
/// real ones, by accident.
#[derive(Clone, Debug)]
pub enum Payments {
    Stripe {
        keys: Keys,
    },
    /// Test payments only: loopback only, and never beside a database that has seen real money.
    Sandbox {
        keys: Keys,
        /// `SOUK_SANDBOX_URL` (required then): the sandbox's address, which speaks Stripe's protocol.
        url: String,
    },
}

impl Payments {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let kind = environment.required("SOUK_PAYMENTS", |text| match text {
            "stripe" | "sandbox" => Ok(text.to_owned()),
            _ => Err("stripe or sandbox".to_owned()),
        })?;
        let keys = read_keys(environment);
        if kind == "stripe" {
            return Some(Self::Stripe { keys: keys? });
        }
        let url = environment.required("SOUK_SANDBOX_URL", |text| {
            origin(text).ok().filter(|url| is_loopback_url(url)).ok_or_else(|| "an address on the loopback interface".to_owned())
        });
        let keys = keys?;
        if Mode::of_publishable(&keys.publishable) != Some(Mode::Test) {
            environment.problem("SOUK_PAYMENTS=sandbox needs test keys");
        }
        Some(Self::Sandbox { keys, url: url? })
    }

    pub fn keys(&self) -> &Keys {
        match self {
            Payments::Stripe { keys } | Payments::Sandbox { keys, .. } => keys,
        }
    }

    pub fn gateway(&self) -> GatewayKind {
        match self {
            Payments::Stripe { .. } => GatewayKind::Stripe,
            Payments::Sandbox { .. } => GatewayKind::Sandbox,
        }
    }

    /// Base address of the gateway's API; none: Stripe's own.
    pub fn api_url(&self) -> Option<&str> {
        match self {
            Payments::Stripe { .. } => None,
            Payments::Sandbox { url, .. } => Some(url),
        }
    }

    /// Where the browser loads the payment form's script from.
    pub fn script_url(&self) -> String {
        match self {
            Payments::Stripe { .. } => STRIPE_SCRIPT_URL.to_owned(),
            Payments::Sandbox { url, .. } => format!("{url}/v3/"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Test,
    Live,
}

impl Mode {
    fn of_secret(key: &str) -> Option<Self> {
        Self::of(key, &["sk_", "rk_"])
    }

    fn of_publishable(key: &str) -> Option<Self> {
        Self::of(key, &["pk_"])
    }

    fn of(key: &str, kinds: &[&str]) -> Option<Self> {
        let rest = kinds.iter().find_map(|kind| key.strip_prefix(kind))?;
        match rest.split_once('_')? {
            ("test", rest) if !rest.is_empty() => Some(Mode::Test),
            ("live", rest) if !rest.is_empty() => Some(Mode::Live),
            _ => None,
        }
    }
}

fn read_keys(environment: &mut Environment<'_>) -> Option<Keys> {
    let secret = environment.required("STRIPE_SECRET_KEY", |key| {
        Mode::of_secret(key).map(|mode| (key.to_owned(), mode)).ok_or_else(|| "a key that begins with sk_test_ or sk_live_".to_owned())
    });
    let publishable = environment.required("STRIPE_PUBLISHABLE_KEY", |key| {
        Mode::of_publishable(key).map(|mode| (key.to_owned(), mode)).ok_or_else(|| "a key that begins with pk_test_ or pk_live_".to_owned())
    });
    let webhook_secret = environment.required("STRIPE_WEBHOOK_SECRET", |key| {
        any(key).and_then(|key| if key.starts_with("whsec_") { Ok(key) } else { Err("a secret that begins with whsec_".to_owned()) })
    });
    let ((secret, mode), (publishable, publishable_mode), webhook_secret) = (secret?, publishable?, webhook_secret?);
    if mode != publishable_mode {
        environment.problem("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes: both test or both live");
    }
    Some(Keys { secret: secret.into(), publishable, webhook_secret: webhook_secret.into() })
}
