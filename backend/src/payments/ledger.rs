//! The book. Nobody else writes here, and nothing that stands here is ever changed: the database refuses it.

use crate::db;
use domain::id::OrderId;
use domain::payments::ledger::{Account, Transfer};
use sqlx::PgConnection;
use uuid::Uuid;

/// Posts transfers, each fact once: one that stands already is left as it is.
pub(super) async fn post(tx: &mut PgConnection, order: OrderId, transfers: &[Transfer]) -> sqlx::Result<()> {
    for transfer in transfers {
        let inserted = sqlx::query_scalar!(
            "insert into ledger_transfer (ledger_transfer_id, kind, reference_id, order_id) values ($1, $2, $3, $4)
             on conflict on constraint ledger_transfer_reference_key do nothing returning ledger_transfer_id",
            db::new_id(),
            transfer.fact.kind(),
            transfer.fact.reference(),
            order.0,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(id) = inserted else { continue };
        for entry in &transfer.entries {
            let account = account(tx, entry.account, entry.amount.currency.code()).await?;
            sqlx::query!(
                "insert into ledger_entry (ledger_transfer_id, ledger_account_id, amount, currency) values ($1, $2, $3, $4)",
                id,
                account,
                entry.amount.amount,
                entry.amount.currency.code(),
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

/// The account's id; opened when it is first used.
async fn account(tx: &mut PgConnection, account: Account, currency: &str) -> sqlx::Result<Uuid> {
    let seller = account.seller().map(|seller| seller.0);
    sqlx::query!(
        "insert into ledger_account (ledger_account_id, kind, currency, seller_id) values ($1, $2, $3, $4) on conflict do nothing",
        db::new_id(),
        account.kind(),
        currency,
        seller,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query_scalar!(
        "select ledger_account_id from ledger_account where kind = $1 and currency = $2 and seller_id is not distinct from $3",
        account.kind(),
        currency,
        seller,
    )
    .fetch_one(tx)
    .await
}
