use super::session_user_of;
use crate::db;
use domain::accounts::SessionUser;
use domain::id::{SellerId, UserId};
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Days without a visit after which a session ends.
const SESSION_IDLE_DAYS: i32 = 30;
/// A visit is written down this often, not with every request.
const SESSION_SEEN_MINUTES: i32 = 60;

/// A person, how they prove who they are, and the buyer they are.
pub(crate) async fn insert_user(tx: &mut PgConnection, user: UserId, email: &str, name: &str, hash: &str) -> sqlx::Result<()> {
    sqlx::query!("insert into app_user (user_id, email, name) values ($1, $2, $3)", user.0, email, name).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into identity (user_id, provider, subject, secret) values ($1, 'password', $2, $3)",
        user.0,
        user.to_string(),
        hash
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("insert into buyer (buyer_id, user_id, email) values ($1, $2, $3)", db::new_id(), user.0, email).execute(&mut *tx).await?;
    Ok(())
}

pub(super) struct Credentials {
    pub(super) user: UserId,
    pub(super) hash: String,
    pub(super) suspended: bool,
}

pub(super) async fn credentials(executor: impl PgExecutor<'_>, email: &str) -> sqlx::Result<Option<Credentials>> {
    sqlx::query_as!(
        Credentials,
        r#"select app_user.user_id as "user: UserId", secret as "hash!", suspended_at is not null as "suspended!"
        from app_user join identity on identity.provider = 'password' and identity.subject = app_user.user_id::text
        where lower(email) = lower($1) and secret is not null"#,
        email
    )
    .fetch_optional(executor)
    .await
}

pub(super) async fn set_password(executor: impl PgExecutor<'_>, user: UserId, hash: &str) -> sqlx::Result<()> {
    sqlx::query!("update identity set secret = $2 where provider = 'password' and subject = $1", user.to_string(), hash)
        .execute(executor)
        .await?;
    Ok(())
}

pub(super) struct UserRow {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) is_admin: bool,
    pub(super) sellers: Vec<SellerId>,
}

/// Somebody who is not suspended.
pub(super) async fn user(executor: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<SessionUser>> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select user_id as "id: UserId", email, name, is_admin,
            array(select seller_id from membership where membership.user_id = app_user.user_id order by created_at, seller_id) as "sellers!: Vec<SellerId>"
        from app_user where user_id = $1 and suspended_at is null"#,
        user.0
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(session_user_of))
}

// Sessions ----------------------------------------------------------------------------------------------------------

pub(super) async fn insert_session(executor: impl PgExecutor<'_>, token_hash: &[u8], user: UserId, user_agent: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into session (session_id, token_hash, user_id, user_agent, expires_at)
        values ($1, $2, $3, $4, souk.clock() + make_interval(days => $5))",
        db::new_id(),
        token_hash,
        user.0,
        user_agent,
        SESSION_IDLE_DAYS
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Whose live session this is, and whether the visit is worth writing down again.
pub(super) async fn session_user(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> sqlx::Result<Option<(SessionUser, bool)>> {
    let row = sqlx::query!(
        r#"select app_user.user_id as "id: UserId", email, name, is_admin,
            array(select seller_id from membership where membership.user_id = app_user.user_id order by created_at, seller_id) as "sellers!: Vec<SellerId>",
            last_seen_at < souk.clock() - make_interval(mins => $2) as "unseen!"
        from session join app_user using (user_id)
        where token_hash = $1 and ended_at is null and expires_at > souk.clock() and suspended_at is null"#,
        token_hash,
        SESSION_SEEN_MINUTES
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| {
        let user = UserRow { id: row.id, email: row.email, name: row.name, is_admin: row.is_admin, sellers: row.sellers };
        (session_user_of(user), row.unseen)
    }))
}

pub(super) async fn prolong_session(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "update session set last_seen_at = souk.clock(), expires_at = souk.clock() + make_interval(days => $2) where token_hash = $1",
        token_hash,
        SESSION_IDLE_DAYS
    )
    .execute(executor)
    .await?;
    Ok(())
}

pub(super) async fn end_session(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query!("update session set ended_at = souk.clock() where token_hash = $1 and ended_at is null", token_hash)
        .execute(executor)
        .await?;
    Ok(())
}

// Tokens ------------------------------------------------------------------------------------------------------------

/// Stores a refresh token and says what time it is.
pub(super) async fn insert_refresh_token(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
    family: Uuid,
    user: UserId,
    audience: &str,
    days: i32,
) -> sqlx::Result<OffsetDateTime> {
    sqlx::query_scalar!(
        "insert into refresh_token (token_hash, family_id, user_id, audience, expires_at)
        values ($1, $2, $3, $4, souk.clock() + make_interval(days => $5)) returning created_at",
        token_hash,
        family,
        user.0,
        audience,
        days
    )
    .fetch_one(executor)
    .await
}

/// Uses a refresh token up. None: unknown, ended, or used before.
pub(super) async fn use_refresh_token(tx: &mut PgConnection, token_hash: &[u8], audience: &str) -> sqlx::Result<Option<(Uuid, UserId)>> {
    let row = sqlx::query!(
        r#"update refresh_token set used_at = souk.clock()
        where token_hash = $1 and audience = $2 and used_at is null and revoked_at is null and expires_at > souk.clock()
        returning family_id, user_id as "user: UserId""#,
        token_hash,
        audience
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| (row.family_id, row.user)))
}

/// Ends the family of a token that was used already. Says whether there was one.
pub(super) async fn revoke_reused(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> sqlx::Result<bool> {
    let revoked = sqlx::query!(
        "update refresh_token set revoked_at = souk.clock()
        where revoked_at is null and family_id = (select family_id from refresh_token where token_hash = $1 and used_at is not null)",
        token_hash
    )
    .execute(executor)
    .await?;
    Ok(revoked.rows_affected() > 0)
}

pub(super) async fn revoke_family(executor: impl PgExecutor<'_>, token_hash: &[u8], user: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "update refresh_token set revoked_at = souk.clock()
        where revoked_at is null and family_id = (select family_id from refresh_token where token_hash = $1 and user_id = $2)",
        token_hash,
        user.0
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Ends every token of one sign-in.
pub(super) async fn end_family(executor: impl PgExecutor<'_>, family: Uuid) -> sqlx::Result<()> {
    sqlx::query!("update refresh_token set revoked_at = souk.clock() where revoked_at is null and family_id = $1", family)
        .execute(executor)
        .await?;
    Ok(())
}

/// Whose access token of this family it is, if its time is not over and the family still lives.
pub(super) async fn token_user(
    executor: impl PgExecutor<'_>,
    user: UserId,
    family: Uuid,
    expires_at: i64,
) -> sqlx::Result<Option<SessionUser>> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select user_id as "id: UserId", email, name, is_admin,
            array(select seller_id from membership where membership.user_id = app_user.user_id order by created_at, seller_id) as "sellers!: Vec<SellerId>"
        from app_user
        where user_id = $1 and suspended_at is null and to_timestamp($3::bigint) > souk.clock()
            and exists (select from refresh_token where family_id = $2 and refresh_token.user_id = $1 and revoked_at is null)"#,
        user.0,
        family,
        expires_at
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(session_user_of))
}

/// Deletes sessions and refresh tokens that ended a while ago. Returns how many.
pub(super) async fn delete_ended(db: &PgPool) -> sqlx::Result<u64> {
    let sessions = sqlx::query!(
        "delete from session where session_id in (
            select session_id from session where expires_at < souk.clock() - interval '7 days' or ended_at < souk.clock() - interval '7 days' limit 1000
        )"
    )
    .execute(db)
    .await?;
    // A used token stays as long as it could have lived, to know it again.
    let tokens = sqlx::query!(
        "delete from refresh_token where token_hash in (
            select token_hash from refresh_token where expires_at < souk.clock() - interval '7 days' limit 1000
        )"
    )
    .execute(db)
    .await?;
    Ok(sessions.rows_affected() + tokens.rows_affected())
}
