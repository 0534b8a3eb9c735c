//! People and what they may do: accounts, roles, sessions. Anyone may buy; selling needs a membership with a seller,
//! administration the administrator's role.

mod browser;
mod password;
mod refusal;
mod views;

pub use browser::BrowserNames;
pub use password::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, PasswordWeakness, password_weakness};
pub use refusal::AccountRefusal;
pub use views::{KeptAddress, Role, SessionUser, SessionView, SignedIn, UserView};
