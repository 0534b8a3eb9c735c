use domain::id::{CartId, CouponId, OrderId, SellerId, ShippingRateId, UserId};
use domain::money::{BasisPoints, Currency};
use domain::pricing::{Coupon, Standing, TaxRule};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::Date;
use uuid::Uuid;

/// One seller's way of shipping to a country.
pub(super) struct Rate {
    pub(super) id: ShippingRateId,
    pub(super) seller: SellerId,
    pub(super) label: String,
    pub(super) amount: i64,
    pub(super) free_from: Option<i64>,
    pub(super) amount_per_kg: i64,
    pub(super) grams_max: Option<i32>,
    /// Working days until it arrives, at least and at most.
    pub(super) days_from: i32,
    pub(super) days_to: i32,
    pub(super) today: Date,
}

/// The most precise rule of a destination: its region's before its country's.
pub(super) async fn tax_rule(db: &mut PgConnection, country: &str, region: Option<&str>) -> sqlx::Result<Option<TaxRule>> {
    let row = sqlx::query!(
        "select rate_basis_points, included from tax_rule
         where country = $1 and region in ('', coalesce($2, '')) order by region = '' limit 1",
        country,
        region,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| TaxRule { rate: BasisPoints(row.rate_basis_points.unsigned_abs()), included: row.included }))
}

/// What these sellers offer for a country, each seller's default first.
pub(super) async fn shipping_rates(
    db: &mut PgConnection,
    sellers: &[SellerId],
    country: &str,
    currency: Currency,
) -> sqlx::Result<Vec<Rate>> {
    let sellers: Vec<Uuid> = sellers.iter().map(|seller| seller.0).collect();
    sqlx::query_as!(
        Rate,
        r#"select shipping_rate_id as "id: ShippingRateId", seller_id as "seller: SellerId", label, amount, free_from_amount as free_from,
               amount_per_kg, grams_max,
               days_from, days_to, souk.clock()::date as "today!"
           from shipping_rate
           where seller_id = any ($1) and $2 = any (countries) and currency = $3
           order by seller_id, is_default desc, position, shipping_rate_id"#,
        &sellers,
        country,
        currency.code(),
    )
    .fetch_all(db)
    .await
}

// Coupons -----------------------------------------------------------------------------------------------------------

pub(super) async fn coupon_by_code(executor: impl PgExecutor<'_>, code: &str) -> sqlx::Result<Option<Coupon>> {
    let facts = sqlx::query_scalar!(r#"select facts as "facts!: Json<Coupon>" from coupon_now where code = $1"#, code);
    Ok(facts.fetch_optional(executor).await?.map(|facts| facts.0))
}

/// How the coupon stands, for the rest of the transaction. Carts may point at it meanwhile: their key lock passes this one.
pub(super) async fn lock_coupon(tx: &mut PgConnection, coupon: CouponId) -> sqlx::Result<Standing> {
    sqlx::query!("select coupon_id from coupon where coupon_id = $1 for no key update", coupon.0).fetch_one(&mut *tx).await?;
    let facts = sqlx::query_scalar!(r#"select facts as "facts!: Json<Coupon>" from coupon_now where coupon_id = $1"#, coupon.0);
    Ok(facts.fetch_one(tx).await?.0.standing)
}

/// Whether the buyer has a use left, as an account or by the e-mail address. What an open order of `cart` uses does not count
/// against it.
pub(super) async fn may_buyer_use(
    executor: impl PgExecutor<'_>,
    coupon: CouponId,
    cart: CartId,
    user: Option<UserId>,
    email: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select uses_per_buyer_max is null or uses_per_buyer_max > (
               select count(*) from (
                   select order_id from coupon_use
                   where coupon_id = $1 and given_back_at is null and email_hash = sha256(convert_to(lower($4), 'UTF8'))
                   union
                   select order_id from coupon_use
                   where coupon_id = $1 and given_back_at is null and buyer_id = (select buyer_id from buyer where user_id = $3)
               ) used
               where not exists (
                   select from customer_order where customer_order.order_id = used.order_id and status = 'pending_payment' and cart_id = $2
               )
           ) as "may!"
           from coupon where coupon_id = $1"#,
        coupon.0,
        cart.0,
        user.map(|user| user.0),
        email,
    )
    .fetch_one(executor)
    .await
}

/// Whether the order's buyer has a use left; the order itself has taken none yet.
pub(super) async fn may_order_use(tx: &mut PgConnection, coupon: CouponId, order: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select uses_per_buyer_max is null or uses_per_buyer_max > (
               select count(*) from (
                   select order_id from coupon_use
                   where coupon_id = $1 and given_back_at is null and email_hash = sha256(convert_to(lower(own.email), 'UTF8'))
                   union
                   select order_id from coupon_use where coupon_id = $1 and given_back_at is null and buyer_id = own.buyer_id
               ) used
           ) as "may!"
           from coupon, customer_order own where coupon_id = $1 and own.order_id = $2"#,
        coupon.0,
        order.0,
    )
    .fetch_one(tx)
    .await
}

pub(super) async fn use_coupon(tx: &mut PgConnection, coupon: CouponId, order: OrderId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into coupon_use (order_id, coupon_id, buyer_id, email_hash)
         select order_id, $2, buyer_id, sha256(convert_to(lower(email), 'UTF8')) from customer_order where order_id = $1",
        order.0,
        coupon.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("update coupon set uses = uses + 1 where coupon_id = $1", coupon.0).execute(tx).await?;
    Ok(())
}

pub(super) async fn give_coupon_back(tx: &mut PgConnection, order: OrderId) -> sqlx::Result<()> {
    sqlx::query!(
        "with given_back as (
             update coupon_use set given_back_at = souk.clock() where order_id = $1 and given_back_at is null returning coupon_id
         )
         update coupon set uses = uses - 1 from given_back where coupon.coupon_id = given_back.coupon_id",
        order.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}
