use crate::error::AppError;
use crate::ui::{Flash, Trouble};
use domain::accounts::{AccountRefusal, KeptAddress, SessionView, UserView};
use domain::id::{AddressId, SessionId};
use domain::orders::OrderSummary;
use domain::page::Page;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{guard, kept_form, sessions, trouble::trouble_of};
#[cfg(feature = "ssr")]
use crate::context::{context, finish_form, is_plain_form, redirect, take_flash};
#[cfg(feature = "ssr")]
use crate::routes;
#[cfg(feature = "ssr")]
use crate::t;

/// Orders on one page of the history.
#[cfg(feature = "ssr")]
const ORDERS_PER_PAGE: u32 = 10;
#[cfg(feature = "ssr")]
const KEPT_COOKIE: &str = "__Host-souk_form";
/// What was typed waits for the page the redirect leads to, not longer.
#[cfg(feature = "ssr")]
const KEPT_SECONDS: u32 = 120;

/// What a form about an account starts with: what was typed before, except the password, and why it was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    pub email: String,
    pub name: String,
    pub trouble: Option<Trouble>,
    pub flash: Option<Flash>,
}

/// What the account's page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    pub user: UserView,
    /// Whether their e-mail address is.
    pub is_verified: bool,
    pub orders: Page<OrderSummary>,
    /// Whether this is not the first page of the orders.
    pub is_continued: bool,
    /// Where they have ordered to or mean to.
    pub addresses: Vec<KeptAddress>,
    /// Where they are signed in.
    pub sessions: Vec<SessionView>,
    pub flash: Option<Flash>,
}

/// What the page shows that verifies an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationView {
    pub email: String,
    pub is_verified: bool,
}

/// The form's start. Whoever is signed in already has no use for it and is led on.
#[server(prefix = "/sf", endpoint = "accounts/form")]
pub async fn load_account_form(next: String) -> Result<AccountForm, AppError<NoRefusal>> {
    let ctx = context()?;
    if ctx.user().is_some() {
        redirect(&routes::own_path_or(Some(&next), &routes::to(routes::ACCOUNT)));
    }
    let form: AccountForm = kept_form::take(KEPT_COOKIE).unwrap_or_default();
    Ok(AccountForm { flash: take_flash(), ..form })
}

#[server(prefix = "/sf", endpoint = "accounts/sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError<AccountRefusal>> {
    let ctx = context()?;
    let outcome = match backend::accounts::sign_in(&ctx, &email, &password).await {
        Ok(user) => sessions::begin(ctx, user.id).await,
        Err(failure) => Err(failure),
    };
    let form = AccountForm { email, ..AccountForm::default() };
    finish(outcome.map_err(AppError::from), form, &next, routes::SIGN_IN)
}

#[server(prefix = "/sf", endpoint = "accounts/register")]
pub async fn register(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] name: String,
    #[server(default)] next: String,
) -> Result<(), AppError<AccountRefusal>> {
    let ctx = context()?;
    let outcome = match backend::accounts::register(&ctx, &email, &password, &name).await {
        Ok(user) => sessions::begin_with_order(ctx, user, &next).await,
        Err(failure) => Err(failure),
    };
    let form = AccountForm { email, name, ..AccountForm::default() };
    finish(outcome.map_err(AppError::from), form, &next, routes::REGISTER)
}

#[server(prefix = "/sf", endpoint = "accounts/sign_out")]
pub async fn sign_out() -> Result<(), AppError<NoRefusal>> {
    sessions::end(&context()?).await?;
    finish_form(&routes::to(routes::SIGN_IN), Some(Flash::good(t::accounts::signed_out())));
    Ok(())
}

#[server(prefix = "/sf", endpoint = "accounts/account")]
pub async fn account(cursor: Option<String>) -> Result<AccountView, AppError<NoRefusal>> {
    let ctx = context()?;
    let user = guard::or_sign_in(backend::accounts::profile(&ctx).await, &routes::to(routes::ACCOUNT))?;
    let is_verified = backend::accounts::is_email_verified(&ctx).await?;
    let after = cursor.as_deref().map(str::parse).transpose().map_err(|_| AppError::NotFound)?;
    let orders = backend::orders::orders(&ctx, after, ORDERS_PER_PAGE).await?;
    let addresses = backend::accounts::addresses(&ctx).await?;
    let sessions = backend::accounts::sessions(&ctx, &sessions::token()).await?;
    Ok(AccountView { user, is_verified, orders, is_continued: cursor.is_some(), addresses, sessions, flash: take_flash() })
}

#[server(prefix = "/sf", endpoint = "accounts/rename")]
pub async fn rename(#[server(default)] name: String) -> Result<(), AppError<AccountRefusal>> {
    let ctx = context()?;
    let outcome = backend::accounts::rename(&ctx, &name).await.map_err(AppError::from);
    let said = match &outcome {
        Ok(()) => Flash::good(t::accounts::renamed()),
        Err(error) => Flash::bad(error.to_string()),
    };
    finish_form(&routes::to(routes::ACCOUNT), Some(said));
    outcome
}

/// The link is for whoever is signed in: others sign in first, and come back to it.
#[server(prefix = "/sf", endpoint = "accounts/verification")]
pub async fn load_verification(#[server(default)] token: String) -> Result<VerificationView, AppError<NoRefusal>> {
    let ctx = context()?;
    let UserView { email, .. } = guard::or_sign_in(backend::accounts::profile(&ctx).await, &routes::verify(&token))?;
    Ok(VerificationView { email, is_verified: backend::accounts::is_email_verified(&ctx).await? })
}

/// Verifies the address with the token of the mailed link; the orders that a guest placed with it join the account.
#[server(prefix = "/sf", endpoint = "accounts/verify_email")]
pub async fn verify_email(#[server(default)] token: String) -> Result<(), AppError<AccountRefusal>> {
    let ctx = context()?;
    let mut outcome = guard::or_sign_in(backend::orders::verify_email(&ctx, &token).await, &routes::verify(&token));
    if matches!(outcome, Err(AppError::Unauthorized)) {
        return outcome.map(|_| ());
    }
    // Pressed twice: the first press has used the link up.
    if matches!(outcome, Err(AppError::Refused(AccountRefusal::LinkInvalid)))
        && backend::accounts::is_email_verified(&ctx).await.unwrap_or(false)
    {
        outcome = Ok(0);
    }
    let said = match &outcome {
        Ok(0) => Flash::good(t::accounts::verified()),
        Ok(joined) => Flash::good(t::accounts::verified_with_orders(u32::try_from(*joined).unwrap_or(u32::MAX))),
        Err(error) => Flash::bad(error.to_string()),
    };
    finish_form(&routes::to(routes::ACCOUNT), Some(said));
    outcome.map(|_| ())
}

/// Mails the link again.
#[server(prefix = "/sf", endpoint = "accounts/send_verification")]
pub async fn send_verification() -> Result<(), AppError<AccountRefusal>> {
    let ctx = context()?;
    let outcome = backend::accounts::send_verification(&ctx).await.map_err(AppError::from);
    let said = match &outcome {
        Ok(true) => Flash::good(t::accounts::verification_sent()),
        Ok(false) => Flash::good(t::accounts::verified()),
        Err(error) => Flash::bad(error.to_string()),
    };
    finish_form(&routes::to(routes::ACCOUNT), Some(said));
    outcome.map(|_| ())
}

#[server(prefix = "/sf", endpoint = "accounts/forget_address")]
pub async fn forget_address(address: AddressId) -> Result<(), AppError<NoRefusal>> {
    let ctx = context()?;
    guard::or_sign_in(backend::accounts::forget_address(&ctx, address).await, &routes::to(routes::ACCOUNT))?;
    finish_form(&routes::to(routes::ACCOUNT), Some(Flash::good(t::accounts::address_forgotten())));
    Ok(())
}

/// Signs one other browser out, or all others where none is named.
#[server(prefix = "/sf", endpoint = "accounts/end_sessions")]
pub async fn end_sessions(#[server(default)] session: Option<SessionId>) -> Result<(), AppError<NoRefusal>> {
    let ctx = context()?;
    let ended = backend::accounts::end_other_sessions(&ctx, &sessions::token(), session).await;
    let ended = guard::or_sign_in(ended, &routes::to(routes::ACCOUNT))?;
    let said = match u32::try_from(ended).unwrap_or(u32::MAX) {
        0 => t::accounts::session_ended_already().to_owned(),
        ended => t::accounts::other_sessions_ended(ended),
    };
    finish_form(&routes::to(routes::ACCOUNT), Some(Flash::good(said)));
    Ok(())
}

/// Leads on after success, and after a refusal back to the form with everything but the password still in it.
#[cfg(feature = "ssr")]
fn finish(
    outcome: Result<(), AppError<AccountRefusal>>,
    form: AccountForm,
    next: &str,
    back: &str,
) -> Result<(), AppError<AccountRefusal>> {
    let next = routes::own_path_or(Some(next), &routes::to(routes::ACCOUNT));
    match &outcome {
        Ok(()) => finish_form(&next, None),
        Err(error) if is_plain_form() => {
            let trouble = error.refusal().map_or_else(|| Trouble::plain(error.to_string()), trouble_of);
            kept_form::keep(KEPT_COOKIE, &AccountForm { trouble: Some(trouble), ..form }, KEPT_SECONDS);
            redirect(&routes::with_next(&routes::to(back), &next));
        }
        Err(_) => {}
    }
    outcome
}
