use super::listing::Filters;
use super::picture::Picture;
use domain::catalog::{
    Availability, CategoryRef, CategoryView, DepartmentView, Measure, OptionView, ProductCard, ProductView, Rating, SellerRef, VariantView,
};
use domain::id::{CategoryId, ProductId, SellerId, VariantId};
use domain::language::Language;
use domain::money::{Currency, Money};
use serde::Deserialize;
use sqlx::PgExecutor;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a facet lists at most; more narrows nothing down any more.
const FACET_VALUES_MAX: i64 = 50;

pub(super) async fn categories(executor: impl PgExecutor<'_>, language: Language) -> sqlx::Result<Vec<CategoryView>> {
    let rows = sqlx::query!(
        r#"with own as (
            select category_id, count(*) as products from product join seller using (seller_id)
            where product.status = 'published' and seller.status = 'active' group by category_id
        ), counted as (
            select step as category_id, sum(products)::bigint as products
            from own join category using (category_id), unnest(path) as step group by step
        )
        select category.category_id as "id: CategoryId", slug, coalesce(names ->> $1, name) as "name!",
            coalesce(introductions ->> $1, introductions ->> 'en') as introduction, parent_id as "parent_id: CategoryId", coalesce(products, 0) as "product_count!"
        from category left join counted using (category_id)
        order by (
            select array_agg(ancestor.position order by step.ordinality)
            from unnest(category.path) with ordinality as step (category_id, ordinality)
            join category as ancestor on ancestor.category_id = step.category_id
        ), path"#,
        language.code()
    )
    .fetch_all(executor)
    .await?;
    let views = rows.into_iter().map(|row| CategoryView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        introduction: row.introduction,
        parent_id: row.parent_id,
        product_count: row.product_count as u32,
    });
    Ok(views.collect())
}

/// The topmost categories that have products, each with the first picture of what sells best in it and has one.
pub(super) async fn departments(executor: impl PgExecutor<'_>, language: Language) -> sqlx::Result<Vec<DepartmentView>> {
    let rows = sqlx::query!(
        r#"with own as (
            select category.path[1] as department_id, product_id, row_number() over (
                partition by category.path[1]
                order by (exists (select from image where image.product_id = product.product_id)) desc, units_sold desc, published_at desc, product_id desc
            ) as place, count(*) over (partition by category.path[1]) as products
            from product join category using (category_id) join seller using (seller_id)
            where product.status = 'published' and seller.status = 'active'
        )
        select category.category_id as "id: CategoryId", category.slug, coalesce(category.names ->> $1, category.name) as "name!",
            coalesce(category.introductions ->> $1, category.introductions ->> 'en') as introduction, products as "products!", (
                select jsonb_build_object('file', file, 'widths', widths, 'width', width, 'height', height, 'alt', alt, 'background', background)
                from image where image.product_id = own.product_id order by image.position, image_id limit 1
            ) as "picture: Json<Picture>"
        from own join category on category.category_id = own.department_id
        where place = 1 order by category.position, category.path"#,
        language.code()
    )
    .fetch_all(executor)
    .await?;
    let views = rows.into_iter().map(|row| DepartmentView {
        category: CategoryView {
            id: row.id,
            slug: row.slug,
            name: row.name,
            introduction: row.introduction,
            parent_id: None,
            product_count: row.products as u32,
        },
        image: row.picture.map(|picture| picture.0.view()),
    });
    Ok(views.collect())
}

pub(super) async fn sellers(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<SellerRef>> {
    sqlx::query_as!(
        SellerRef,
        r#"select seller_id as "id: SellerId", slug, name from seller where status = 'active' order by name, slug limit 24"#
    )
    .fetch_all(executor)
    .await
}

// Products ----------------------------------------------------------------------------------------------------------

#[derive(Debug, Deserialize)]
struct VariantRow {
    id: VariantId,
    sku: String,
    options: BTreeMap<String, String>,
    amount: i64,
    compare_at: Option<i64>,
    measure: Option<String>,
    available: i64,
}

impl VariantRow {
    fn view(self, currency: Currency) -> VariantView {
        let available = u32::try_from(self.available.max(0)).unwrap_or(u32::MAX);
        let price = Money::new(self.amount, currency);
        // The database keeps nothing that is no measure.
        let measure = self.measure.and_then(|measure| measure.parse::<Measure>().ok());
        let unit_price = measure.and_then(|measure| measure.unit_price(price));
        VariantView {
            id: self.id,
            sku: self.sku,
            options: self.options,
            price,
            compare_at_price: self.compare_at.map(|amount| Money::new(amount, currency)),
            unit_price: unit_price.map(|price| price.amount),
            unit: unit_price.map(|price| price.per.symbol().to_owned()),
            availability: Availability::of(available),
            available,
        }
    }
}

/// One statement: a product page is asked for more often than anything else.
pub(super) async fn product(
    executor: impl PgExecutor<'_>,
    id: Option<ProductId>,
    slug: &str,
    currency: Currency,
    language: Language,
) -> sqlx::Result<Option<ProductView>> {
    let row = sqlx::query!(
        r#"select product_id as "id: ProductId", product.slug, title, description_html, product.options as "options: Json<Vec<OptionView>>",
            rating_sum, rating_count, seller.seller_id as "seller_id: SellerId", seller.slug as seller_slug, seller.name as seller_name,
            category.slug as category_slug, coalesce(category.names ->> $4, category.name) as "category_name!", (
                select jsonb_build_object('slug', department.slug, 'name', coalesce(department.names ->> $4, department.name))
                from category as department
                where department.category_id = category.path[1] and department.category_id <> category.category_id
            ) as "department: Json<CategoryRef>",
            coalesce((
                select jsonb_agg(jsonb_build_object('id', variant.variant_id, 'sku', sku, 'options', variant.options, 'amount', amount,
                    'compare_at', compare_at_amount, 'measure', measure, 'available', coalesce((
                        select sum(on_hand - allocated - held) from stock_level where stock_level.stock_item_id = variant.stock_item_id
                    ), 0)) order by variant.position, sku)
                from variant join price on price.variant_id = variant.variant_id and price.currency = $3
                where variant.product_id = product.product_id and withdrawn_at is null
            ), '[]') as "variants!: Json<Vec<VariantRow>>",
            coalesce((
                select jsonb_agg(jsonb_build_object('file', file, 'widths', widths, 'width', width, 'height', height, 'alt', alt,
                    'background', background, 'variant_ids', variant_ids) order by image.position, image_id)
                from image where image.product_id = product.product_id
            ), '[]') as "images!: Json<Vec<Picture>>"
        from product
        join seller using (seller_id)
        join category using (category_id)
        where product.product_id = coalesce($1, (select product_id from product where slug = $2))
            and product.status = 'published' and seller.status = 'active'"#,
        id.map(|id| id.0),
        slug,
        currency.code(),
        language.code()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| ProductView {
        id: row.id,
        slug: row.slug,
        title: row.title,
        description_html: row.description_html,
        options: row.options.0,
        variants: row.variants.0.into_iter().map(|variant| variant.view(currency)).collect(),
        images: row.images.0.into_iter().map(Picture::view).collect(),
        seller: SellerRef { id: row.seller_id, slug: row.seller_slug, name: row.seller_name },
        category: CategoryRef { slug: row.category_slug, name: row.category_name },
        department: row.department.map(|department| department.0),
        rating: rating(row.rating_sum, row.rating_count),
    }))
}

/// How many of each variant can be had.
pub(super) async fn inventory(executor: impl PgExecutor<'_>, product: ProductId) -> sqlx::Result<Vec<(VariantId, u32)>> {
    let rows = sqlx::query!(
        r#"select variant_id as "variant: VariantId", coalesce((
                select sum(on_hand - allocated - held) from stock_level where stock_level.stock_item_id = variant.stock_item_id
            ), 0) as "available!"
        from variant join product using (product_id) join seller on seller.seller_id = product.seller_id
        where product_id = $1 and withdrawn_at is null and product.status = 'published' and seller.status = 'active'
        order by variant.position, sku"#,
        product.0
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.variant, u32::try_from(row.available.max(0)).unwrap_or(u32::MAX))).collect())
}

pub(crate) fn rating(sum: i64, count: i32) -> Rating {
    // A sum of stars is far below the limit of what an f32 counts exactly.
    let average = if count == 0 { 0.0 } else { sum as f32 / count as f32 };
    Rating { average: (average * 10.0).round() / 10.0, count: count as u32 }
}

// Cards -------------------------------------------------------------------------------------------------------------

/// A card as SQL hands it over, with its place in the order asked for.
#[derive(Debug, Deserialize)]
pub(super) struct CardRow {
    pub(super) id: ProductId,
    pub(super) rank: i64,
    slug: String,
    title: String,
    seller: SellerRef,
    category: CategoryRef,
    amount: i64,
    amount_max: i64,
    compare_at: Option<i64>,
    rating_sum: i64,
    rating_count: i32,
    image: Option<Picture>,
    in_stock: bool,
    variant_count: u32,
}

impl CardRow {
    pub(super) fn view(self, currency: Currency) -> ProductCard {
        ProductCard {
            id: self.id,
            slug: self.slug,
            title: self.title,
            seller: self.seller,
            category: self.category,
            price: Money::new(self.amount, currency),
            price_max: Money::new(self.amount_max, currency),
            compare_at_price: self.compare_at.map(|amount| Money::new(amount, currency)),
            rating: rating(self.rating_sum, self.rating_count),
            image: self.image.map(Picture::view),
            in_stock: self.in_stock,
            variant_count: self.variant_count,
        }
    }
}

/// The newest products, and those of which most was sold (filled up with the newest).
pub(super) struct HomeRows {
    pub(super) newest: Vec<ProductCard>,
    pub(super) best_selling: Vec<ProductCard>,
}

pub(super) async fn home_rows(executor: impl PgExecutor<'_>, currency: Currency, language: Language, limit: u32) -> sqlx::Result<HomeRows> {
    let rows = sqlx::query!(
        r#"with offered as not materialized (
            select product_id, published_at, units_sold from product join seller using (seller_id)
            where product.status = 'published' and seller.status = 'active' and exists (
                select from variant join price using (variant_id)
                where variant.product_id = product.product_id and withdrawn_at is null and currency = $1
            )
        ), place as (
            select product_id, row_number() over () as newest, null::bigint as best
            from (select product_id from offered order by published_at desc, product_id desc limit $2) as row
            union all
            select product_id, null, row_number() over ()
            from (select product_id from offered order by units_sold desc, published_at desc, product_id desc limit $2) as row
        ), chosen as (
            select product_id, max(newest) as newest, max(best) as best from place group by product_id
        )
        select newest, best, jsonb_build_object('id', product_id, 'rank', 0, 'slug', product.slug, 'title', title,
            'seller', jsonb_build_object('id', seller_id, 'slug', seller.slug, 'name', seller.name),
            'category', jsonb_build_object('slug', category.slug, 'name', coalesce(category.names ->> $3, category.name)),
            'amount', amount, 'amount_max', amount_max, 'compare_at', compare_at_amount, 'rating_sum', rating_sum, 'rating_count', rating_count,
            'image', (
                select jsonb_build_object('file', file, 'widths', widths, 'width', width, 'height', height, 'alt', alt, 'background', background)
                from image where image.product_id = chosen.product_id order by image.position, image_id limit 1
            ),
            'in_stock', exists (
                select from variant join stock_level using (stock_item_id)
                where variant.product_id = chosen.product_id and withdrawn_at is null and on_hand - allocated - held > 0
            ),
            'variant_count', (select count(*) from variant where variant.product_id = chosen.product_id and withdrawn_at is null)
        ) as "card!: Json<CardRow>"
        from chosen join product using (product_id) join seller using (seller_id) join category using (category_id)
        join lateral (
            select amount, compare_at_amount, max(amount) over () as amount_max from variant join price using (variant_id)
            where variant.product_id = chosen.product_id and withdrawn_at is null and currency = $1
            order by amount, variant.position limit 1
        ) as offer on true"#,
        currency.code(),
        i64::from(limit),
        language.code()
    )
    .fetch_all(executor)
    .await?;
    let (mut newest, mut best) = (Vec::new(), Vec::new());
    for row in rows {
        let card = row.card.0.view(currency);
        best.extend(row.best.map(|place| (place, card.clone())));
        newest.extend(row.newest.map(|place| (place, card)));
    }
    let in_order = |mut row: Vec<(i64, ProductCard)>| {
        row.sort_by_key(|(place, _)| *place);
        row.into_iter().map(|(_, card)| card).collect()
    };
    Ok(HomeRows { newest: in_order(newest), best_selling: in_order(best) })
}

// Listing -----------------------------------------------------------------------------------------------------------

/// What the slugs of a listing mean: the category and its descendants, and the seller.
pub(super) async fn resolve(
    executor: impl PgExecutor<'_>,
    category: Option<&str>,
    seller: Option<&str>,
) -> sqlx::Result<(Vec<Uuid>, Option<Uuid>)> {
    let row = sqlx::query!(
        r#"select array(
                select own.category_id from category as asked join category as own on asked.category_id = any (own.path) where asked.slug = $1
            ) as "categories!",
            (select seller_id from seller where slug = $2 and status = 'active') as seller"#,
        category,
        seller
    )
    .fetch_one(executor)
    .await?;
    Ok((row.categories, row.seller))
}

#[derive(Debug, Deserialize)]
pub(super) struct CountRow {
    pub(super) field: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) within: Option<String>,
    pub(super) count: u32,
}

/// A page of products, how many there are in all, and how many each further filter would leave.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) total: i64,
    pub(super) cards: Json<Vec<CardRow>>,
    pub(super) counts: Json<Vec<CountRow>>,
    /// Products at any price, and the bounds of their prices.
    pub(super) priced: i64,
    pub(super) price_min: Option<i64>,
    pub(super) price_max: Option<i64>,
}

/// Each offer (a variant with its price) knows which filters it fails. One that fails none is found; one that fails only
/// the filter of a facet counts for that facet's values: what choosing them instead would leave.
pub(super) async fn search(executor: impl PgExecutor<'_>, filters: &Filters) -> sqlx::Result<Found> {
    sqlx::query_as!(
        Found,
        r#"with matching as materialized (
            select product.product_id, product.seller_id, product.category_id, product.published_at, product.rating_sum,
                product.rating_count, product.units_sold, (
                    select count(*) from unnest($2::text[]) as word where product.title ilike word
                ) as title_words
            from product
            join seller using (seller_id)
            join category using (category_id)
            where product.status = 'published' and seller.status = 'active' and not exists (
                select from unnest($2::text[]) as word
                where concat_ws(' ', product.title, seller.name, category.name, category.names ->> $15, regexp_replace(product.description_html, '<[^>]*>', ' ', 'g'))
                    not ilike word
            )
        ), offer as materialized (
            select matching.product_id, matching.seller_id, matching.category_id, variant.variant_id, variant.options, variant.position,
                amount, compare_at_amount, coalesce(stock.available, 0) > 0 as available,
                array_remove(array[
                    case when cardinality($3::uuid[]) > 0 and category_id <> all ($3) then 'category' end,
                    case when matching.seller_id <> $4 then 'seller' end,
                    case when amount < $5 or amount > $6 then 'price' end,
                    case when rating_sum < $7::int * rating_count or rating_count = 0 and $7 is not null then 'min_rating' end,
                    case when $8 and coalesce(stock.available, 0) <= 0 then 'in_stock' end
                ], null) || array(
                    select 'option.' || wanted.key from jsonb_each($9::jsonb) as wanted
                    where not exists (
                        select from jsonb_each_text(variant.options) as own
                        where replace(lower(own.key), ' ', '_') = wanted.key and wanted.value ? lower(own.value)
                    )
                ) as failed
            from matching
            join variant using (product_id)
            join price on price.variant_id = variant.variant_id and price.currency = $1
            left join lateral (
                select sum(on_hand - allocated - held) as available from stock_level where stock_level.stock_item_id = variant.stock_item_id
            ) as stock on true
            where variant.withdrawn_at is null
        ), found as materialized (
            select distinct on (product_id) product_id, amount, compare_at_amount from offer where failed = '{}'
            order by product_id, amount, position
        ), page as (
            select matching.*, found.amount, found.compare_at_amount, case $10
                when 'price_asc' then found.amount
                when 'price_desc' then - found.amount
                when 'newest' then - (extract(epoch from published_at) * 1000000)::bigint
                when 'rating' then - (rating_sum * 1000 / greatest(rating_count, 1))
                else - (title_words * 1000000000 + least(units_sold, 999999999))
            end as rank
            from found join matching using (product_id)
        ), cards as (
            select page.*, jsonb_build_object('id', product_id, 'rank', rank, 'slug', product.slug, 'title', product.title,
                'seller', jsonb_build_object('id', seller.seller_id, 'slug', seller.slug, 'name', seller.name),
                'category', jsonb_build_object('slug', category.slug, 'name', coalesce(category.names ->> $15, category.name)),
                'amount', amount, 'compare_at', compare_at_amount, 'rating_sum', page.rating_sum, 'rating_count', page.rating_count,
                'image', (
                    select jsonb_build_object('file', file, 'widths', widths, 'width', width, 'height', height, 'alt', alt, 'background', background)
                    from image where image.product_id = page.product_id order by image.position, image_id limit 1
                ),
                'in_stock', (select bool_or(offer.available) from offer where offer.product_id = page.product_id),
                'amount_max', (select max(offer.amount) from offer where offer.product_id = page.product_id),
                'variant_count', (select count(*) from variant where variant.product_id = page.product_id and withdrawn_at is null)
            ) as card
            from (
                select * from page where $11::bigint is null or (rank, product_id) > ($11, $12::uuid) order by rank, product_id limit $13
            ) as page
            join product using (product_id)
            join seller on seller.seller_id = page.seller_id
            join category on category.category_id = page.category_id
        ), counts as (
            select 'category' as field, 'Category' as name, category.slug as value, coalesce(category.names ->> $15, category.name) as label, (
                select slug from category as above where above.category_id = category.parent_id
            ) as within, count(distinct product_id) as count
            from offer join category as own using (category_id) join category on category.category_id = any (own.path)
            where failed <@ '{category}' group by category.category_id
            union all
            select 'seller', 'Seller', seller.slug, seller.name, null, count(distinct product_id)
            from offer join seller using (seller_id) where failed <@ '{seller}' group by seller.seller_id
            union all
            select 'option.' || replace(lower(own.key), ' ', '_'), min(own.key), min(own.value), min(own.value), null, count(distinct product_id)
            from offer, jsonb_each_text(offer.options) as own
            where failed <@ array['option.' || replace(lower(own.key), ' ', '_')]
            group by replace(lower(own.key), ' ', '_'), lower(own.value)
            union all
            select 'in_stock', 'Availability', 'true', 'In stock', null, count(distinct product_id)
            from offer where failed <@ '{in_stock}' and available having count(*) > 0
            union all
            select 'min_rating', 'Rating', stars::text, stars || ' and up', null, count(distinct product_id)
            from offer join matching using (product_id), generate_series(1, 4) as stars
            where failed <@ '{min_rating}' and rating_count > 0 and rating_sum >= stars * rating_count group by stars
        ), numbered as (
            select *, row_number() over (partition by field order by count desc, label) as place from counts
        )
        select (select count(*) from found) as "total!",
            coalesce((select jsonb_agg(card order by rank, product_id) from cards), '[]') as "cards!: Json<Vec<CardRow>>",
            coalesce((
                select jsonb_agg(jsonb_build_object('field', field, 'name', name, 'value', value, 'label', label, 'within', within, 'count', count)
                    order by field, count desc, label)
                from numbered where place <= $14
            ), '[]') as "counts!: Json<Vec<CountRow>>",
            (select count(distinct product_id) from offer where failed <@ '{price}') as "priced!",
            (select min(amount) from offer where failed <@ '{price}') as price_min,
            (select max(amount) from offer where failed <@ '{price}') as price_max"#,
        filters.currency.code(),
        &filters.words,
        &filters.categories,
        filters.seller,
        filters.min_price,
        filters.max_price,
        filters.min_rating,
        filters.in_stock,
        Json(&filters.options) as _,
        filters.order,
        filters.after.map(|cursor| cursor.rank),
        filters.after.map(|cursor| cursor.product.0),
        filters.limit,
        FACET_VALUES_MAX,
        filters.language.code()
    )
    .fetch_one(executor)
    .await
}

/// Adds to each product what was sold of its variants; products in key order, as everybody locks them.
pub(super) async fn count_sold(tx: &mut sqlx::PgConnection, variants: &[Uuid], quantities: &[i32]) -> sqlx::Result<()> {
    sqlx::query!(
        "with sold as (
             select variant.product_id, sum(line.quantity) as quantity
             from unnest($1::uuid[], $2::int[]) as line (variant_id, quantity) join variant using (variant_id)
             group by variant.product_id
         ), locked as (
             select product_id from product where product_id in (select product_id from sold) order by product_id for no key update
         )
         update product set units_sold = units_sold + sold.quantity from sold join locked using (product_id)
         where product.product_id = sold.product_id",
        variants,
        quantities
    )
    .execute(tx)
    .await?;
    Ok(())
}
