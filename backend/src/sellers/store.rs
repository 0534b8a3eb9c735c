use domain::id::SellerId;
use domain::sellers::SellerView;
use sqlx::PgExecutor;

pub(super) async fn active(executor: impl PgExecutor<'_>, slug: &str) -> sqlx::Result<Option<SellerView>> {
    sqlx::query_as!(
        SellerView,
        r#"select seller_id as "id: SellerId", slug, name, story, city, country from seller where slug = $1 and status = 'active'"#,
        slug
    )
    .fetch_optional(executor)
    .await
}
