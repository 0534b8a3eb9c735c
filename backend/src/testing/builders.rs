use super::Shop;
use crate::{accounts, db};
use domain::id::{ProductId, SellerId, StockItemId, UserId, VariantId};
use sqlx::PgPool;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A variant to be sold: its options, price in cents of a dollar, and units in the one warehouse.
#[derive(Clone, Debug, Default)]
pub struct NewVariant {
    pub options: Vec<(&'static str, &'static str)>,
    pub price: i64,
    pub stock: i32,
}

impl NewVariant {
    pub fn new(price: i64, stock: i32) -> Self {
        Self { price, stock, ..Self::default() }
    }

    pub fn option(mut self, name: &'static str, value: &'static str) -> Self {
        self.options.push((name, value));
        self
    }
}

#[derive(Clone, Debug)]
pub struct TestProduct {
    pub id: ProductId,
    pub slug: String,
    pub seller: SellerId,
    pub variants: Vec<VariantId>,
    pub stock_items: Vec<StockItemId>,
}

pub(super) async fn insert_user(db: &PgPool, user: UserId, email: &str) {
    let mut tx = db.begin().await.expect("the test's database answers");
    accounts::insert_user(&mut tx, user, email, "Shopper", "never signs in").await.expect("a fresh address is free");
    tx.commit().await.expect("the test's database answers");
}

impl Shop {
    /// An active seller who keeps 90 % of a sale and ships within the United States for 5 dollars.
    pub async fn seller(&self, slug: &str) -> SellerId {
        let id = SellerId(db::new_id());
        self.run(
            "insert into tax_rule (country, region, rate_basis_points, included) values ('US', '', 0, false) on conflict do nothing",
            |query| query,
        )
        .await;
        self.run(
            "insert into seller (seller_id, slug, name, country, commission_basis_points) values ($1, $2, initcap($2), 'US', 1000)",
            |query| query.bind(id.0).bind(slug.to_owned()),
        )
        .await;
        self.run(
            "insert into shipping_rate (shipping_rate_id, seller_id, label, countries, currency, amount, days_from, days_to, is_default)
            values ($1, $2, 'Standard', '{US}', 'USD', 500, 2, 4, true)",
            |query| query.bind(db::new_id()).bind(id.0),
        )
        .await;
        id
    }

    /// A category below another, or at the top.
    pub async fn category(&self, slug: &str, parent: Option<Uuid>) -> Uuid {
        let id = db::new_id();
        self.run(
            "insert into category (category_id, parent_id, slug, name, path)
            values ($1, $2, $3, initcap($3), coalesce((select path from category where category_id = $2), '{}') || $1)",
            |query| query.bind(id).bind(parent).bind(slug.to_owned()),
        )
        .await;
        id
    }

    /// One published product of a seller and a category of its own.
    pub async fn simple_product(&self, slug: &str, price: i64, stock: i32) -> TestProduct {
        let seller = self.seller(&format!("{slug}-seller")).await;
        let category = self.category(&format!("{slug}-category"), None).await;
        self.product(slug, seller, category, &[NewVariant::new(price, stock)]).await
    }

    /// A published product; its title is the slug in capitals, its stock is in the warehouse `W1`.
    pub async fn product(&self, slug: &str, seller: SellerId, category: Uuid, variants: &[NewVariant]) -> TestProduct {
        let id = ProductId(db::new_id());
        self.run(
            "insert into product (product_id, seller_id, category_id, slug, title, description_html, options, status, published_at)
            values ($1, $2, $3, $4, initcap(replace($4, '-', ' ')), '<p>Well made.</p>', $5, 'published', souk.clock())",
            |query| query.bind(id.0).bind(seller.0).bind(category).bind(slug.to_owned()).bind(Json(options_of(variants))),
        )
        .await;
        let mut product = TestProduct { id, slug: slug.to_owned(), seller, variants: Vec::new(), stock_items: Vec::new() };
        for (position, variant) in variants.iter().enumerate() {
            self.variant(&mut product, position, variant).await;
        }
        product
    }

    async fn variant(&self, product: &mut TestProduct, position: usize, variant: &NewVariant) {
        let (id, stock_item, warehouse) = (VariantId(db::new_id()), StockItemId(db::new_id()), Uuid::from_u128(1));
        let options: BTreeMap<&str, &str> = variant.options.iter().copied().collect();
        self.run(
            "insert into warehouse (warehouse_id, code, name, country) values ($1, 'W1', 'Newark', 'US') on conflict do nothing",
            |query| query.bind(warehouse),
        )
        .await;
        self.run("insert into stock_item (stock_item_id, kind) values ($1, 'variant')", |query| query.bind(stock_item.0)).await;
        self.run(
            "insert into variant (variant_id, product_id, seller_id, stock_item_id, sku, options, weight_grams, position) values ($1, $2, $3, $4, $5, $6, 500, $7)",
            |query| {
                let sku = format!("{}-{position}", product.slug);
                query.bind(id.0).bind(product.id.0).bind(product.seller.0).bind(stock_item.0).bind(sku).bind(Json(options.clone())).bind(position as i32)
            },
        )
        .await;
        self.run("insert into price (variant_id, currency, amount) values ($1, 'USD', $2)", |query| query.bind(id.0).bind(variant.price))
            .await;
        self.run("insert into stock_level (stock_item_id, warehouse_id, on_hand) values ($1, $2, $3)", |query| {
            query.bind(stock_item.0).bind(warehouse).bind(variant.stock)
        })
        .await;
        if variant.stock > 0 {
            self.run(
                "insert into stock_movement (stock_movement_id, stock_item_id, warehouse_id, delta, reason) values ($1, $2, $3, $4, 'receive')",
                |query| query.bind(db::new_id()).bind(stock_item.0).bind(warehouse).bind(variant.stock),
            )
            .await;
        }
        product.variants.push(id);
        product.stock_items.push(stock_item);
    }

    /// Runs a statement that a test needs and no use case offers.
    pub async fn run(
        &self,
        statement: &'static str,
        bind: impl FnOnce(
            sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>,
        ) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) {
        bind(sqlx::query(statement)).execute(&self.handles.db).await.expect("a test's statement is right");
    }
}

fn options_of(variants: &[NewVariant]) -> Vec<serde_json::Value> {
    let pairs: Vec<(&str, &str)> = variants.iter().flat_map(|variant| variant.options.iter().copied()).collect();
    let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| *name).collect();
    let values = |name: &str| -> BTreeSet<&str> { pairs.iter().filter(|(of, _)| *of == name).map(|(_, value)| *value).collect() };
    names.into_iter().map(|name| serde_json::json!({ "name": name, "values": values(name) })).collect()
}
