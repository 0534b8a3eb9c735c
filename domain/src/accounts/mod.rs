//! People and what they may do: accounts, roles, sessions. Anyone may buy; selling needs a membership with a seller,
//! administration the administrator's role.

mod password;
mod refusal;
mod views;

pub use password::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, PasswordWeakness, password_weakness};
pub use refusal::AccountRefusal;
pub use views::{Role, SessionUser, SignedIn, UserView};
