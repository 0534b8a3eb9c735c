//! What the environment says about an instance: which private parts are replaced by the person's own.

use anyhow::{Context, Result, bail};
use std::{collections::BTreeMap, env};

/// Where payments go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payments {
    /// The sandbox of this repository, started beside the shop.
    Sandbox,
    /// Stripe itself; the server reads the keys from the environment.
    Stripe,
}

/// The choices that a person makes by environment variables; all have a private default.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// A database of one's own; none means the private PostgreSQL.
    pub(crate) database_url: Option<String>,
    /// A Redis of one's own; none means the private one.
    pub(crate) redis_url: Option<String>,
    pub(crate) payments: Payments,
    /// What the person sets for the server themselves, by name.
    pub(crate) own: BTreeMap<&'static str, String>,
}

/// Variables of the server that a person may set in the place of an instance's own.
const OWN: [&str; 5] = ["SOUK_PUBLIC_URL", "SOUK_ADMIN_EMAIL", "SOUK_ADMIN_PASSWORD", "SOUK_DEMO_PASSWORD", "SOUK_SIGN_IN_LIMIT"];

impl Settings {
    /// All variables that make a difference.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        ["DATABASE_URL", "REDIS_URL", "SOUK_PAYMENTS"].into_iter().chain(OWN)
    }

    /// Everything private: what tests and measurements run on, whatever the environment says.
    pub(crate) fn private() -> Self {
        Self { database_url: None, redis_url: None, payments: Payments::Sandbox, own: BTreeMap::new() }
    }

    /// Reads `DATABASE_URL`, `REDIS_URL`, `SOUK_PAYMENTS` and those of [`OWN`].
    ///
    /// # Errors
    /// When payments by Stripe lack a key, or the kind of payments is unknown.
    pub(crate) fn from_environment() -> Result<Self> {
        Self::read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let payments = match variable("SOUK_PAYMENTS").as_deref() {
            None | Some("sandbox") => Payments::Sandbox,
            Some("stripe") => {
                for key in ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"] {
                    variable(key).with_context(|| format!("SOUK_PAYMENTS=stripe needs {key}"))?;
                }
                Payments::Stripe
            }
            Some(other) => bail!("SOUK_PAYMENTS is stripe or sandbox, not {other}"),
        };
        let own = OWN.into_iter().filter_map(|name| Some((name, variable(name)?))).collect();
        Ok(Self { database_url: variable("DATABASE_URL"), redis_url: variable("REDIS_URL"), payments, own })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings> {
        Settings::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn an_empty_environment_means_all_private() {
        let settings = read(&[]).expect("nothing is needed");
        assert_eq!(settings.payments, Payments::Sandbox);
        assert!(settings.database_url.is_none() && settings.redis_url.is_none() && settings.own.is_empty());
    }

    #[test]
    fn parts_are_replaced_one_by_one() {
        let settings = read(&[("REDIS_URL", "redis://elsewhere")]).expect("readable");
        assert_eq!(settings.redis_url.as_deref(), Some("redis://elsewhere"));
        assert!(settings.database_url.is_none());
    }

    #[test]
    fn only_what_the_person_sets_replaces_a_default_and_a_test_run_has_none_of_it() {
        let settings = read(&[("SOUK_PUBLIC_URL", "https://souk.example"), ("SOUK_ADDR", "0.0.0.0:80")]).expect("readable");
        assert_eq!(settings.own, BTreeMap::from([("SOUK_PUBLIC_URL", "https://souk.example".to_owned())]));
        assert!(Settings::private().own.is_empty());
    }

    #[test]
    fn stripe_without_all_its_keys_is_refused_by_name() {
        let error = read(&[("SOUK_PAYMENTS", "stripe"), ("STRIPE_SECRET_KEY", "sk_test_1")]).expect_err("two are missing");
        assert!(error.to_string().contains("STRIPE_PUBLISHABLE_KEY"));
        assert!(read(&[("SOUK_PAYMENTS", "cash")]).is_err());
    }
}
