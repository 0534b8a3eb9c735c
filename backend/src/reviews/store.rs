use domain::id::ProductId;
use domain::reviews::{ReviewView, ReviewsView, STARS_MAX};
use sqlx::PgExecutor;
use sqlx::types::Json;

/// One statement: the product page asks for it each time.
pub(super) async fn of_product(executor: impl PgExecutor<'_>, product: ProductId, limit: u32) -> sqlx::Result<ReviewsView> {
    let row = sqlx::query!(
        r#"with shown as materialized (
            select * from review where product_id = $1 and hidden_at is null order by written_at desc, review_id desc
        )
        select array(
                select count(shown.rating) from generate_series(1, $2::int) as stars left join shown on shown.rating = stars
                group by stars order by stars
            ) as "counts!",
            array(
                select jsonb_build_object('author', author, 'rating', rating, 'title', title, 'body', body, 'is_verified', is_verified,
                    'written_on', to_char(written_at at time zone 'UTC', 'YYYY-MM-DD'))
                from shown limit $3
            ) as "newest!: Vec<Json<ReviewView>>""#,
        product.0,
        i32::from(STARS_MAX),
        i64::from(limit)
    )
    .fetch_one(executor)
    .await?;
    let mut counts = [0; STARS_MAX as usize];
    for (count, counted) in counts.iter_mut().zip(row.counts) {
        *count = u32::try_from(counted).unwrap_or(u32::MAX);
    }
    Ok(ReviewsView { counts, newest: row.newest.into_iter().map(|review| review.0).collect() })
}
