use super::{store, view};
use crate::{Context, Failure, Handles, db, secret};
use anyhow::Context as _;
use domain::accounts::{SessionUser, SignedIn};
use domain::id::UserId;
use domain::refusal::NoRefusal;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sqlx::PgConnection;
use uuid::Uuid;

/// What these tokens open: the shop. The portals of sellers and administrators have audiences of their own.
const AUDIENCE: &str = "shop";
const ISSUER: &str = "souk";
const ACCESS_SECONDS: u32 = 15 * 60;
const REFRESH_DAYS: i32 = 30;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    aud: String,
    iss: String,
    iat: i64,
    exp: i64,
    /// The family of refresh tokens it came from: ending that ends it as well.
    family: Uuid,
}

/// Access and refresh tokens for the REST API.
pub async fn issue_tokens(ctx: &Context, user: UserId) -> Result<SignedIn, Failure<NoRefusal>> {
    let mut connection = ctx.handles.db.acquire().await?;
    issue(&ctx.handles, &mut connection, user, db::new_id()).await
}

/// Trades a refresh token for new ones; one that was used before ends its whole family (`Unauthorized`).
pub async fn refresh(ctx: &Context, refresh_token: &str) -> Result<SignedIn, Failure<NoRefusal>> {
    let hash = secret::token_hash(refresh_token);
    let mut tx = ctx.handles.db.begin().await?;
    if let Some((family, user)) = store::use_refresh_token(&mut tx, &hash, AUDIENCE).await? {
        let signed_in = issue(&ctx.handles, &mut tx, user, family).await?;
        tx.commit().await?;
        return Ok(signed_in);
    }
    drop(tx);
    if store::revoke_reused(&ctx.handles.db, &hash).await? {
        tracing::warn!("a refresh token came twice: its family is ended");
    }
    Err(Failure::Unauthorized)
}

/// Ends every refresh token of the signed-in user's family behind this refresh token, and its access tokens.
pub async fn revoke(ctx: &Context, refresh_token: &str) -> Result<(), Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    store::revoke_family(&ctx.handles.db, &secret::token_hash(refresh_token), user).await?;
    Ok(())
}

/// Ends the sign-in that this access token of the caller came from: the token itself, and every refresh token of its family.
pub async fn revoke_access(ctx: &Context, access_token: &str) -> Result<(), Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    let claims = claims(&ctx.handles, access_token)?.filter(|claims| claims.sub == user).ok_or(Failure::Unauthorized)?;
    store::end_family(&ctx.handles.db, claims.family).await?;
    Ok(())
}

/// Whose access token this is, if it is a live one for the shop.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn access_token_user(handles: &Handles, token: &str) -> anyhow::Result<Option<SessionUser>> {
    let Some(claims) = claims(handles, token)? else { return Ok(None) };
    Ok(store::token_user(&handles.db, claims.sub, claims.family, claims.exp).await?)
}

/// What an access token says, if it was signed here for the shop; whether it still lives is for the database to say.
fn claims(handles: &Handles, token: &str) -> anyhow::Result<Option<Claims>> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // The end is compared with the shop's clock, in the statement that looks the user up anyway.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&signing_key(handles)?), &validation);
    Ok(decoded.ok().map(|decoded| decoded.claims))
}

async fn issue(handles: &Handles, connection: &mut PgConnection, user: UserId, family: Uuid) -> Result<SignedIn, Failure<NoRefusal>> {
    let known = store::user(&mut *connection, user).await?.ok_or(Failure::Unauthorized)?;
    let refresh_token = secret::new_token();
    let hash = secret::token_hash(&refresh_token);
    let now = store::insert_refresh_token(connection, &hash, family, user, AUDIENCE, REFRESH_DAYS).await?.unix_timestamp();
    let claims =
        Claims { sub: user, aud: AUDIENCE.to_owned(), iss: ISSUER.to_owned(), iat: now, exp: now + i64::from(ACCESS_SECONDS), family };
    let key = EncodingKey::from_secret(&signing_key(handles)?);
    let access_token =
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).context("an access token could not be signed")?;
    Ok(SignedIn { user: view(known), access_token, refresh_token, expires_in: ACCESS_SECONDS })
}

/// A key of its own, so that what is signed here fits nothing else the configured key is for.
fn signing_key(handles: &Handles) -> anyhow::Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(handles.settings.secret_key.expose_secret().as_bytes()).context("any length is a key")?;
    mac.update(b"souk access token");
    Ok(mac.finalize().into_bytes().to_vec())
}
