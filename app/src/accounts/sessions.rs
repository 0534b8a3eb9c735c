//! A browser's session: its cookie, and what changes for the cart when somebody signs in.

use super::address_api::ADDRESS_COOKIE;
use crate::context::{CART_COOKIE, DRAFT_COOKIE, ORDERS_COOKIE, SESSION_COOKIE, clear_cookie, cookie, set_cookie};
use crate::routes;
use backend::{Context, Failure};
use domain::accounts::{AccountRefusal, SessionUser, UserView};
use domain::id::UserId;
use domain::refusal::NoRefusal;
use http::header::USER_AGENT;
use http::request::Parts;
use leptos::prelude::use_context;

/// As long as a session can last at most: its end is decided by the server.
const SESSION_COOKIE_SECONDS: u32 = 30 * 24 * 3_600;
/// What a session's list needs to tell browsers apart.
const USER_AGENT_LENGTH_MAX: usize = 200;

/// Signs the browser in, and joins the guest's cart into the account's. A cart that cannot be joined now stays where it is:
/// the cookie keeps it, and the next sign-in joins it.
pub(super) async fn begin(mut ctx: Context, user: UserId) -> Result<(), Failure<AccountRefusal>> {
    let never = |failure: Failure<NoRefusal>| failure.map_refusal(|never| match never {});
    let token = backend::accounts::start_session(&ctx, user, &user_agent()).await.map_err(never)?;
    set_cookie(SESSION_COOKIE, &token, SESSION_COOKIE_SECONDS);
    ctx.caller.user = backend::accounts::session_user(&ctx.handles, &token).await?;
    if ctx.caller.cart_token.is_some() {
        match backend::cart::merge_guest(&ctx).await {
            Ok(_) => clear_cookie(CART_COOKIE),
            Err(failure) => tracing::warn!(%failure, "a guest's cart was not joined at sign-in"),
        }
    }
    Ok(())
}

/// As [`begin`] for a new account; one that was made on the page of a guest's order takes the order in.
pub(super) async fn begin_with_order(mut ctx: Context, user: UserView, next: &str) -> Result<(), Failure<AccountRefusal>> {
    begin(ctx.clone(), user.id).await?;
    let Some(number) = routes::order_of(next) else { return Ok(()) };
    let UserView { id, email, name, roles } = user;
    ctx.caller.user = Some(SessionUser { id, email, name, roles, sellers: Vec::new() });
    // The account stands; the order's page offers the same again.
    if let Err(failure) = backend::orders::claim(&ctx, number).await {
        tracing::warn!(%failure, "an order did not join the account made on its page");
    }
    Ok(())
}

/// Ends the session here and on the server; without one there is nothing to do.
pub(super) async fn end(ctx: &Context) -> Result<(), Failure<NoRefusal>> {
    if let Some(token) = cookie(SESSION_COOKIE) {
        backend::accounts::end_session(ctx, &token).await?;
    }
    // Whoever uses this browser next finds neither orders nor an address.
    [SESSION_COOKIE, ORDERS_COOKIE, DRAFT_COOKIE, ADDRESS_COOKIE].into_iter().for_each(clear_cookie);
    Ok(())
}

/// The token of this browser's session; empty where there is none.
pub(super) fn token() -> String {
    cookie(SESSION_COOKIE).unwrap_or_default()
}

fn user_agent() -> String {
    let parts = use_context::<Parts>();
    let text = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)?.to_str().ok()).unwrap_or_default();
    text.chars().take(USER_AGENT_LENGTH_MAX).collect()
}
