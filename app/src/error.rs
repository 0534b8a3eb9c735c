//! How a server function can end badly, as the browser learns it. What the outside may know is decided here once: the
//! shop's refusals in full, of our own faults only a reference.

use crate::refusals::Refusal;
use crate::t;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

/// `R` is the feature's closed list of refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError<R> {
    /// The shop says no, and why.
    Refused(R),
    /// Sign in first.
    Unauthorized,
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// What was sent is not what this door takes: an outdated page or a forged form.
    Invalid,
    /// A fault of ours; the reference leads to its line in the log.
    Internal {
        reference: String,
    },
    /// The answer never came, or was no answer of ours.
    Unreachable,
}

impl<R> AppError<R> {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&R> {
        match self {
            AppError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The same failure without the refusal's details, for parts of the page that know no feature.
    pub fn kind(&self) -> AppError<()> {
        match self {
            AppError::Refused(_) => AppError::Refused(()),
            AppError::Unauthorized => AppError::Unauthorized,
            AppError::Forbidden => AppError::Forbidden,
            AppError::NotFound => AppError::NotFound,
            AppError::Invalid => AppError::Invalid,
            AppError::Internal { reference } => AppError::Internal { reference: reference.clone() },
            AppError::Unreachable => AppError::Unreachable,
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            AppError::Refused(_) | AppError::Invalid => 422,
            AppError::Unauthorized => 401,
            AppError::Forbidden => 403,
            AppError::NotFound => 404,
            AppError::Internal { .. } => 500,
            AppError::Unreachable => 503,
        }
    }
}

/// What the shopper reads, in the language of the page.
impl<R: Refusal> fmt::Display for AppError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AppError::Refused(refusal) => f.write_str(&refusal.text()),
            AppError::Unauthorized => f.write_str(t::common::unauthorized()),
            AppError::Forbidden => f.write_str(t::common::forbidden()),
            AppError::NotFound => f.write_str(t::common::not_found()),
            AppError::Invalid => f.write_str(t::common::invalid()),
            AppError::Internal { reference } => f.write_str(&t::common::internal(reference)),
            AppError::Unreachable => f.write_str(t::common::unreachable()),
        }
    }
}

impl<R> std::error::Error for AppError<R> where AppError<R>: fmt::Display + fmt::Debug {}

impl<R: Serialize + DeserializeOwned + fmt::Debug + 'static> FromServerFnError for AppError<R> {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => AppError::Invalid,
            _ => AppError::Unreachable,
        }
    }
}

/// The one place where a failure becomes an answer: logged if it is ours, and the response's status set.
#[cfg(feature = "ssr")]
impl<R: fmt::Debug> From<backend::Failure<R>> for AppError<R> {
    fn from(failure: backend::Failure<R>) -> Self {
        use backend::Failure;
        let error = match failure {
            Failure::Refused(refusal) => AppError::Refused(refusal),
            Failure::Unauthorized => AppError::Unauthorized,
            Failure::Forbidden => AppError::Forbidden,
            Failure::NotFound => AppError::NotFound,
            Failure::Internal(error) => {
                let reference = crate::context::reference();
                tracing::error!(reference, error = format!("{error:#}"), "a request failed");
                AppError::Internal { reference }
            }
        };
        crate::context::answer_with_status(error.status());
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::cart::CartRefusal;
    use domain::refusal::NoRefusal;

    #[test]
    fn a_failure_reads_the_same_on_both_sides_of_the_wire() {
        let errors = [
            AppError::Refused(CartRefusal::OutOfStock { available: 2 }),
            AppError::Internal { reference: "r-1".to_owned() },
            AppError::NotFound,
            AppError::Unreachable,
        ];
        for error in errors {
            assert_eq!(AppError::<CartRefusal>::de(error.ser()), error);
        }
    }

    #[test]
    fn what_is_no_answer_of_ours_counts_as_unreachable() {
        assert_eq!(AppError::<NoRefusal>::de("<html>Bad gateway</html>".into()), AppError::Unreachable);
    }
}
