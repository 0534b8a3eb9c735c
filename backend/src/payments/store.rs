use super::gateway::{Decline, Intent, Session};
use super::{Bill, Cause};
use crate::db;
use domain::id::{AttemptId, OrderId, PaymentId};
use domain::payments::{AttemptError, AttemptStatus, AttemptView, Gateway as GatewayKind, NextAction, PaymentStatus};
use sqlx::{PgConnection, PgExecutor, PgPool};

// Payments ----------------------------------------------------------------------------------------------------------

pub(super) async fn insert_payment(tx: &mut PgConnection, gateway: GatewayKind, bill: &Bill) -> sqlx::Result<()> {
    let gateway = match gateway {
        GatewayKind::Stripe => "stripe",
        GatewayKind::Sandbox => "sandbox",
    };
    sqlx::query!(
        "insert into payment (buyer_id, order_id, payment_id, gateway, status, amount, currency) values ($1, $2, $3, $4, 'created', $5, $6)",
        bill.buyer.0,
        bill.order.0,
        bill.payment.0,
        gateway,
        bill.total.amount,
        bill.total.currency.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes the payment for the rest of the transaction: whoever changes it, or its attempts, holds this.
pub(super) async fn lock_payment(tx: &mut PgConnection, payment: PaymentId) -> sqlx::Result<PaymentStatus> {
    sqlx::query_scalar!(r#"select status as "status: PaymentStatus" from payment where payment_id = $1 for no key update"#, payment.0)
        .fetch_one(tx)
        .await
}

pub(super) async fn set_status(tx: &mut PgConnection, payment: PaymentId, status: PaymentStatus) -> sqlx::Result<()> {
    sqlx::query!(
        "update payment set status = $2, version = version + 1, updated_at = souk.clock() where payment_id = $1",
        payment.0,
        status.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn log_transition(
    tx: &mut PgConnection,
    bill: &Bill,
    from: Option<PaymentStatus>,
    to: PaymentStatus,
    cause: Cause,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into payment_transition (buyer_id, order_id, payment_id, from_status, to_status, cause) values ($1, $2, $3, $4, $5, $6)",
        bill.buyer.0,
        bill.order.0,
        bill.payment.0,
        from.map(PaymentStatus::as_str),
        to.as_str(),
        cause.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn note_authorization(tx: &mut PgConnection, bill: &Bill, intent: &Intent) -> sqlx::Result<()> {
    let card = intent.card.as_ref();
    sqlx::query!(
        "update payment set livemode = $2, card_brand = $3, card_last4 = $4, card_fingerprint = $5 where payment_id = $1",
        bill.payment.0,
        intent.livemode,
        card.and_then(|card| card.brand.as_deref()),
        card.and_then(|card| card.last4.as_deref()),
        card.and_then(|card| card.fingerprint.as_deref()),
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn note_capture(tx: &mut PgConnection, bill: &Bill) -> sqlx::Result<()> {
    sqlx::query!("update payment set captured = amount where payment_id = $1", bill.payment.0).execute(&mut *tx).await?;
    sqlx::query!(
        "update payment_attempt set status = 'succeeded', next_action_url = null, updated_at = souk.clock()
         where payment_id = $1 and status in ('requires_action', 'processing')",
        bill.payment.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("update payable set state = 'closed' where payment_id = $1 and state <> 'closed'", bill.payment.0).execute(tx).await?;
    Ok(())
}

/// Which order a payment belongs to.
pub async fn payment_order(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<Option<OrderId>> {
    sqlx::query_scalar!(r#"select order_id as "order: OrderId" from payment where payment_id = $1"#, payment.0)
        .fetch_optional(executor)
        .await
}

// Payables ----------------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(super) enum Kind {
    Intent,
    Session,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Intent => "intent",
            Kind::Session => "session",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Payable {
    pub(super) number: i32,
    pub(super) kind: Kind,
    pub(super) payment_intent_id: Option<String>,
    pub(super) checkout_session_id: Option<String>,
    pub(super) url: Option<String>,
}

impl Payable {
    /// Whether the gateway has told us what to pay by.
    pub(super) fn is_open(&self) -> bool {
        self.payment_intent_id.is_some() || self.checkout_session_id.is_some()
    }
}

pub(super) async fn live_payable(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<Option<Payable>> {
    sqlx::query_as!(
        Payable,
        r#"select number, kind as "kind: Kind", payment_intent_id, checkout_session_id, url
           from payable where payment_id = $1 and state <> 'closed'"#,
        payment.0,
    )
    .fetch_optional(executor)
    .await
}

/// Whether a hosted page is what the order is paid by now.
pub async fn has_open_page(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from payable where payment_id = $1 and kind = 'session' and state <> 'closed') as "open!""#,
        payment.0,
    )
    .fetch_one(executor)
    .await
}

pub(super) async fn live_intent(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"select payment_intent_id as "id!" from payable
           where payment_id = $1 and kind = 'intent' and state = 'open' and payment_intent_id is not null"#,
        payment.0,
    )
    .fetch_optional(executor)
    .await
}

/// Writes the next payable down, before the gateway is asked for it. Returns its number.
pub(super) async fn insert_payable(executor: impl PgExecutor<'_>, bill: &Bill, kind: Kind) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into payable (buyer_id, order_id, payment_id, number, kind, state)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, 'opening' from payable where payment_id = $3
         returning number",
        bill.buyer.0,
        bill.order.0,
        bill.payment.0,
        kind.as_str(),
    )
    .fetch_one(executor)
    .await
}

/// False: it was closed meanwhile.
pub(super) async fn opened_intent(executor: impl PgExecutor<'_>, payment: PaymentId, number: i32, intent: &Intent) -> sqlx::Result<bool> {
    let opened = sqlx::query!(
        "update payable set state = 'open', payment_intent_id = $3, client_secret = $4
         where payment_id = $1 and number = $2 and (state = 'opening' or state = 'open' and payment_intent_id = $3)",
        payment.0,
        number,
        intent.id,
        intent.client_secret,
    )
    .execute(executor)
    .await?;
    Ok(opened.rows_affected() > 0)
}

/// False: it was closed meanwhile.
pub(super) async fn opened_session(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    number: i32,
    session: &Session,
) -> sqlx::Result<bool> {
    let opened = sqlx::query!(
        "update payable set state = 'open', checkout_session_id = $3, url = $4
         where payment_id = $1 and number = $2 and (state = 'opening' or state = 'open' and checkout_session_id = $3)",
        payment.0,
        number,
        session.id,
        session.url,
    )
    .execute(executor)
    .await?;
    Ok(opened.rows_affected() > 0)
}

pub(super) async fn note_session_intent(executor: impl PgExecutor<'_>, payment: PaymentId, number: i32, intent: &str) -> sqlx::Result<()> {
    sqlx::query!("update payable set payment_intent_id = $3 where payment_id = $1 and number = $2", payment.0, number, intent)
        .execute(executor)
        .await?;
    Ok(())
}

pub(super) async fn close_payable(executor: impl PgExecutor<'_>, payment: PaymentId, number: i32) -> sqlx::Result<()> {
    sqlx::query!("update payable set state = 'closed' where payment_id = $1 and number = $2", payment.0, number).execute(executor).await?;
    Ok(())
}

// Attempts ----------------------------------------------------------------------------------------------------------

pub(super) async fn insert_attempt(tx: &mut PgConnection, bill: &Bill, attempt: AttemptId, payment_method: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into payment_attempt (buyer_id, order_id, payment_id, payment_attempt_id, status, payment_method)
         values ($1, $2, $3, $4, 'processing', $5)",
        bill.buyer.0,
        bill.order.0,
        bill.payment.0,
        attempt.0,
        payment_method,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Brings the try that is under way into this state; one made in the browser is written down here first.
pub(super) async fn open_attempt(tx: &mut PgConnection, bill: &Bill, status: &str, next_action_url: Option<&str>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into payment_attempt (buyer_id, order_id, payment_id, payment_attempt_id, status, next_action_url)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (payment_id) where status in ('requires_action', 'processing')
             do update set status = excluded.status, next_action_url = excluded.next_action_url, updated_at = souk.clock()",
        bill.buyer.0,
        bill.order.0,
        bill.payment.0,
        db::new_id(),
        status,
        next_action_url,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends one try. False: it had ended already.
pub(super) async fn fail_attempt(
    tx: &mut PgConnection,
    bill: &Bill,
    attempt: AttemptId,
    code: &str,
    message: &str,
    retryable: bool,
    reference: Option<&str>,
) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "update payment_attempt set status = 'failed', next_action_url = null, error_code = $3, error_message = $4, error_retryable = $5,
             gateway_reference = $6, updated_at = souk.clock()
         where payment_id = $1 and payment_attempt_id = $2 and status in ('requires_action', 'processing')",
        bill.payment.0,
        attempt.0,
        code,
        message,
        retryable,
        reference,
    )
    .execute(tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends every try that is under way.
pub(super) async fn fail_open_attempts(tx: &mut PgConnection, bill: &Bill, code: &str, message: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update payment_attempt set status = 'failed', next_action_url = null, error_code = $2, error_message = $3, updated_at = souk.clock()
         where payment_id = $1 and status in ('requires_action', 'processing')",
        bill.payment.0,
        code,
        message,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends tries that the gateway has not heard of for so long that it never will.
pub(super) async fn fail_lost_attempts(tx: &mut PgConnection, bill: &Bill, after_s: f64) -> sqlx::Result<u64> {
    let lost = sqlx::query!(
        "update payment_attempt set status = 'failed', next_action_url = null, error_code = 'processing_error',
             error_message = 'The bank did not answer. Nothing was charged: try again.', updated_at = souk.clock()
         where payment_id = $1 and status in ('requires_action', 'processing')
             and created_at < souk.clock() - make_interval(secs => $2)",
        bill.payment.0,
        after_s,
    )
    .execute(tx)
    .await?;
    Ok(lost.rows_affected())
}

/// Writes a decline down that the intent tells of. False: it is known. A try that is under way is the one it ends; one
/// made in the browser gets its row here.
pub(super) async fn note_decline(tx: &mut PgConnection, bill: &Bill, decline: &Decline) -> sqlx::Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists (
             select from payment_attempt where payment_id = $1 and status = 'failed'
                 and (gateway_reference = $2 or ($2::text is null and error_code = $3))
         ) as "known!""#,
        bill.payment.0,
        decline.reference,
        decline.code,
    )
    .fetch_one(&mut *tx)
    .await?;
    if known {
        return Ok(false);
    }
    let ended = sqlx::query!(
        "update payment_attempt set status = 'failed', next_action_url = null, error_code = $2, error_message = $3, error_retryable = $4,
             gateway_reference = $5, updated_at = souk.clock()
         where payment_id = $1 and status in ('requires_action', 'processing')",
        bill.payment.0,
        decline.code,
        decline.message,
        decline.retryable,
        decline.reference,
    )
    .execute(&mut *tx)
    .await?;
    if ended.rows_affected() == 0 {
        sqlx::query!(
            "insert into payment_attempt (buyer_id, order_id, payment_id, payment_attempt_id, status, error_code, error_message,
                 error_retryable, gateway_reference)
             values ($1, $2, $3, $4, 'failed', $5, $6, $7, $8)",
            bill.buyer.0,
            bill.order.0,
            bill.payment.0,
            db::new_id(),
            decline.code,
            decline.message,
            decline.retryable,
            decline.reference,
        )
        .execute(tx)
        .await?;
    }
    Ok(true)
}

/// Whether a try is under way.
pub async fn has_open_attempt(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from payment_attempt where payment_id = $1 and status in ('requires_action', 'processing')) as "open!""#,
        payment.0,
    )
    .fetch_one(executor)
    .await
}

/// A payment with one of its tries, by default the newest. None: no such payment, or no such try.
pub async fn attempt_view(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    attempt: Option<AttemptId>,
) -> sqlx::Result<Option<AttemptView>> {
    let row = sqlx::query!(
        r#"select p.order_id as "order: OrderId", p.status as "payment_status: PaymentStatus", a.payment_attempt_id as "attempt?: AttemptId",
               a.status as "status?", a.next_action_url, a.error_code, a.error_message, a.error_retryable as "error_retryable?"
           from payment p
           left join payment_attempt a on a.payment_id = p.payment_id and ($2::uuid is null or a.payment_attempt_id = $2)
           where p.payment_id = $1 and ($2::uuid is null or a.payment_attempt_id is not null)
           order by a.created_at desc nulls last, a.payment_attempt_id desc limit 1"#,
        payment.0,
        attempt.map(|attempt| attempt.0),
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| {
        let status = match (row.status.as_deref(), row.payment_status) {
            (Some("failed"), _) => AttemptStatus::Failed,
            (Some("succeeded"), _) => AttemptStatus::Succeeded,
            (Some("processing"), _) => AttemptStatus::Processing,
            (_, PaymentStatus::Canceled) => AttemptStatus::Failed,
            // Asked to act, or never tried: the shopper is to pay.
            _ => AttemptStatus::RequiresAction,
        };
        let error = row.error_code.filter(|_| status == AttemptStatus::Failed).map(|code| AttemptError {
            code,
            message: row.error_message.unwrap_or_default(),
            retryable: row.error_retryable.unwrap_or(true),
        });
        AttemptView {
            id: payment,
            attempt_id: row.attempt,
            order_id: row.order,
            status,
            next_action: row.next_action_url.map(|redirect_url| NextAction { redirect_url }),
            error,
        }
    }))
}

// Webhooks ----------------------------------------------------------------------------------------------------------

/// Keeps an event, once.
pub(super) async fn insert_webhook(db: &PgPool, id: &str, gateway: &str, kind: &str, body: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webhook_event (event_id, gateway, kind, body) values ($1, $2, $3, $4) on conflict (event_id) do nothing",
        id,
        gateway,
        kind,
        body,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub(super) struct WebhookRow {
    pub(super) event_id: String,
    pub(super) kind: String,
    pub(super) body: String,
}

/// Events nobody has acted on, oldest first, for this transaction alone.
pub(super) async fn take_webhooks(tx: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<WebhookRow>> {
    sqlx::query_as!(
        WebhookRow,
        "select event_id, kind, body from webhook_event where handled_at is null order by created_at limit $1 for update skip locked",
        limit,
    )
    .fetch_all(tx)
    .await
}

pub(super) async fn handled_webhook(tx: &mut PgConnection, event_id: &str, outcome: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_event set handled_at = souk.clock(), outcome = $2, attempts = attempts + 1 where event_id = $1",
        event_id,
        outcome,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn drop_webhook_bodies(db: &PgPool, days: i32, limit: i64) -> sqlx::Result<u64> {
    let dropped = sqlx::query!(
        "update webhook_event set body = '' where event_id in (
             select event_id from webhook_event where handled_at < souk.clock() - make_interval(days => $1) and body <> ''
             order by handled_at limit $2 for update skip locked
         )",
        days,
        limit,
    )
    .execute(db)
    .await?;
    Ok(dropped.rows_affected())
}

/// What an event may be about: the order's payment, known by its payable or by the order's id in the event.
pub(super) struct Subject {
    pub(super) order: OrderId,
    pub(super) amount: i64,
    pub(super) currency: String,
}

pub(super) async fn webhook_subject(tx: &mut PgConnection, object_id: &str, order: Option<uuid::Uuid>) -> sqlx::Result<Option<Subject>> {
    sqlx::query_as!(
        Subject,
        r#"select order_id as "order: OrderId", amount, currency from payment
           where payment_id = (select payment_id from payable where payment_intent_id = $1 or checkout_session_id = $1)
              or order_id = $2
           limit 1"#,
        object_id,
        order,
    )
    .fetch_optional(tx)
    .await
}

// The marketplace ---------------------------------------------------------------------------------------------------

/// Whether real money has ever passed here: then test money is refused.
pub(super) async fn live_money_seen(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select live_money_seen from marketplace").fetch_one(executor).await
}

/// Whether an order here was paid with test money: then real money is refused.
pub(super) async fn test_money_seen(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from payment where captured > 0 and not livemode) as "seen!""#).fetch_one(executor).await
}

pub(super) async fn note_live_money(executor: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("update marketplace set live_money_seen = true where not live_money_seen").execute(executor).await?;
    Ok(())
}
