use super::credentials::Anyone;
use super::problem::{Always, Problem};
use super::query::NoQuery;
use axum::Json;
use backend::catalog;
use domain::catalog::CategoryView;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(super) struct Categories {
    items: Vec<CategoryView>,
}

/// All categories, parents before children
///
/// `product_count` includes the products of all descendants.
#[utoipa::path(get, path = "/categories", tag = "Catalogue", operation_id = "list_categories",
    responses((status = 200, body = Categories), Always))]
pub(super) async fn list(Anyone(context): Anyone, _: NoQuery) -> Result<Json<Categories>, Problem> {
    Ok(Json(Categories { items: catalog::categories(&context).await? }))
}
