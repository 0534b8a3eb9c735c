use super::{Cursor, NewOrder, NewPart};
use domain::id::{BuyerId, OrderId, UserId};
use domain::money::{Currency, Money};
use domain::orders::{OrderNumber, OrderStatus, OrderSummary};
use domain::pricing::SellerQuote;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Tries to find a number that is free: with a million million of them the second is luck enough.
const NUMBER_TRIES_MAX: u32 = 5;

// Placing -----------------------------------------------------------------------------------------------------------

/// Writes the order with its parts, lines and first transition. Returns its number.
pub async fn place(tx: &mut PgConnection, new: &NewOrder) -> Result<OrderNumber, sqlx::Error> {
    let number = enter_directory(tx, new).await?;
    insert_order(tx, new, &number).await?;
    for (part, quote) in new.parts.iter().zip(&new.quote.sellers) {
        insert_part(tx, new, part, quote).await?;
        insert_lines(tx, new, part, quote).await?;
    }
    log_transition(tx, new.buyer, new.order, None, OrderStatus::PendingPayment, "checkout").await?;
    claim_for_verified(tx, new).await?;
    Ok(number)
}

/// A guest's order joins the account whose owner has proved that the e-mail address is theirs, if there is one.
async fn claim_for_verified(tx: &mut PgConnection, new: &NewOrder) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into order_claim (order_id, user_id)
        select $1, app_user.user_id from app_user
        where lower(app_user.email) = lower($2) and email_verified_at is not null
          and exists (select from buyer where buyer_id = $3 and buyer.user_id is null)
        on conflict do nothing",
        new.order.0,
        new.email,
        new.buyer.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn enter_directory(tx: &mut PgConnection, new: &NewOrder) -> sqlx::Result<OrderNumber> {
    for _ in 0..NUMBER_TRIES_MAX {
        let number = OrderNumber::from_random(rand::random());
        let entered = sqlx::query!(
            "insert into order_directory (order_id, number, buyer_id) values ($1, $2, $3)
             on conflict on constraint order_directory_number_key do nothing",
            new.order.0,
            number.as_str(),
            new.buyer.0,
        )
        .execute(&mut *tx)
        .await?;
        if entered.rows_affected() == 1 {
            return Ok(number);
        }
    }
    Err(sqlx::Error::Protocol("no free order number was found".to_owned()))
}

async fn insert_order(tx: &mut PgConnection, new: &NewOrder, number: &OrderNumber) -> sqlx::Result<()> {
    let (quote, address) = (&new.quote, &new.address);
    sqlx::query!(
        "insert into customer_order (buyer_id, order_id, number, cart_id, cart_version, email, status, currency, subtotal, discount, shipping,
             tax, tax_included, tax_rate_basis_points, total, ship_name, ship_line1, ship_line2, ship_city, ship_region, ship_postal_code,
             ship_country, expires_at, coupon_code, rounding)
         values ($1, $2, $3, $4, $5, $6, 'pending_payment', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
             $24)",
        new.buyer.0,
        new.order.0,
        number.as_str(),
        new.cart.0,
        new.cart_version,
        new.email,
        quote.total.currency.code(),
        quote.subtotal.amount,
        quote.discount.amount,
        quote.shipping.amount,
        quote.tax.amount,
        quote.tax_rule.included,
        quote.tax_rule.rate.0.cast_signed(),
        quote.total.amount,
        address.name(),
        address.line1(),
        address.line2(),
        address.city(),
        address.region(),
        address.postal_code(),
        address.country().as_str(),
        new.expires_at,
        new.coupon_code,
        quote.rounding.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_part(tx: &mut PgConnection, new: &NewOrder, part: &NewPart, quote: &SellerQuote) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into seller_order (buyer_id, order_id, seller_order_id, seller_id, seller_slug, seller_name, status, shipping_rate_id,
             shipping_label, delivery_from, delivery_to, goods, shipping, tax, total, net_goods, net_shipping, commission_basis_points, commission,
             discount, contribution)
         values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9::text::date, $10::text::date, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        new.buyer.0,
        new.order.0,
        part.id.0,
        quote.seller.0,
        part.seller_slug,
        part.seller_name,
        part.shipping_rate.0,
        part.shipping_label,
        part.delivery_from,
        part.delivery_to,
        quote.goods.amount,
        quote.shipping.amount,
        quote.tax.amount,
        quote.total.amount,
        quote.net_goods.amount,
        quote.net_shipping.amount,
        part.commission_rate.0.cast_signed(),
        domain::pricing::commission(quote.net_goods, part.commission_rate).amount,
        quote.discount.amount,
        quote.contribution.amount,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_lines(tx: &mut PgConnection, new: &NewOrder, part: &NewPart, quote: &SellerQuote) -> sqlx::Result<()> {
    for (position, (line, priced)) in (0_i32..).zip(part.lines.iter().zip(&quote.lines)) {
        sqlx::query!(
            "insert into order_line (buyer_id, order_id, seller_order_id, order_line_id, variant_id, stock_item_id, product_slug, sku, title,
                 options, image, quantity, unit_price, total, tax, position, discount)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            new.buyer.0,
            new.order.0,
            part.id.0,
            line.id.0,
            line.variant.0,
            line.stock_item.0,
            line.product_slug,
            line.sku,
            line.title,
            Json(&line.options) as _,
            line.image.as_ref().map(Json) as _,
            priced.line.quantity.cast_signed(),
            priced.line.unit_price.amount,
            priced.charge.price.amount,
            priced.charge.tax.amount,
            position,
            priced.charge.discount.amount,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

// Changes of state --------------------------------------------------------------------------------------------------

/// pending_payment → paid, its parts to ship. False: it was paid already.
pub async fn pay(tx: &mut PgConnection, order: OrderId, cause: &str) -> anyhow::Result<bool> {
    let changed = change(tx, order, OrderStatus::Paid, cause).await?;
    if changed {
        sqlx::query!("update customer_order set paid_at = souk.clock(), expires_at = null where order_id = $1", order.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query!("update seller_order set status = 'to_ship' where order_id = $1 and status = 'pending'", order.0).execute(tx).await?;
    }
    Ok(changed)
}

/// pending_payment → canceled or expired, its parts with it. False: that was so already.
pub async fn close(tx: &mut PgConnection, order: OrderId, status: OrderStatus, cause: &str) -> anyhow::Result<bool> {
    let changed = change(tx, order, status, cause).await?;
    if changed {
        sqlx::query!("update customer_order set closed_at = souk.clock(), expires_at = null where order_id = $1", order.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query!("update seller_order set status = 'canceled' where order_id = $1 and status = 'pending'", order.0).execute(tx).await?;
    }
    Ok(changed)
}

async fn change(tx: &mut PgConnection, order: OrderId, to: OrderStatus, cause: &str) -> anyhow::Result<bool> {
    let row = sqlx::query!(
        r#"select buyer_id as "buyer: BuyerId", status as "status: OrderStatus" from customer_order where order_id = $1 for no key update"#,
        order.0,
    )
    .fetch_one(&mut *tx)
    .await?;
    if row.status == to {
        return Ok(false);
    }
    anyhow::ensure!(row.status.may_become(to), "order {order} is {} and cannot become {}", row.status.as_str(), to.as_str());
    sqlx::query!("update customer_order set status = $2 where order_id = $1", order.0, to.as_str()).execute(&mut *tx).await?;
    log_transition(tx, row.buyer, order, Some(row.status), to, cause).await?;
    Ok(true)
}

async fn log_transition(
    tx: &mut PgConnection,
    buyer: BuyerId,
    order: OrderId,
    from: Option<OrderStatus>,
    to: OrderStatus,
    cause: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into order_transition (buyer_id, order_id, from_status, to_status, cause) values ($1, $2, $3, $4, $5)",
        buyer.0,
        order.0,
        from.map(OrderStatus::as_str),
        to.as_str(),
        cause,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The order can be paid until then, and no longer.
pub async fn extend(tx: &mut PgConnection, order: OrderId, expires_at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("update customer_order set expires_at = $2 where order_id = $1 and status = 'pending_payment'", order.0, expires_at)
        .execute(tx)
        .await?;
    Ok(())
}

// Reading -----------------------------------------------------------------------------------------------------------

/// What the checkout needs to know of an order it placed.
#[derive(Clone, Debug)]
pub struct OrderFacts {
    pub buyer: BuyerId,
    pub order: OrderId,
    pub number: OrderNumber,
    pub status: OrderStatus,
    pub total: Money,
    pub expires_at: Option<OffsetDateTime>,
    /// The time to pay is over.
    pub is_due: bool,
}

/// None: there is no such order.
pub async fn facts(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Option<OrderFacts>> {
    let row = sqlx::query!(
        r#"select buyer_id as "buyer: BuyerId", number, status as "status: OrderStatus", total, currency, expires_at,
               coalesce(expires_at <= souk.clock(), false) as "is_due!"
           from customer_order where order_id = $1"#,
        order.0,
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(OrderFacts {
        buyer: row.buyer,
        order,
        number: number(row.number)?,
        status: row.status,
        total: Money::new(row.total, currency(&row.currency)?),
        expires_at: row.expires_at,
        is_due: row.is_due,
    }))
}

pub(super) async fn find(
    executor: impl PgExecutor<'_>,
    id: Option<Uuid>,
    number: Option<&OrderNumber>,
    user: Option<UserId>,
    token_hashes: &[Vec<u8>],
) -> sqlx::Result<Option<OrderId>> {
    sqlx::query_scalar!(
        r#"select order_id as "order: OrderId" from order_directory
           where (order_id = $1 or number = $2)
             and (buyer_id = (select buyer_id from buyer where user_id = $3)
                  or exists (select from order_claim where order_claim.order_id = order_directory.order_id and user_id = $3)
                  or exists (select from order_token where order_token.order_id = order_directory.order_id
                             and token_hash = any ($4) and (expires_at is null or expires_at > souk.clock())))"#,
        id,
        number.map(OrderNumber::as_str),
        user.map(|user| user.0),
        token_hashes,
    )
    .fetch_optional(executor)
    .await
}

/// Whether the order is a guest's, in nobody's account, and one of the tokens is its buyer's own: those of links end.
pub(super) async fn can_claim(executor: impl PgExecutor<'_>, order: OrderId, token_hashes: &[Vec<u8>]) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
               select from order_directory join buyer using (buyer_id) join order_token using (order_id)
               where order_id = $1 and user_id is null and token_hash = any ($2) and expires_at is null
           ) and not exists (select from order_claim where order_id = $1) as "can_claim!""#,
        order.0,
        token_hashes
    )
    .fetch_one(executor)
    .await
}

/// Puts an order into an account, unless it is in one already.
pub(super) async fn claim(executor: impl PgExecutor<'_>, order: OrderId, user: UserId) -> sqlx::Result<bool> {
    let claimed = sqlx::query!("insert into order_claim (order_id, user_id) values ($1, $2) on conflict do nothing", order.0, user.0);
    Ok(claimed.execute(executor).await?.rows_affected() == 1)
}

/// Puts the guests' orders of an e-mail address into an account, except those that are in one already. Returns how many.
pub(super) async fn claim_all(tx: &mut PgConnection, email: &str, user: UserId) -> sqlx::Result<u64> {
    let claimed = sqlx::query!(
        "insert into order_claim (order_id, user_id)
        select order_id, $2 from customer_order join buyer using (buyer_id)
        where lower(customer_order.email) = lower($1) and buyer.user_id is null
        on conflict do nothing",
        email,
        user.0
    )
    .execute(tx)
    .await?;
    Ok(claimed.rows_affected())
}

/// The history, newest first, each with the moment that its cursor is made of.
pub(super) async fn summaries(
    executor: impl PgExecutor<'_>,
    user: Option<UserId>,
    token_hashes: &[Vec<u8>],
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<(OffsetDateTime, OrderSummary)>> {
    let rows = sqlx::query!(
        r#"select o.order_id as "id: OrderId", o.number, o.status as "status: OrderStatus", o.total, o.currency, o.placed_at,
               (select coalesce(sum(quantity), 0)::int from order_line l where (l.buyer_id, l.order_id) = (o.buyer_id, o.order_id)) as "item_count!",
               array(select title from order_line l where (l.buyer_id, l.order_id) = (o.buyer_id, o.order_id) order by l.created_at, l.position)
                   as "titles!"
           from customer_order o
           where o.order_id in (
                   select order_id from customer_order join buyer using (buyer_id) where buyer.user_id = $1
                   union
                   select order_id from order_claim where user_id = $1
                   union
                   select order_id from order_token where token_hash = any ($2) and (expires_at is null or expires_at > souk.clock()))
             and ($3::timestamptz is null or (o.placed_at, o.order_id) < ($3, $4))
           order by o.placed_at desc, o.order_id desc limit $5"#,
        user.map(|user| user.0),
        token_hashes,
        after.map(|cursor| cursor.placed_at),
        after.map(|cursor| cursor.order.0),
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            let summary = OrderSummary {
                id: row.id,
                number: number(row.number)?,
                status: row.status,
                total: Money::new(row.total, currency(&row.currency)?),
                placed_at: super::view::rfc3339(row.placed_at),
                item_count: row.item_count.unsigned_abs(),
                titles: row.titles,
            };
            Ok((row.placed_at, summary))
        })
        .collect()
}

pub(super) fn currency(code: &str) -> sqlx::Result<Currency> {
    code.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

pub(super) fn number(text: String) -> sqlx::Result<OrderNumber> {
    OrderNumber::try_from(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

pub(super) struct OrderRow {
    pub(super) number: String,
    pub(super) status: OrderStatus,
    pub(super) email: String,
    pub(super) currency: String,
    pub(super) subtotal: i64,
    pub(super) discount: i64,
    pub(super) coupon_code: Option<String>,
    pub(super) shipping: i64,
    pub(super) tax: i64,
    pub(super) tax_included: bool,
    pub(super) total: i64,
    pub(super) ship_name: String,
    pub(super) ship_line1: String,
    pub(super) ship_line2: Option<String>,
    pub(super) ship_city: String,
    pub(super) ship_region: Option<String>,
    pub(super) ship_postal_code: String,
    pub(super) ship_country: String,
    pub(super) placed_at: OffsetDateTime,
    pub(super) expires_at: Option<OffsetDateTime>,
    pub(super) payment_id: Uuid,
    pub(super) payment_status: domain::payments::PaymentStatus,
    pub(super) client_secret: Option<String>,
}

/// The order with its payment: one read of both, because the page of an order shows both as of one moment.
pub(super) async fn order_row(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as!(
        OrderRow,
        r#"select o.number, o.status as "status: _", o.email, o.currency, o.subtotal, o.discount, o.coupon_code, o.shipping, o.tax, o.tax_included, o.total,
               o.ship_name, o.ship_line1, o.ship_line2, o.ship_city, o.ship_region, o.ship_postal_code, o.ship_country, o.placed_at,
               o.expires_at, p.payment_id, p.status as "payment_status: _",
               (select client_secret from payable where payable.payment_id = p.payment_id and state = 'open') as client_secret
           from customer_order o join payment p using (buyer_id, order_id)
           where o.order_id = $1"#,
        order.0,
    )
    .fetch_optional(executor)
    .await
}

pub(super) struct PartRow {
    pub(super) id: Uuid,
    pub(super) seller_slug: String,
    pub(super) seller_name: String,
    pub(super) status: domain::orders::SellerOrderStatus,
    pub(super) shipping_label: String,
    pub(super) delivery_from: String,
    pub(super) delivery_to: String,
    pub(super) goods: i64,
    pub(super) shipping: i64,
    pub(super) discount: i64,
    pub(super) tax: i64,
    pub(super) total: i64,
}

pub(super) async fn part_rows(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Vec<PartRow>> {
    sqlx::query_as!(
        PartRow,
        r#"select seller_order_id as id, seller_slug, seller_name, status as "status: _", shipping_label,
               delivery_from::text as "delivery_from!", delivery_to::text as "delivery_to!", goods, shipping, discount, tax, total
           from seller_order where order_id = $1 order by seller_order_id"#,
        order.0,
    )
    .fetch_all(executor)
    .await
}

pub(super) struct LineRow {
    pub(super) part: Uuid,
    pub(super) id: Uuid,
    pub(super) variant: Option<Uuid>,
    pub(super) product_slug: Option<String>,
    pub(super) title: String,
    pub(super) options: Json<std::collections::BTreeMap<String, String>>,
    pub(super) image: Option<Json<domain::catalog::ImageView>>,
    pub(super) quantity: i32,
    pub(super) unit_price: i64,
    pub(super) total: i64,
    pub(super) discount: i64,
}

pub(super) async fn line_rows(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Vec<LineRow>> {
    sqlx::query_as!(
        LineRow,
        r#"select seller_order_id as part, order_line_id as id, variant_id as variant, product_slug, title, options as "options: _",
               image as "image: _", quantity, unit_price, total, discount
           from order_line where order_id = $1 order by seller_order_id, position"#,
        order.0,
    )
    .fetch_all(executor)
    .await
}

pub(super) struct ShipmentRow {
    pub(super) part: Uuid,
    pub(super) id: Uuid,
    pub(super) carrier: String,
    pub(super) tracking_number: String,
    pub(super) tracking_url: Option<String>,
    pub(super) shipped_at: OffsetDateTime,
}

pub(super) async fn shipment_rows(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Vec<ShipmentRow>> {
    sqlx::query_as!(
        ShipmentRow,
        "select seller_order_id as part, shipment_id as id, carrier, tracking_number, tracking_url, shipped_at
         from shipment where order_id = $1 order by shipped_at",
        order.0,
    )
    .fetch_all(executor)
    .await
}

/// Something that happened: an order's or a payment's new state, or a failed try to pay.
pub(super) struct MomentRow {
    pub(super) at: OffsetDateTime,
    pub(super) kind: String,
    pub(super) state: String,
}

pub(super) async fn moments(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Vec<MomentRow>> {
    sqlx::query_as!(
        MomentRow,
        r#"select created_at as "at!", kind as "kind!", to_status as "state!" from order_transition where order_id = $1
           union all
           select created_at, kind, to_status from payment_transition where order_id = $1
           union all
           select updated_at, 'attempt', status from payment_attempt where order_id = $1 and status = 'failed' and error_code <> 'canceled'
           order by 1"#,
        order.0,
    )
    .fetch_all(executor)
    .await
}

pub(super) struct ErrorRow {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) retryable: bool,
}

/// How the newest try failed, if it did.
pub(super) async fn last_error(executor: impl PgExecutor<'_>, order: OrderId) -> sqlx::Result<Option<ErrorRow>> {
    sqlx::query_as!(
        ErrorRow,
        "select error_code as code, error_message as message, error_retryable as retryable from (
             select status, error_code, error_message, error_retryable from payment_attempt where order_id = $1
             order by created_at desc, payment_attempt_id desc limit 1
         ) as newest where status = 'failed' and error_code <> 'canceled'",
        order.0,
    )
    .fetch_optional(executor)
    .await
}

// Tokens ------------------------------------------------------------------------------------------------------------

pub(super) async fn insert_token(executor: impl PgExecutor<'_>, hash: &[u8], order: OrderId, days: Option<i32>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into order_token (token_hash, buyer_id, order_id, expires_at)
         select $1, buyer_id, order_id, souk.clock() + make_interval(days => $3) from order_directory where order_id = $2",
        hash,
        order.0,
        days,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Has the link open the order until so many days after it was placed. False: they are over.
pub(super) async fn ensure_link(executor: impl PgExecutor<'_>, hash: &[u8], order: OrderId, days: i32) -> sqlx::Result<bool> {
    let is_open = sqlx::query_scalar!(
        r#"with wanted as (
               select buyer_id, order_id, created_at + make_interval(days => $3) as expires_at from order_directory where order_id = $2
           ), made as (
               insert into order_link (token_hash, buyer_id, order_id, expires_at)
               select $1, buyer_id, order_id, expires_at from wanted where expires_at > souk.clock()
               on conflict (token_hash) do nothing
           )
           select expires_at > souk.clock() as "is_open!" from wanted"#,
        hash,
        order.0,
        days,
    )
    .fetch_optional(executor)
    .await?;
    Ok(is_open.unwrap_or(false))
}

pub(super) async fn open_link(executor: impl PgExecutor<'_>, hash: &[u8]) -> sqlx::Result<Option<OrderId>> {
    sqlx::query_scalar!(r#"select order_id as "order: OrderId" from order_link where token_hash = $1 and expires_at > souk.clock()"#, hash,)
        .fetch_optional(executor)
        .await
}

pub(super) async fn delete_ended_links(db: &PgPool, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from order_link where token_hash in (
             select token_hash from order_link where expires_at <= souk.clock() order by expires_at limit $1
         )",
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// Tokens without an end stay as long as the order.
pub(super) async fn delete_ended_tokens(db: &PgPool, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from order_token where token_hash in (
             select token_hash from order_token where expires_at <= souk.clock() order by expires_at limit $1
         )",
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
