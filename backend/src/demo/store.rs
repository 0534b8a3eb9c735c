use super::catalogue::{Category, Coupon, Picture, Product, Review, Seller, Shipping, Tax, TaxMode, Variant, Warehouse, plain_text};
use crate::accounts;
use crate::db;
use crate::media::RenderedPicture;
use domain::id::{ProductId, SellerId, UserId, VariantId};
use serde_json::json;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Any number that nothing else locks by.
const SEED_LOCK: i64 = 0x736f_756b;

/// Tells the planner what there is now: autovacuum would only come to it after a minute, and to tables of a few rows never.
pub(super) async fn analyze(executor: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("analyze category, seller, product, variant, price, image, stock_item, stock_level, review").execute(executor).await?;
    Ok(())
}

pub(super) async fn lock(tx: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock($1)", SEED_LOCK).execute(tx).await?;
    Ok(())
}

pub(super) async fn has_sellers(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from seller) as "exists!""#).fetch_one(executor).await
}

/// The pictures that were drawn, each with its widths: what came from elsewhere cannot be drawn again.
pub(super) async fn pictures(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<(String, Vec<i32>)>> {
    let rows = sqlx::query!("select file, widths from image where source_url is null").fetch_all(executor).await?;
    Ok(rows.into_iter().map(|row| (row.file, row.widths)).collect())
}

/// A person with a password. One that is there already stays as it is.
pub(super) async fn insert_user(tx: &mut PgConnection, email: &str, name: &str, is_admin: bool, hash: &str) -> sqlx::Result<UserId> {
    let known = sqlx::query_scalar!(r#"select user_id as "id: UserId" from app_user where lower(email) = lower($1)"#, email)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(user) = known {
        return Ok(user);
    }
    let user = UserId(db::new_id());
    accounts::insert_user(tx, user, email, name, hash).await?;
    sqlx::query!("update app_user set is_admin = $2, email_verified_at = souk.clock() where user_id = $1", user.0, is_admin)
        .execute(tx)
        .await?;
    Ok(user)
}

pub(super) async fn insert_warehouse(tx: &mut PgConnection, warehouse: &Warehouse, rank: i32) -> sqlx::Result<Uuid> {
    sqlx::query_scalar!(
        "insert into warehouse (warehouse_id, code, name, country, region, latitude, longitude, rank) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict on constraint warehouse_code_key do update set name = excluded.name returning warehouse_id",
        db::new_id(),
        warehouse.code,
        warehouse.name,
        warehouse.country,
        warehouse.region,
        warehouse.latitude,
        warehouse.longitude,
        rank
    )
    .fetch_one(tx)
    .await
}

pub(super) async fn insert_tax(tx: &mut PgConnection, tax: &Tax) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into tax_rule (country, region, rate_basis_points, included) values ($1, $2, $3, $4) on conflict do nothing",
        tax.country,
        tax.region.as_deref().unwrap_or_default(),
        tax.rate_basis_points,
        tax.mode == TaxMode::Included
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// False: there is no such seller.
pub(super) async fn insert_coupon(tx: &mut PgConnection, coupon: &Coupon) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into coupon (coupon_id, code, label, funded_by, seller_id, item_basis_points, order_basis_points, order_amount,
             free_shipping, min_goods, currency, uses_max, uses_per_buyer_max)
         select $1, $2, $3, $4, seller_id, $6, $7, $8, $9, $10, $11, $12, $13
         from (select $5::text as slug) wanted left join seller using (slug) where wanted.slug is null or seller_id is not null",
        db::new_id(),
        coupon.code,
        coupon.label,
        coupon.funded_by,
        coupon.seller,
        coupon.item_basis_points,
        coupon.order_basis_points,
        coupon.order_amount,
        coupon.free_shipping,
        coupon.min_goods,
        coupon.currency,
        coupon.uses_max,
        coupon.uses_per_buyer_max,
    );
    Ok(inserted.execute(tx).await?.rows_affected() == 1)
}

pub(super) async fn insert_category(tx: &mut PgConnection, id: Uuid, category: &Category, path: &[Uuid]) -> sqlx::Result<()> {
    let parent = path.len().checked_sub(2).map(|place| path[place]);
    sqlx::query!(
        "insert into category (category_id, parent_id, slug, name, names, introductions, path, position) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        parent,
        category.slug,
        category.name,
        Json(&category.names) as _,
        Json(&category.introductions) as _,
        path,
        category.position
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_seller(tx: &mut PgConnection, seller: &Seller) -> sqlx::Result<SellerId> {
    let id = SellerId(db::new_id());
    sqlx::query!(
        "insert into seller (seller_id, slug, name, story, city, country, shipping_policy, returns_policy, commission_basis_points)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        seller.slug,
        seller.name,
        seller.whole_story(),
        seller.city,
        seller.country,
        plain_text(&seller.policies.shipping_html),
        plain_text(&seller.policies.returns_html),
        seller.commission_basis_points
    )
    .execute(tx)
    .await?;
    Ok(id)
}

pub(super) async fn insert_owner(tx: &mut PgConnection, user: UserId, seller: SellerId) -> sqlx::Result<()> {
    sqlx::query!("insert into membership (user_id, seller_id, role) values ($1, $2, 'owner')", user.0, seller.0).execute(tx).await?;
    Ok(())
}

/// One row per currency.
pub(super) async fn insert_shipping_rates(tx: &mut PgConnection, seller: SellerId, rate: &Shipping, position: i32) -> sqlx::Result<()> {
    for (currency, amount) in &rate.prices {
        sqlx::query!(
            "insert into shipping_rate (shipping_rate_id, seller_id, label, countries, currency, amount, free_from_amount, days_from, days_to,
                is_default, position, amount_per_kg, grams_max)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            db::new_id(),
            seller.0,
            rate.label,
            &rate.countries,
            currency,
            amount,
            rate.free_from.as_ref().and_then(|amounts| amounts.get(currency)).copied(),
            rate.days_from,
            rate.days_to,
            rate.default,
            position,
            rate.per_kg.get(currency).copied().unwrap_or_default(),
            rate.grams_max
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Published so many days ago as its place among the newest says.
pub(super) async fn insert_product(
    tx: &mut PgConnection,
    seller: SellerId,
    category: Uuid,
    product: &Product,
    description: &str,
) -> sqlx::Result<ProductId> {
    let id = ProductId(db::new_id());
    let options: Vec<_> = product
        .options
        .iter()
        .map(|option| json!({ "name": option.name, "values": option.values.iter().map(|value| &value.value).collect::<Vec<_>>() }))
        .collect();
    sqlx::query!(
        "insert into product (product_id, seller_id, category_id, slug, title, description_html, options, status, published_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'published', souk.clock() - make_interval(days => $8))",
        id.0,
        seller.0,
        category,
        product.slug,
        product.title,
        description,
        Json(options) as _,
        product.newest
    )
    .execute(tx)
    .await?;
    Ok(id)
}

pub(super) async fn insert_variant(
    tx: &mut PgConnection,
    seller: SellerId,
    product: ProductId,
    variant: &Variant,
    options: &BTreeMap<String, String>,
    position: i32,
) -> sqlx::Result<VariantId> {
    let (id, stock_item) = (VariantId(db::new_id()), db::new_id());
    sqlx::query!("insert into stock_item (stock_item_id, kind) values ($1, 'variant')", stock_item).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into variant (variant_id, product_id, seller_id, stock_item_id, sku, options, weight_grams, measure, position)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        product.0,
        seller.0,
        stock_item,
        variant.sku,
        Json(options) as _,
        variant.weight_grams,
        variant.measure,
        position
    )
    .execute(&mut *tx)
    .await?;
    for (currency, price) in &variant.prices {
        sqlx::query!(
            "insert into price (variant_id, currency, amount, compare_at_amount) values ($1, $2, $3, $4)",
            id.0,
            currency,
            price.amount,
            price.compare_at
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(id)
}

/// A level, and the delivery that explains it.
pub(super) async fn insert_stock(
    tx: &mut PgConnection,
    variant: VariantId,
    warehouse: Uuid,
    count: i32,
    actor: UserId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with level as (
            insert into stock_level (stock_item_id, warehouse_id, on_hand)
            select stock_item_id, $2, $3 from variant where variant_id = $1 returning stock_item_id, warehouse_id, on_hand
        )
        insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason, actor_id, note)
        select $4, stock_item_id, warehouse_id, on_hand, 'receive', $5, 'opening stock' from level where on_hand > 0",
        variant.0,
        warehouse,
        count,
        db::new_id(),
        actor.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// False: there is no such product.
pub(super) async fn insert_review(tx: &mut PgConnection, review: &Review) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into review (review_id, product_id, author, rating, title, body, is_verified, written_at)
        select $1, product_id, $3, $4, $5, $6, $7, souk.clock() - make_interval(days => $8) from product where slug = $2",
        db::new_id(),
        review.product,
        review.author,
        review.rating,
        review.title,
        review.body,
        review.verified,
        review.days_ago
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What every product carries of its reviews.
pub(super) async fn count_reviews(tx: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "update product set rating_sum = given.stars, rating_count = given.count
        from (select product_id, sum(rating) as stars, count(*)::int as count from review where hidden_at is null group by 1) as given
        where given.product_id = product.product_id"
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_image(
    tx: &mut PgConnection,
    product: ProductId,
    picture: &Picture,
    rendered: &RenderedPicture,
    variants: &[Uuid],
    position: i32,
) -> sqlx::Result<()> {
    let widths: Vec<i32> = rendered.widths.iter().map(|width| *width as i32).collect();
    sqlx::query!(
        "insert into image (image_id, product_id, file, widths, width, height, alt, background, position, variant_ids)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        db::new_id(),
        product.0,
        rendered.hash,
        &widths,
        rendered.width as i32,
        rendered.height as i32,
        picture.alt,
        rendered.background.to_lowercase(),
        position,
        variants
    )
    .execute(tx)
    .await?;
    Ok(())
}
