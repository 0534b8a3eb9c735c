use domain::id::{SellerId, ShippingRateId};
use domain::money::{BasisPoints, Currency};
use domain::pricing::TaxRule;
use sqlx::PgConnection;
use uuid::Uuid;

/// One seller's way of shipping to a country.
pub(super) struct Rate {
    pub(super) id: ShippingRateId,
    pub(super) seller: SellerId,
    pub(super) label: String,
    pub(super) amount: i64,
    pub(super) free_from: Option<i64>,
    /// ISO dates, counted from today.
    pub(super) delivery_from: String,
    pub(super) delivery_to: String,
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
               to_char(souk.clock() + make_interval(days => days_from), 'YYYY-MM-DD') as "delivery_from!",
               to_char(souk.clock() + make_interval(days => days_to), 'YYYY-MM-DD') as "delivery_to!"
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
