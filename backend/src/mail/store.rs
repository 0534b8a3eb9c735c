use super::NewMail;
use super::letter::{Letter, Mail};
use domain::market::Market;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// False: it was asked for before.
pub(super) async fn insert(tx: &mut PgConnection, id: Uuid, mail: &NewMail<'_>) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into mail (mail_id, subject_id, kind, address, market, content) values ($1, $2, $3, $4, $5, $6)
        on conflict on constraint mail_subject_kind_address_key do nothing",
        id,
        mail.subject,
        mail.letter.kind(),
        mail.address,
        mail.market.prefix(),
        Json(&mail.letter) as _
    )
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The mail, unless it was handed over.
pub(super) async fn waiting(executor: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Mail>> {
    let row = sqlx::query!(
        r#"select subject_id, address, market, content as "content: Json<Letter>", created_at from mail
        where mail_id = $1 and handed_over_at is null"#,
        id
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Mail {
        id,
        subject: row.subject_id,
        address: row.address,
        market: Market::split(&row.market).0,
        letter: row.content.0,
        created_at: row.created_at,
    }))
}

pub(super) async fn mark_handed_over(executor: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("update mail set handed_over_at = souk.clock() where mail_id = $1", id).execute(executor).await?;
    Ok(())
}

pub(super) async fn delete_old(executor: impl PgExecutor<'_>, days: i32, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from mail where mail_id in (
            select mail_id from mail where handed_over_at < souk.clock() - make_interval(days => $1) order by handed_over_at limit $2
        )",
        days,
        limit
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}
