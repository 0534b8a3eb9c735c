//! Whether an account's e-mail address is its owner's. A link is mailed there, and works for whoever is signed in to the
//! account: who registered another's address has no link, and that address's owner, who has it, not the account.

use super::throttle::Bucket;
use super::{store, take};
use crate::mail::{Letter, NewMail};
use crate::{Context, Failure, db, mail, secret};
use domain::accounts::AccountRefusal;
use domain::id::UserId;
use domain::refusal::NoRefusal;
use sqlx::PgConnection;

/// As the mail says.
const LINK_LIFE_HOURS: i32 = 24;
/// Mails that an account may ask for in 15 minutes: they may go to somebody who never asked for one.
const MAILS_MAX: u32 = 3;

/// Whether the caller's address is verified.
pub async fn is_email_verified(ctx: &Context) -> Result<bool, Failure<NoRefusal>> {
    let user = ctx.signed_in()?;
    Ok(store::is_email_verified(&ctx.handles.db, user).await?)
}

/// Mails the caller a new link; one that was mailed before works no more. False: the address is verified already.
pub async fn send_verification(ctx: &Context) -> Result<bool, Failure<AccountRefusal>> {
    let id = ctx.signed_in()?;
    take(&ctx.handles, &Bucket::new("verification", &id.to_string(), MAILS_MAX)).await?;
    let user = store::user(&ctx.handles.db, id).await?.ok_or(Failure::Unauthorized)?;
    let mut tx = ctx.handles.db.begin().await?;
    let is_sent = mail_link(&mut tx, ctx, id, &user.email).await?;
    tx.commit().await?;
    Ok(is_sent)
}

/// As [`send_verification`], for a user whom the caller's transaction knows.
pub(super) async fn mail_link(tx: &mut PgConnection, ctx: &Context, user: UserId, email: &str) -> anyhow::Result<bool> {
    let verification = db::new_id();
    let token = mail::token(&ctx.handles.settings, verification);
    if !store::insert_verification(tx, verification, user, email, &secret::token_hash(&token), LINK_LIFE_HOURS).await? {
        return Ok(false);
    }
    let market = ctx.caller.market.unwrap_or_default();
    mail::send(tx, &NewMail { subject: verification, address: email, market, letter: Letter::EmailVerification }).await?;
    Ok(true)
}
