use super::environment::{Environment, InvalidConfig, number};
use secrecy::SecretString;

/// Connections a process may hold: well under PostgreSQL's default of 100, so that a few processes can share it.
const CONNECTIONS_DEFAULT: u32 = 20;

/// PostgreSQL. The addresses may carry passwords, so they are kept as secrets.
#[derive(Clone, Debug)]
pub struct Database {
    /// `DATABASE_URL` (required).
    pub url: SecretString,
    /// `SOUK_DATABASE_CONNECTIONS` (default 20): connections this process may hold.
    pub connections_max: u32,
}

impl Database {
    /// What `souk migrate` needs; nothing else has to be set for it.
    ///
    /// # Errors
    /// Every variable that is missing or unusable.
    pub fn alone(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let mut environment = Environment::new(variable);
        let database = Self::read(&mut environment);
        environment.finish(database)
    }

    fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let url = environment.required("DATABASE_URL", url_of(&["postgres", "postgresql"]));
        let connections_max = environment.optional("SOUK_DATABASE_CONNECTIONS", CONNECTIONS_DEFAULT, number(2));
        Some(Self { url: url?, connections_max: connections_max? })
    }
}

/// PostgreSQL and Redis.
#[derive(Clone, Debug)]
pub struct Stores {
    pub database: Database,
    /// `REDIS_URL` (required).
    pub redis_url: SecretString,
}

impl Stores {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let database = Database::read(environment);
        let redis_url = environment.required("REDIS_URL", url_of(&["redis", "rediss", "unix", "redis+unix"]));
        Some(Self { database: database?, redis_url: redis_url? })
    }
}

fn url_of(schemes: &'static [&'static str]) -> impl FnOnce(&str) -> Result<SecretString, String> {
    move |text| match text.split_once("://") {
        Some((scheme, rest)) if schemes.contains(&scheme) && !rest.is_empty() => Ok(text.into()),
        _ => Err(format!("an address that begins with {}://", schemes[0])),
    }
}
