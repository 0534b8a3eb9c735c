//! How a use case can end badly. `Refused` is the shop saying no, and why; the rest never tells the outside anything.

use std::fmt;

/// `R` is the feature's closed list of refusals.
#[derive(Debug)]
pub enum Failure<R> {
    /// The shop says no; the caller is told why and what can be done.
    Refused(R),
    /// Nobody has said who they are, or what they said is not (or no longer) true.
    Unauthorized,
    /// Known, but not allowed.
    Forbidden,
    /// There is no such thing, or it is somebody else's: both look the same.
    NotFound,
    /// A fault of ours; logged once at the edge, with a reference that the caller sees.
    Internal(anyhow::Error),
}

impl<R> Failure<R> {
    /// Carries a failure over to a feature with another list of refusals.
    pub fn map_refusal<S>(self, map: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Failure::Refused(refusal) => Failure::Refused(map(refusal)),
            Failure::Unauthorized => Failure::Unauthorized,
            Failure::Forbidden => Failure::Forbidden,
            Failure::NotFound => Failure::NotFound,
            Failure::Internal(error) => Failure::Internal(error),
        }
    }
}

impl<R: fmt::Display> fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(refusal) => refusal.fmt(f),
            Failure::Unauthorized => f.write_str("not signed in"),
            Failure::Forbidden => f.write_str("not allowed"),
            Failure::NotFound => f.write_str("not found"),
            Failure::Internal(error) => write!(f, "internal: {error:#}"),
        }
    }
}

// Infrastructure errors only: a refusal is always decided on purpose.
impl<R> From<anyhow::Error> for Failure<R> {
    fn from(error: anyhow::Error) -> Self {
        Failure::Internal(error)
    }
}

impl<R> From<sqlx::Error> for Failure<R> {
    fn from(error: sqlx::Error) -> Self {
        Failure::Internal(error.into())
    }
}

impl<R> From<::redis::RedisError> for Failure<R> {
    fn from(error: ::redis::RedisError) -> Self {
        Failure::Internal(error.into())
    }
}

impl<R> From<domain::money::MoneyError> for Failure<R> {
    fn from(error: domain::money::MoneyError) -> Self {
        Failure::Internal(error.into())
    }
}

/// Turns the violation of a named constraint into a refusal: the database decides, nobody looks before inserting.
pub trait OnConstraint<T> {
    fn on_constraint<R>(self, name: &str, refusal: impl FnOnce() -> Failure<R>) -> Result<T, Failure<R>>;
}

impl<T> OnConstraint<T> for Result<T, sqlx::Error> {
    fn on_constraint<R>(self, name: &str, refusal: impl FnOnce() -> Failure<R>) -> Result<T, Failure<R>> {
        self.map_err(|error| match error.as_database_error().and_then(|database| database.constraint()) {
            Some(violated) if violated == name => refusal(),
            _ => error.into(),
        })
    }
}
