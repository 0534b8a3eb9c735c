use super::PasswordWeakness;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRefusal {
    #[error("An account with this e-mail address exists already. Sign in instead.")]
    EmailTaken,
    #[error("That is not an e-mail address.")]
    InvalidEmail,
    #[error("Enter your name, in at most 100 characters.")]
    InvalidName,
    #[error("{weakness}")]
    WeakPassword { weakness: PasswordWeakness },
    /// Says the same for an unknown address and a wrong password.
    #[error("The e-mail address or the password is not right.")]
    InvalidCredentials,
    #[error("Too many tries. Wait a little, then try again.")]
    TooManyTries { retry_after_s: u32 },
    /// Says the same for a link that was used, has ended, or belongs to another account.
    #[error("This link does not work any more. It works once and for a day, and in the account that it was mailed for.")]
    LinkInvalid,
}
