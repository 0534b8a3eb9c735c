use crate::catalog::rating;
use domain::id::SellerId;
use domain::money::{Currency, Money};
use domain::sellers::{DeliveryView, SellerView};
use serde::Deserialize;
use sqlx::PgExecutor;
use sqlx::types::Json;

#[derive(Debug, Deserialize)]
struct DeliveryRow {
    countries: Vec<String>,
    amount: i64,
    free_from: Option<i64>,
    per_kg: i64,
    days_from: u32,
    days_to: u32,
}

impl DeliveryRow {
    fn view(self, currency: Currency) -> DeliveryView {
        DeliveryView {
            countries: self.countries,
            price: Money::new(self.amount, currency),
            free_from: self.free_from.map(|amount| Money::new(amount, currency)),
            per_kg: Some(self.per_kg).filter(|amount| *amount > 0).map(|amount| Money::new(amount, currency)),
            days_from: self.days_from,
            days_to: self.days_to,
        }
    }
}

pub(super) async fn active(executor: impl PgExecutor<'_>, slug: &str, currency: Currency) -> sqlx::Result<Option<SellerView>> {
    let row = sqlx::query!(
        r#"select seller_id as "id: SellerId", slug, name, story, city, country, shipping_policy, returns_policy,
            coalesce((select sum(rating_sum) from product where product.seller_id = seller.seller_id and product.status = 'published'), 0)::bigint as "rating_sum!",
            coalesce((select sum(rating_count) from product where product.seller_id = seller.seller_id and product.status = 'published'), 0)::int as "rating_count!",
            coalesce((
                select jsonb_agg(jsonb_build_object('countries', countries, 'amount', amount, 'free_from', free_from_amount,
                    'per_kg', amount_per_kg, 'days_from', days_from, 'days_to', days_to) order by position, shipping_rate_id)
                from shipping_rate where shipping_rate.seller_id = seller.seller_id and is_default and currency = $2
            ), '[]') as "deliveries!: Json<Vec<DeliveryRow>>"
        from seller where slug = $1 and status = 'active'"#,
        slug,
        currency.code()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| SellerView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        story: row.story,
        city: row.city,
        country: row.country,
        rating: rating(row.rating_sum, row.rating_count),
        shipping_policy: row.shipping_policy,
        returns_policy: row.returns_policy,
        deliveries: row.deliveries.0.into_iter().map(|delivery| delivery.view(currency)).collect(),
    }))
}
