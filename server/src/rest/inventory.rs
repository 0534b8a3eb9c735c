use super::credentials::{Anyone, PathText};
use super::problem::{Always, Problem};
use super::query::NoQuery;
use axum::Json;
use backend::catalog;
use domain::catalog::ProductInventory;
use domain::id::ProductId;

/// What can be had of each variant of a product, exactly, now
#[utoipa::path(get, path = "/inventory/{product_id}", tag = "Catalogue", operation_id = "get_inventory",
    params(("product_id" = ProductId, Path, description = "The product's id")),
    responses((status = 200, body = ProductInventory), Always))]
pub(super) async fn show(Anyone(context): Anyone, product: PathText, _: NoQuery) -> Result<Json<ProductInventory>, Problem> {
    Ok(Json(catalog::inventory(&context, product.id()?).await?))
}
