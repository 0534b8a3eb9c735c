use crate::error::AppError;
use crate::ui::{Flash, Trouble};
use domain::accounts::{AccountRefusal, UserView};
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
    pub orders: Page<OrderSummary>,
    /// Whether this is not the first page of the orders.
    pub is_continued: bool,
    pub flash: Option<Flash>,
}

/// The form's start. Whoever is signed in already has no use for it and is led on.
#[server(prefix = "/sf", endpoint = "accounts/form")]
pub async fn load_account_form(next: String) -> Result<AccountForm, AppError<NoRefusal>> {
    let ctx = context()?;
    if ctx.user().is_some() {
        redirect(&routes::own_path_or(Some(&next), routes::ACCOUNT));
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
        Ok(user) => sessions::begin(ctx, user.id).await,
        Err(failure) => Err(failure),
    };
    let form = AccountForm { email, name, ..AccountForm::default() };
    finish(outcome.map_err(AppError::from), form, &next, routes::REGISTER)
}

#[server(prefix = "/sf", endpoint = "accounts/sign_out")]
pub async fn sign_out() -> Result<(), AppError<NoRefusal>> {
    sessions::end(&context()?).await?;
    finish_form(routes::SIGN_IN, Some(Flash::good("You are signed out.")));
    Ok(())
}

#[server(prefix = "/sf", endpoint = "accounts/account")]
pub async fn account(cursor: Option<String>) -> Result<AccountView, AppError<NoRefusal>> {
    let ctx = context()?;
    let user = guard::or_sign_in(backend::accounts::profile(&ctx).await, routes::ACCOUNT)?;
    let after = cursor.as_deref().map(str::parse).transpose().map_err(|_| AppError::NotFound)?;
    let orders = backend::orders::orders(&ctx, after, ORDERS_PER_PAGE).await?;
    Ok(AccountView { user, orders, is_continued: cursor.is_some(), flash: take_flash() })
}

/// Leads on after success, and after a refusal back to the form with everything but the password still in it.
#[cfg(feature = "ssr")]
fn finish(
    outcome: Result<(), AppError<AccountRefusal>>,
    form: AccountForm,
    next: &str,
    back: &str,
) -> Result<(), AppError<AccountRefusal>> {
    let next = routes::own_path_or(Some(next), routes::ACCOUNT);
    match &outcome {
        Ok(()) => finish_form(&next, None),
        Err(error) if is_plain_form() => {
            let trouble = error.refusal().map_or_else(|| Trouble::plain(error.to_string()), trouble_of);
            kept_form::keep(KEPT_COOKIE, &AccountForm { trouble: Some(trouble), ..form }, KEPT_SECONDS);
            redirect(&routes::with_next(back, &next));
        }
        Err(_) => {}
    }
    outcome
}
