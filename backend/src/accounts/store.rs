use super::session_user_of;
use crate::db;
use domain::accounts::{BrowserNames, KeptAddress, SessionUser, SessionView};
use domain::address::{Address, AddressDraft};
use domain::id::{AddressId, SellerId, SessionId, UserId};
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

/// The live sessions of one person; `token_hash` is the one that asks.
pub(super) async fn sessions(executor: impl PgExecutor<'_>, user: UserId, token_hash: &[u8]) -> sqlx::Result<Vec<SessionView>> {
    let rows = sqlx::query!(
        r#"select session_id as "id: SessionId", user_agent, to_char(last_seen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "last_seen_at!",
            token_hash = $2 as "is_current!"
        from session where user_id = $1 and ended_at is null and expires_at > souk.clock()
        order by token_hash = $2 desc, last_seen_at desc, session_id limit 50"#,
        user.0,
        token_hash
    )
    .fetch_all(executor)
    .await?;
    let views = rows.into_iter().map(|row| SessionView {
        id: row.id,
        browser: BrowserNames::of(&row.user_agent),
        last_seen_at: row.last_seen_at,
        is_current: row.is_current,
    });
    Ok(views.collect())
}

/// Ends one session of a person, or all, but never that with `token_hash`. Returns the hashes of those ended.
pub(super) async fn end_other_sessions(
    executor: impl PgExecutor<'_>,
    user: UserId,
    token_hash: &[u8],
    only: Option<SessionId>,
) -> sqlx::Result<Vec<Vec<u8>>> {
    sqlx::query_scalar!(
        "update session set ended_at = souk.clock()
        where user_id = $1 and token_hash <> $2 and ended_at is null and session_id = coalesce($3, session_id) returning token_hash",
        user.0,
        token_hash,
        only.map(|id| id.0)
    )
    .fetch_all(executor)
    .await
}

pub(super) async fn rename(executor: impl PgExecutor<'_>, user: UserId, name: &str) -> sqlx::Result<()> {
    sqlx::query!("update app_user set name = $2 where user_id = $1", user.0, name).execute(executor).await?;
    Ok(())
}

// Verifying an address ---------------------------------------------------------------------------------------------

pub(super) async fn is_email_verified(executor: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select email_verified_at is not null as "is_verified!" from app_user where user_id = $1"#, user.0)
        .fetch_one(executor)
        .await
}

/// Takes the place of the link before it. False: the address is verified already.
pub(super) async fn insert_verification(
    tx: &mut PgConnection,
    id: Uuid,
    user: UserId,
    email: &str,
    token_hash: &[u8],
    life_hours: i32,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into email_verification (email_verification_id, user_id, email, token_hash, expires_at)
        select $1, user_id, $3, $4, souk.clock() + make_interval(hours => $5) from app_user where user_id = $2 and email_verified_at is null
        on conflict on constraint email_verification_user_id_key do update
            set email_verification_id = excluded.email_verification_id, email = excluded.email, token_hash = excluded.token_hash,
                expires_at = excluded.expires_at, created_at = excluded.created_at",
        id,
        user.0,
        email,
        token_hash,
        life_hours
    )
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Uses up the user's link with this token and marks the address as verified. Returns the address; none: there is no such link,
/// it has ended, or it was mailed to another address than the account has now.
pub(crate) async fn verify_email(tx: &mut PgConnection, user: UserId, token_hash: &[u8]) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"with used as (
            delete from email_verification where user_id = $1 and token_hash = $2 and expires_at > souk.clock() returning user_id, email
        )
        update app_user set email_verified_at = souk.clock() from used
        where app_user.user_id = used.user_id and app_user.email = used.email
        returning app_user.email as "email!""#,
        user.0,
        token_hash
    )
    .fetch_optional(tx)
    .await
}

// Addresses ---------------------------------------------------------------------------------------------------------

pub(super) async fn addresses(executor: impl PgExecutor<'_>, user: UserId, limit: i64) -> sqlx::Result<Vec<KeptAddress>> {
    let rows = sqlx::query!(
        r#"select address_id as "id: AddressId", address.name, line1, line2, city, region, postal_code, country
        from address join buyer using (buyer_id) where user_id = $1 order by used_at desc, address_id desc limit $2"#,
        user.0,
        limit
    )
    .fetch_all(executor)
    .await?;
    let kept = rows.into_iter().filter_map(|row| {
        let draft = AddressDraft {
            name: row.name,
            line1: row.line1,
            line2: row.line2,
            city: row.city,
            region: row.region,
            postal_code: Some(row.postal_code),
            country: row.country,
        };
        // What the shop does not ship to any more is nothing to choose.
        Some(KeptAddress { id: row.id, address: Address::try_from(draft).ok()? })
    });
    Ok(kept.collect())
}

/// The buyer's row is locked: two orders at once keep one address.
pub(super) async fn keep_address(tx: &mut PgConnection, user: UserId, address: &Address) -> sqlx::Result<()> {
    let buyer = sqlx::query_scalar!("select buyer_id from buyer where user_id = $1 for update", user.0).fetch_one(&mut *tx).await?;
    let known = sqlx::query!(
        "update address set used_at = souk.clock()
        where buyer_id = $1 and (name, line1, line2, city, region, postal_code, country) is not distinct from ($2, $3, $4::text, $5, $6::text, $7, $8)",
        buyer,
        address.name(),
        address.line1(),
        address.line2(),
        address.city(),
        address.region(),
        address.postal_code(),
        address.country().as_str()
    );
    if known.execute(&mut *tx).await?.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "insert into address (address_id, buyer_id, name, line1, line2, city, region, postal_code, country)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        db::new_id(),
        buyer,
        address.name(),
        address.line1(),
        address.line2(),
        address.city(),
        address.region(),
        address.postal_code(),
        address.country().as_str()
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The buyer's row is locked as above; another address that has become the same goes. Whether there is one of this id.
pub(super) async fn change_address(tx: &mut PgConnection, user: UserId, id: AddressId, address: &Address) -> sqlx::Result<bool> {
    let buyer = sqlx::query_scalar!("select buyer_id from buyer where user_id = $1 for update", user.0).fetch_one(&mut *tx).await?;
    let changed = sqlx::query!(
        "update address set name = $3, line1 = $4, line2 = $5, city = $6, region = $7, postal_code = $8, country = $9,
            latitude = null, longitude = null
        where address_id = $1 and buyer_id = $2",
        id.0,
        buyer,
        address.name(),
        address.line1(),
        address.line2(),
        address.city(),
        address.region(),
        address.postal_code(),
        address.country().as_str()
    );
    if changed.execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "delete from address as twin using address as own
        where own.address_id = $1 and twin.buyer_id = own.buyer_id and twin.address_id <> own.address_id
            and (twin.name, twin.line1, twin.line2, twin.city, twin.region, twin.postal_code, twin.country)
                is not distinct from (own.name, own.line1, own.line2, own.city, own.region, own.postal_code, own.country)",
        id.0
    )
    .execute(tx)
    .await?;
    Ok(true)
}

pub(super) async fn forget_addresses_beyond(tx: &mut PgConnection, user: UserId, most: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from address where address_id in (
            select address_id from address join buyer using (buyer_id) where user_id = $1 order by used_at desc, address_id desc offset $2
        )",
        user.0,
        most
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn forget_address(executor: impl PgExecutor<'_>, user: UserId, id: AddressId) -> sqlx::Result<()> {
    sqlx::query!("delete from address where address_id = $2 and buyer_id = (select buyer_id from buyer where user_id = $1)", user.0, id.0)
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

/// Deletes sessions, refresh tokens and mailed links that ended a while ago. Returns how many.
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
    let links = sqlx::query!(
        "delete from email_verification where email_verification_id in (
            select email_verification_id from email_verification where expires_at < souk.clock() - interval '7 days' limit 1000
        )"
    )
    .execute(db)
    .await?;
    Ok(sessions.rows_affected() + tokens.rows_affected() + links.rows_affected())
}
