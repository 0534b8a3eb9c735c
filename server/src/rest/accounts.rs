use super::body;
use super::credentials::{Anyone, SignedIn, access_token};
use super::problem::{Always, Changing, Conflict, ErrorCode, Problem, Throttled, WithBody};
use super::query::NoQuery;
use axum::Json;
use axum::body::Bytes;
use backend::{Failure, accounts};
use domain::accounts::{SignedIn as Tokens, UserView};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ada@example.com")]
    email: String,
    /// Long rather than complicated: a few unrelated words.
    #[schema(min_length = 15, max_length = 128, example = "seven teal lanterns hum")]
    password: String,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    name: String,
}

/// Makes an account and signs it in
#[utoipa::path(post, path = "/register", tag = "Accounts", operation_id = "register", request_body = Register,
    responses((status = 201, body = Tokens), Always, Changing, WithBody, Conflict, Throttled))]
pub(super) async fn register(
    Anyone(context): Anyone,
    _: NoQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Tokens>), Problem> {
    let Register { email, password, name } = body::read(&headers, &bytes)?;
    let user = accounts::register(&context, &email, &password, &name).await?;
    Ok((StatusCode::CREATED, Json(accounts::issue_tokens(&context, user.id).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    #[schema(max_length = 254, example = "ada@example.com")]
    email: String,
    #[schema(max_length = 128, example = "seven teal lanterns hum")]
    password: String,
}

/// Trades e-mail address and password for tokens
#[utoipa::path(post, path = "/login", tag = "Accounts", operation_id = "login", request_body = Login,
    responses((status = 200, body = Tokens), Always, Changing, WithBody, Throttled))]
pub(super) async fn login(Anyone(context): Anyone, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<Json<Tokens>, Problem> {
    let Login { email, password } = body::read(&headers, &bytes)?;
    let user = accounts::sign_in(&context, &email, &password).await?;
    Ok(Json(accounts::issue_tokens(&context, user.id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    #[schema(max_length = 512)]
    refresh_token: String,
}

/// Trades a refresh token for new tokens
///
/// Each refresh token is good once: using one again ends all that came from the same sign-in.
#[utoipa::path(post, path = "/token", tag = "Accounts", operation_id = "refresh_tokens", request_body = Refresh,
    responses((status = 200, body = Tokens), Always, Changing, WithBody))]
pub(super) async fn token(Anyone(context): Anyone, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<Json<Tokens>, Problem> {
    let Refresh { refresh_token } = body::read(&headers, &bytes)?;
    let tokens = accounts::refresh(&context, &refresh_token).await.map_err(|failure| match failure {
        Failure::Unauthorized => Problem::new(ErrorCode::InvalidToken, "The refresh token is not valid, was used, or has ended."),
        other => other.into(),
    })?;
    Ok(Json(tokens))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Logout {
    /// Left out: that of the access token.
    #[serde(default)]
    #[schema(max_length = 512)]
    refresh_token: Option<String>,
}

/// Ends a sign-in: its access tokens and its refresh tokens
#[utoipa::path(post, path = "/logout", tag = "Accounts", operation_id = "logout", request_body = Option<Logout>,
    security(("access_token" = [])),
    responses((status = 204, description = "Signed out"), Always, Changing, WithBody))]
pub(super) async fn logout(SignedIn(context): SignedIn, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<StatusCode, Problem> {
    let Logout { refresh_token } = if bytes.is_empty() { Logout::default() } else { body::read(&headers, &bytes)? };
    match refresh_token {
        Some(token) => accounts::revoke(&context, &token).await?,
        None => accounts::revoke_access(&context, access_token(&headers).unwrap_or_default()).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in
#[utoipa::path(get, path = "/profile", tag = "Accounts", operation_id = "get_profile",
    security(("access_token" = [])),
    responses((status = 200, body = UserView), Always))]
pub(super) async fn profile(SignedIn(context): SignedIn, _: NoQuery) -> Result<Json<UserView>, Problem> {
    Ok(Json(accounts::profile(&context).await?))
}
