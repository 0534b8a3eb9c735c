//! Accounts: signing in and out, registering, one's own page. All of it is plain forms; script only shows a password.

mod account_page;
mod address_api;
mod address_list;
mod address_page;
mod api;
mod closed_area;
mod password_field;
mod register_page;
mod sign_in_page;
mod sign_out_button;
mod verify_page;

#[cfg(feature = "ssr")]
pub(crate) mod guard;
#[cfg(feature = "ssr")]
pub(crate) mod kept_form;
#[cfg(feature = "ssr")]
mod sessions;
#[cfg(feature = "ssr")]
mod trouble;

pub(crate) use account_page::account_page;
pub(crate) use address_page::address_page;
pub use api::AccountForm;
pub use closed_area::ClosedArea;
pub use register_page::RegisterForm;
pub(crate) use register_page::register_page;
pub(crate) use sign_in_page::sign_in_page;
pub use sign_out_button::SignOutButton;
pub(crate) use verify_page::verify_page;
