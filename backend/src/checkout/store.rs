use super::purchase::{Outcome, Purchase, Saga};
use crate::db;
use domain::checkout::saga::{SagaState, Step};
use domain::id::{BuyerId, CartId, OrderId, UserId};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

struct SagaRow {
    id: Uuid,
    buyer: BuyerId,
    order: OrderId,
    cart: CartId,
    cart_version: i64,
    step: Step,
    state: SagaState,
    purchase: Json<Purchase>,
    outcome: Json<Outcome>,
    attempts: i32,
    lease: Option<OffsetDateTime>,
}

impl From<SagaRow> for Saga {
    fn from(row: SagaRow) -> Self {
        Self {
            id: row.id,
            buyer: row.buyer,
            order: row.order,
            cart: row.cart,
            cart_version: row.cart_version,
            step: row.step,
            state: row.state,
            purchase: row.purchase.0,
            outcome: row.outcome.0,
            attempts: row.attempts,
            lease: row.lease,
        }
    }
}

/// The account's buyer, or a new one for a guest's order.
pub(super) async fn buyer(tx: &mut PgConnection, user: Option<UserId>, email: &str) -> sqlx::Result<BuyerId> {
    sqlx::query_scalar!(
        r#"insert into buyer (buyer_id, user_id, email) values ($1, $2, $3)
           on conflict on constraint buyer_user_id_key do update set user_id = excluded.user_id
           returning buyer_id as "buyer: BuyerId""#,
        db::new_id(),
        user.map(|user| user.0),
        email,
    )
    .fetch_one(tx)
    .await
}

/// Begins a saga at the step after its quote, and leases it to whoever begins it: until when. None: the cart is being
/// bought already.
pub(super) async fn begin(tx: &mut PgConnection, saga: &Saga, operation: Uuid, lease_s: f64) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar!(
        r#"insert into checkout_saga (saga_id, operation_id, buyer_id, order_id, cart_id, cart_version, step, state, input, leased_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, souk.clock() + make_interval(secs => $10))
         on conflict (cart_id) where state in ('running', 'waiting', 'undoing') do nothing
         returning leased_until as "lease!""#,
        saga.id,
        operation,
        saga.buyer.0,
        saga.order.0,
        saga.cart.0,
        saga.cart_version,
        saga.step as _,
        saga.state as _,
        Json(&saga.purchase) as _,
        lease_s,
    )
    .fetch_optional(tx)
    .await
}

/// Takes the saga for one runner, and its call with it: whoever calls from now on is heard when the runner lets go.
pub(super) async fn lease(db: &PgPool, saga: Uuid, lease_s: f64) -> sqlx::Result<Option<Saga>> {
    let row = sqlx::query_as!(
        SagaRow,
        r#"update checkout_saga set leased_until = souk.clock() + make_interval(secs => $2), wake_at = null, updated_at = souk.clock()
           where saga_id = $1 and state in ('running', 'waiting', 'undoing') and (leased_until is null or leased_until <= souk.clock())
           returning saga_id as id, buyer_id as "buyer: _", order_id as "order: _", cart_id as "cart: _", cart_version, step as "step: _",
               state as "state: _", input as "purchase: _", outcome as "outcome: _", attempts, leased_until as lease"#,
        saga,
        lease_s,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Saga::from))
}

/// The saga to look at; what is loaded so cannot be stored.
pub(super) async fn load(executor: impl PgExecutor<'_>, saga: Uuid) -> sqlx::Result<Option<Saga>> {
    let row = sqlx::query_as!(
        SagaRow,
        r#"select saga_id as id, buyer_id as "buyer: _", order_id as "order: _", cart_id as "cart: _", cart_version, step as "step: _",
               state as "state: _", input as "purchase: _", outcome as "outcome: _", attempts, null::timestamptz as lease
           from checkout_saga where saga_id = $1"#,
        saga,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Saga::from))
}

/// The saga of an order.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_order(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!("select saga_id from checkout_saga where order_id = $1", order.0).fetch_optional(executor).await
}

pub(super) async fn by_operation(executor: impl PgExecutor<'_>, operation: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!("select saga_id from checkout_saga where operation_id = $1", operation).fetch_optional(executor).await
}

/// The saga that buys this cart now, or one that was merged into it.
pub(super) async fn live_of_cart(executor: impl PgExecutor<'_>, cart: CartId) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select saga_id from checkout_saga where state in ('running', 'waiting', 'undoing')
             and (cart_id = $1 or cart_id in (select cart_id from cart where merged_into = $1))
         order by created_at limit 1",
        cart.0,
    )
    .fetch_optional(executor)
    .await
}

/// Stores where the saga stands, and keeps it for its runner: until when. None, and nothing is stored, when the lease under
/// which the saga was taken is not the present one: a runner that overslept has been replaced.
pub(super) async fn advance(executor: impl PgExecutor<'_>, saga: &Saga, lease_s: f64) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar!(
        r#"update checkout_saga set step = $2, state = $3, outcome = $4, attempts = 0, last_error = null, updated_at = souk.clock(),
             leased_until = souk.clock() + make_interval(secs => $5)
         where saga_id = $1 and leased_until = $6
         returning leased_until as "lease!""#,
        saga.id,
        saga.step as _,
        saga.state as _,
        Json(&saga.outcome) as _,
        lease_s,
        saga.lease,
    )
    .fetch_optional(executor)
    .await
}

/// Lets go of the saga until then, or until it is woken: whoever called meanwhile has been heard. False as in [`advance`].
pub(super) async fn release(
    executor: impl PgExecutor<'_>,
    saga: &Saga,
    wake_at: OffsetDateTime,
    error: Option<&str>,
) -> sqlx::Result<bool> {
    let released = sqlx::query!(
        "update checkout_saga set step = $2, state = $3, outcome = $4, attempts = $5, last_error = $6, updated_at = souk.clock(),
             leased_until = null, wake_at = least(wake_at, $7)
         where saga_id = $1 and leased_until = $8",
        saga.id,
        saga.step as _,
        saga.state as _,
        Json(&saga.outcome) as _,
        saga.attempts,
        error,
        wake_at,
        saga.lease,
    )
    .execute(executor)
    .await?;
    Ok(released.rows_affected() == 1)
}

/// The saga has come to its end. One that left no order behind gives its deed back: it may be done anew. False as in
/// [`advance`].
pub(super) async fn finish(executor: impl PgExecutor<'_>, saga: &Saga) -> sqlx::Result<bool> {
    let finished = sqlx::query!(
        "update checkout_saga set step = $2, state = $3, outcome = $4, updated_at = souk.clock(), leased_until = null, wake_at = null,
             operation_id = case when exists (select from customer_order where customer_order.order_id = checkout_saga.order_id)
                 then operation_id end
         where saga_id = $1 and leased_until = $5",
        saga.id,
        saga.step as _,
        saga.state as _,
        Json(&saga.outcome) as _,
        saga.lease,
    )
    .execute(executor)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Has the sagas of these orders looked after now.
pub(super) async fn wake(executor: impl PgExecutor<'_>, orders: &[OrderId]) -> sqlx::Result<()> {
    let orders: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
    sqlx::query!(
        "update checkout_saga set wake_at = souk.clock() where order_id = any ($1) and state in ('running', 'waiting', 'undoing')",
        &orders,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Sagas to look after: whose time has come, and those whose runner died.
pub(super) async fn due(executor: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select saga_id from checkout_saga
         where state in ('running', 'waiting', 'undoing')
             and ((leased_until is null and coalesce(wake_at, created_at) <= souk.clock()) or leased_until <= souk.clock())
         order by coalesce(wake_at, leased_until) limit $1",
        limit,
    )
    .fetch_all(executor)
    .await
}

/// The shop's time, in so many seconds.
pub(super) async fn clock_in(executor: impl PgExecutor<'_>, seconds: f64) -> sqlx::Result<OffsetDateTime> {
    sqlx::query_scalar!(r#"select souk.clock() + make_interval(secs => $1) as "at!""#, seconds).fetch_one(executor).await
}

// Forgetting --------------------------------------------------------------------------------------------------------

/// Deletes purchases that ended without an order. A purchase whose shopper has been forgotten has no e-mail address.
pub(super) async fn delete_fruitless(db: &PgPool, days: i32, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from checkout_saga where saga_id in (
             select saga_id from checkout_saga
             where state in ('done', 'undone') and input ->> 'email' <> '' and updated_at < souk.clock() - make_interval(days => $1)
                 and not exists (select from customer_order where customer_order.order_id = checkout_saga.order_id)
             order by updated_at limit $2 for update skip locked
         )",
        days,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// Purchases that ended with an order, and still say whose they were.
pub(super) async fn lock_finished(tx: &mut PgConnection, days: i32, limit: i64) -> sqlx::Result<Vec<(Uuid, Purchase)>> {
    let rows = sqlx::query!(
        r#"select saga_id, input as "purchase: Json<Purchase>" from checkout_saga
           where state in ('done', 'undone') and input ->> 'email' <> '' and updated_at < souk.clock() - make_interval(days => $1)
               and exists (select from customer_order where customer_order.order_id = checkout_saga.order_id)
           order by updated_at limit $2 for update skip locked"#,
        days,
        limit,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.saga_id, row.purchase.0)).collect())
}

/// Keeps these in place of what was kept. An old error may name the shopper too.
pub(super) async fn forget(tx: &mut PgConnection, forgotten: &[(Uuid, Purchase)]) -> sqlx::Result<()> {
    let sagas: Vec<Uuid> = forgotten.iter().map(|(saga, _)| *saga).collect();
    let purchases: Vec<Json<&Purchase>> = forgotten.iter().map(|(_, purchase)| Json(purchase)).collect();
    sqlx::query!(
        "update checkout_saga set input = forgotten.input, last_error = null
         from unnest($1::uuid[], $2::jsonb[]) as forgotten (saga_id, input) where checkout_saga.saga_id = forgotten.saga_id",
        &sagas,
        &purchases as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
