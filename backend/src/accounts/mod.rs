//! Accounts, sessions and access tokens.

use crate::{Context, Failure, Handles};
use domain::accounts::{AccountRefusal, SessionUser, SignedIn, UserView};
use domain::id::UserId;
use domain::refusal::NoRefusal;

/// Makes an account. The caller is not signed in by it: follow with [`start_session`] or [`issue_tokens`].
pub async fn register(_ctx: &Context, _email: &str, _password: &str, _name: &str) -> Result<UserView, Failure<AccountRefusal>> {
    todo!()
}

/// Checks a password, under two limits: per account and per client. Takes the same time for an unknown address.
pub async fn sign_in(_ctx: &Context, _email: &str, _password: &str) -> Result<UserView, Failure<AccountRefusal>> {
    todo!()
}

/// Starts a browser's session and returns its token, which belongs into a cookie and nowhere else.
pub async fn start_session(_ctx: &Context, _user: UserId, _user_agent: &str) -> Result<String, Failure<NoRefusal>> {
    todo!()
}

/// Whose session the token is, if it is a live one. From Redis, else from PostgreSQL.
pub async fn session_user(_handles: &Handles, _token: &str) -> anyhow::Result<Option<SessionUser>> {
    todo!()
}

pub async fn end_session(_ctx: &Context, _token: &str) -> Result<(), Failure<NoRefusal>> {
    todo!()
}

/// Access and refresh tokens for the REST API.
pub async fn issue_tokens(_ctx: &Context, _user: UserId) -> Result<SignedIn, Failure<NoRefusal>> {
    todo!()
}

/// Trades a refresh token for new ones; one that was used before ends its whole family (`Unauthorized`).
pub async fn refresh(_ctx: &Context, _refresh_token: &str) -> Result<SignedIn, Failure<NoRefusal>> {
    todo!()
}

/// Ends every refresh token of the signed-in user's family behind this refresh token.
pub async fn revoke(_ctx: &Context, _refresh_token: &str) -> Result<(), Failure<NoRefusal>> {
    todo!()
}

/// Whose access token this is, if it is a live one for the shop.
pub async fn access_token_user(_handles: &Handles, _token: &str) -> anyhow::Result<Option<SessionUser>> {
    todo!()
}

pub async fn profile(_ctx: &Context) -> Result<UserView, Failure<NoRefusal>> {
    todo!()
}
