//! Accounts, sessions and access tokens. PostgreSQL is asked on every request who somebody is, so that a suspension or a
//! change of role bites with the next one; Redis keeps a copy of each session for when PostgreSQL is away.

mod addresses;
pub(crate) mod password;
mod sessions;
mod store;
mod throttle;
mod tokens;
mod verification;

pub use addresses::{addresses, change_address, forget_address, keep_address};
pub use sessions::{end_other_sessions, end_session, session_user, sessions, start_session};
pub(crate) use store::{insert_user, verify_email};
pub use tokens::{access_token_user, issue_tokens, refresh, revoke, revoke_access};
pub use verification::{is_email_verified, send_verification};

use crate::failure::OnConstraint as _;
use crate::{Client, Context, Failure, Handles, db, events};
use anyhow::Context as _;
use domain::accounts::{AccountRefusal, Role, SessionUser, UserView, password_weakness};
use domain::email::Email;
use domain::events::Event;
use domain::id::UserId;
use domain::refusal::NoRefusal;
use std::net::IpAddr;
use throttle::{Bucket, Taken};

/// As the column allows.
const NAME_LENGTH_MAX: usize = 100;

/// Makes an account, and mails its address a link to verify it. The caller is not signed in by it: follow with
/// [`start_session`] or [`issue_tokens`].
pub async fn register(ctx: &Context, email: &str, password: &str, name: &str) -> Result<UserView, Failure<AccountRefusal>> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let Ok(email) = email.parse::<Email>() else { return refuse(AccountRefusal::InvalidEmail) };
    let Some(name) = checked_name(name) else { return refuse(AccountRefusal::InvalidName) };
    if let Some(weakness) = password_weakness(password, email.as_str(), name) {
        return refuse(AccountRefusal::WeakPassword { weakness });
    }
    // The one place that tells whether an address is known, so it is asked sparingly; a success counts as well.
    take(&ctx.handles, &client_bucket(ctx, "register")).await?;
    let hash = password::hash(password).await?;
    let user = UserId(db::new_id());
    let mut tx = ctx.handles.db.begin().await?;
    insert_user(&mut tx, user, email.as_str(), name, &hash)
        .await
        .on_constraint("app_user_email_key", || Failure::Refused(AccountRefusal::EmailTaken))?;
    events::record(&mut tx, &Event::UserRegistered { user }, &ctx.request_id).await?;
    verification::mail_link(&mut tx, ctx, user, email.as_str()).await?;
    tx.commit().await?;
    Ok(UserView { id: user, email: email.into(), name: name.to_owned(), roles: vec![Role::Shopper] })
}

/// Checks a password, under two limits: per account and per client. Takes the same time for an unknown address.
pub async fn sign_in(ctx: &Context, email: &str, password: &str) -> Result<UserView, Failure<AccountRefusal>> {
    let email = email.trim().to_lowercase();
    let buckets = [client_bucket(ctx, "sign_in"), Bucket::new("account", &email, ctx.handles.settings.sign_in_limit_account)];
    for bucket in &buckets {
        take(&ctx.handles, bucket).await?;
    }
    let known = store::credentials(&ctx.handles.db, &email).await?;
    let is_right = match &known {
        Some(known) => password::verify(password, &known.hash).await?,
        None => password::verify_nobody(password).await?,
    };
    let Some(known) = known.filter(|known| is_right && !known.suspended) else {
        return Err(Failure::Refused(AccountRefusal::InvalidCredentials));
    };
    // Only failures count.
    for bucket in &buckets {
        throttle::give_back(&ctx.handles.redis, bucket).await;
    }
    if password::is_outdated(&known.hash) {
        store::set_password(&ctx.handles.db, known.user, &password::hash(password).await?).await?;
    }
    let user = store::user(&ctx.handles.db, known.user).await?.context("who signed in is there")?;
    Ok(view(user))
}

pub async fn profile(ctx: &Context) -> Result<UserView, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    store::user(&ctx.handles.db, user).await?.map(view).ok_or(Failure::Unauthorized)
}

/// Changes the caller's name.
pub async fn rename(ctx: &Context, name: &str) -> Result<(), Failure<AccountRefusal>> {
    let user = ctx.signed_in()?;
    let Some(name) = checked_name(name) else { return Err(Failure::Refused(AccountRefusal::InvalidName)) };
    Ok(store::rename(&ctx.handles.db, user, name).await?)
}

/// A name as it may be shown anywhere: one line, not too long.
fn checked_name(name: &str) -> Option<&str> {
    Some(name.trim()).filter(|name| !name.is_empty() && name.chars().count() <= NAME_LENGTH_MAX && !name.chars().any(char::is_control))
}

/// Deletes sessions, refresh tokens and mailed links that ended a while ago. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_ended(handles: &Handles) -> anyhow::Result<u64> {
    Ok(store::delete_ended(&handles.db).await?)
}

fn view(user: SessionUser) -> UserView {
    UserView { id: user.id, email: user.email, name: user.name, roles: user.roles }
}

/// Who the database knows, with what follows from it.
fn session_user_of(row: store::UserRow) -> SessionUser {
    let seller = (!row.sellers.is_empty()).then_some(Role::Seller);
    let admin = row.is_admin.then_some(Role::Admin);
    SessionUser {
        id: row.id,
        email: row.email,
        name: row.name,
        roles: [Role::Shopper].into_iter().chain(seller).chain(admin).collect(),
        sellers: row.sellers,
    }
}

async fn take(handles: &Handles, bucket: &Bucket) -> Result<(), Failure<AccountRefusal>> {
    match throttle::take(&handles.redis, bucket).await {
        Taken::Yes => Ok(()),
        Taken::Wait { retry_after_s } => Err(Failure::Refused(AccountRefusal::TooManyTries { retry_after_s })),
    }
}

fn client_bucket(ctx: &Context, kind: &'static str) -> Bucket {
    Bucket::new(kind, &client_name(ctx.client), ctx.handles.settings.sign_in_limit_client)
}

/// One household, one name: of an IPv6 address the network is what a provider gives to one customer.
fn client_name(client: Client) -> String {
    match client.0 {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => format!("{:x}", u128::from(address) >> 64),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let name = |text: &str| client_name(Client(Some(text.parse().unwrap())));
        assert_eq!(name("2001:db8:1:2::5"), name("2001:db8:1:2:ffff::9"));
        assert_ne!(name("2001:db8:1:2::5"), name("2001:db8:1:3::5"));
        assert_eq!(name("::ffff:192.0.2.7"), name("192.0.2.7"));
    }
}
