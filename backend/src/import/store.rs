use super::shopify::{Picture, Product, Variant};
use crate::db;
use crate::media::RenderedPicture;
use domain::catalog::{OptionView, Slug};
use domain::id::{CategoryId, ImageId, ProductId, SellerId, VariantId, WarehouseId};
use domain::money::Currency;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Where these products come from, as `import_source` names it.
const SOURCE: &str = "shopify";
/// Slug and name of the category for what nobody has a category for.
const OTHER: (&str, &str) = ("other", "Other");
const OTHER_IN_GERMAN: &str = "Anderes";
/// After all that people have put in order.
const OTHER_POSITION: i32 = 1_000;

// Where products go --------------------------------------------------------------------------------------------------

pub(super) async fn seller(executor: impl PgExecutor<'_>, slug: &str) -> sqlx::Result<Option<(SellerId, String)>> {
    let row =
        sqlx::query!(r#"select seller_id as "id: SellerId", slug from seller where slug = $1"#, slug).fetch_optional(executor).await?;
    Ok(row.map(|row| (row.id, row.slug)))
}

/// The warehouse of this code, or the first.
pub(super) async fn warehouse(executor: impl PgExecutor<'_>, code: Option<&str>) -> sqlx::Result<Option<WarehouseId>> {
    sqlx::query_scalar!(
        r#"select warehouse_id as "id: WarehouseId" from warehouse where code = coalesce($1, code) order by rank, code limit 1"#,
        code
    )
    .fetch_optional(executor)
    .await
}

pub(super) struct KnownCategory {
    pub(super) id: CategoryId,
    pub(super) slug: String,
    pub(super) name: String,
}

/// All of them, narrower ones last, so that of two with one name the narrower is found.
pub(super) async fn categories(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<KnownCategory>> {
    sqlx::query_as!(
        KnownCategory,
        r#"select category_id as "id: CategoryId", slug, name from category order by cardinality(path), position, slug"#
    )
    .fetch_all(executor)
    .await
}

/// Made when it is needed first.
pub(super) async fn other_category(tx: &mut PgConnection) -> sqlx::Result<CategoryId> {
    let id = db::new_id();
    sqlx::query!(
        "insert into category (category_id, slug, name, names, path, position)
        values ($1, $2, $3, jsonb_build_object('de', $5::text), array[$1::uuid], $4)
        on conflict on constraint category_slug_key do nothing",
        id,
        OTHER.0,
        OTHER.1,
        OTHER_POSITION,
        OTHER_IN_GERMAN,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query_scalar!(r#"select category_id as "id: CategoryId" from category where slug = $1"#, OTHER.0).fetch_one(tx).await
}

/// Two runs for one seller take turns, product by product; everybody else's goes on.
pub(super) async fn lock_seller(tx: &mut PgConnection, seller: SellerId) -> sqlx::Result<()> {
    sqlx::query!("select seller_id from seller where seller_id = $1 for no key update", seller.0).fetch_one(tx).await?;
    Ok(())
}

// What is there already ----------------------------------------------------------------------------------------------

/// A product that an earlier run has made.
#[derive(PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: ProductId,
    pub(super) title: String,
    pub(super) description_html: String,
    pub(super) options: Json<Vec<OptionView>>,
    pub(super) status: String,
}

pub(super) async fn known(tx: &mut PgConnection, seller: SellerId, handle: &str) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select product_id as "id: ProductId", title, description_html, options as "options: Json<Vec<OptionView>>", status
        from product
        where product_id = (
            select product_id from import_source where seller_id = $1 and source = $2 and handle = $3
        )
        for no key update"#,
        seller.0,
        SOURCE,
        handle
    )
    .fetch_optional(tx)
    .await
}

pub(super) struct KnownVariant {
    pub(super) id: VariantId,
    pub(super) sku: String,
    pub(super) options: Json<BTreeMap<String, String>>,
    pub(super) weight_grams: i32,
    pub(super) barcode: Option<String>,
    pub(super) measure: Option<String>,
    pub(super) position: i32,
    pub(super) is_withdrawn: bool,
    /// In the file's currency.
    pub(super) amount: Option<i64>,
    pub(super) compare_at: Option<i64>,
}

pub(super) async fn known_variants(tx: &mut PgConnection, product: ProductId, currency: Currency) -> sqlx::Result<Vec<KnownVariant>> {
    sqlx::query_as!(
        KnownVariant,
        r#"select variant.variant_id as "id: VariantId", sku, options as "options: Json<BTreeMap<String, String>>", weight_grams, barcode,
            measure, position, withdrawn_at is not null as "is_withdrawn!", amount as "amount?", compare_at_amount as compare_at
        from variant left join price on price.variant_id = variant.variant_id and currency = $2
        where product_id = $1 order by position, sku"#,
        product.0,
        currency.code()
    )
    .fetch_all(tx)
    .await
}

/// A picture that an earlier run has fetched.
pub(super) struct KnownPicture {
    pub(super) id: ImageId,
    pub(super) source_url: String,
    pub(super) alt: String,
    pub(super) position: i32,
    pub(super) variant_ids: Vec<Uuid>,
}

pub(super) async fn known_pictures(tx: &mut PgConnection, product: ProductId) -> sqlx::Result<Vec<KnownPicture>> {
    sqlx::query_as!(
        KnownPicture,
        r#"select image_id as "id: ImageId", source_url as "source_url!", alt, position, variant_ids
        from image where product_id = $1 and source_url is not null order by image_id"#,
        product.0
    )
    .fetch_all(tx)
    .await
}

/// The addresses of a product's pictures that are there.
pub(super) async fn picture_sources(executor: impl PgExecutor<'_>, seller: SellerId, handle: &str) -> sqlx::Result<HashSet<String>> {
    let sources = sqlx::query_scalar!(
        r#"select source_url as "source_url!" from import_source join image using (product_id)
        where seller_id = $1 and source = $2 and handle = $3 and source_url is not null"#,
        seller.0,
        SOURCE,
        handle
    )
    .fetch_all(executor)
    .await?;
    Ok(sources.into_iter().collect())
}

/// Those of these SKUs that another product of the seller has, with its slug.
pub(super) async fn taken_skus(
    tx: &mut PgConnection,
    seller: SellerId,
    product: Option<ProductId>,
    skus: &[String],
) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "select sku, slug from variant join product using (product_id)
        where variant.seller_id = $1 and product_id is distinct from $2 and sku = any ($3)",
        seller.0,
        product.map(|product| product.0),
        skus
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.sku, row.slug)).collect())
}

// Writing ------------------------------------------------------------------------------------------------------------

/// None, when the slug is somebody's already.
pub(super) async fn insert_product(
    tx: &mut PgConnection,
    seller: SellerId,
    category: CategoryId,
    slug: &Slug,
    product: &Product,
    options: &[OptionView],
    is_offered: bool,
) -> sqlx::Result<Option<ProductId>> {
    sqlx::query_scalar!(
        r#"insert into product (product_id, seller_id, category_id, slug, title, description_html, options, status, published_at)
        values ($1, $2, $3, $4, $5, $6, $7, case when $8 then 'published' else 'draft' end, case when $8 then souk.clock() end)
        on conflict on constraint product_slug_key do nothing
        returning product_id as "id: ProductId""#,
        db::new_id(),
        seller.0,
        category.0,
        slug.as_str(),
        product.title,
        product.description_html.as_deref().unwrap_or_default(),
        Json(options) as _,
        is_offered
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn insert_source(tx: &mut PgConnection, seller: SellerId, handle: &str, product: ProductId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into import_source (seller_id, source, handle, product_id) values ($1, $2, $3, $4)",
        seller.0,
        SOURCE,
        handle,
        product.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The product with a new version, whether it or something that belongs to it was changed.
pub(super) async fn update_product(tx: &mut PgConnection, product: &Known) -> sqlx::Result<()> {
    sqlx::query!(
        "update product set title = $2, description_html = $3, options = $4, status = $5, version = version + 1,
            published_at = case when $5 = 'published' then coalesce(published_at, souk.clock()) else published_at end
        where product_id = $1",
        product.id.0,
        product.title,
        product.description_html,
        Json(&product.options.0) as _,
        product.status
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_variant(
    tx: &mut PgConnection,
    seller: SellerId,
    product: ProductId,
    variant: &Variant,
) -> sqlx::Result<VariantId> {
    let (id, stock_item) = (VariantId(db::new_id()), db::new_id());
    sqlx::query!("insert into stock_item (stock_item_id, kind) values ($1, 'variant')", stock_item).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into variant (variant_id, product_id, seller_id, stock_item_id, sku, options, weight_grams, barcode, measure, position)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        product.0,
        seller.0,
        stock_item,
        variant.sku,
        Json(&variant.options) as _,
        variant.weight_grams.unwrap_or_default(),
        variant.barcode,
        variant.measure,
        variant.position
    )
    .execute(tx)
    .await?;
    Ok(id)
}

/// A weight, a barcode or a measure of which the file does not speak stays.
pub(super) async fn update_variant(tx: &mut PgConnection, id: VariantId, variant: &Variant) -> sqlx::Result<()> {
    sqlx::query!(
        "update variant set sku = $2, options = $3, weight_grams = coalesce($4, weight_grams), barcode = coalesce($5, barcode),
            position = $6, measure = coalesce($7, measure), withdrawn_at = null
        where variant_id = $1",
        id.0,
        variant.sku,
        Json(&variant.options) as _,
        variant.weight_grams,
        variant.barcode,
        variant.position,
        variant.measure
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn withdraw_variants(tx: &mut PgConnection, variants: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("update variant set withdrawn_at = souk.clock() where variant_id = any ($1)", variants).execute(tx).await?;
    Ok(())
}

/// Prices in other currencies stay.
pub(super) async fn set_price(tx: &mut PgConnection, id: VariantId, currency: Currency, variant: &Variant) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into price (variant_id, currency, amount, compare_at_amount) values ($1, $2, $3, $4)
        on conflict (variant_id, currency) do update set amount = excluded.amount, compare_at_amount = excluded.compare_at_amount",
        id.0,
        currency.code(),
        variant.amount,
        variant.compare_at
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The level of a variant that was just made, and the movement that explains it.
pub(super) async fn insert_opening_stock(tx: &mut PgConnection, id: VariantId, warehouse: WarehouseId, quantity: i32) -> sqlx::Result<()> {
    sqlx::query!(
        "with level as (
            insert into stock_level (stock_item_id, warehouse_id, on_hand)
            select stock_item_id, $2, $3 from variant where variant_id = $1 returning stock_item_id, warehouse_id, on_hand
        )
        insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason, note)
        select $4, stock_item_id, warehouse_id, on_hand, 'receive', 'opening stock, imported' from level where on_hand > 0",
        id.0,
        warehouse.0,
        quantity,
        db::new_id()
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_picture(
    tx: &mut PgConnection,
    product: ProductId,
    picture: &Picture,
    alt: &str,
    variants: &[Uuid],
    rendered: &RenderedPicture,
) -> sqlx::Result<()> {
    let widths: Vec<i32> = rendered.widths.iter().map(|width| width.cast_signed()).collect();
    sqlx::query!(
        "insert into image (image_id, product_id, file, widths, width, height, alt, background, position, variant_ids, source_url)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        db::new_id(),
        product.0,
        rendered.hash,
        &widths,
        rendered.width.cast_signed(),
        rendered.height.cast_signed(),
        alt,
        rendered.background,
        picture.position,
        variants,
        picture.url.as_str()
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn update_picture(tx: &mut PgConnection, id: ImageId, alt: &str, position: i32, variants: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("update image set alt = $2, position = $3, variant_ids = $4 where image_id = $1", id.0, alt, position, variants)
        .execute(tx)
        .await?;
    Ok(())
}

/// The rows; their files may be another product's too.
pub(super) async fn delete_pictures(tx: &mut PgConnection, pictures: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("delete from image where image_id = any ($1)", pictures).execute(tx).await?;
    Ok(())
}

/// What the database has against the data, as opposed to a failure of its own: classes 22 and 23.
pub(super) fn objection(error: &anyhow::Error) -> Option<String> {
    let error = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>())?.as_database_error()?;
    let is_objection = error.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"));
    is_objection.then(|| error.constraint().unwrap_or("its type").to_owned())
}
