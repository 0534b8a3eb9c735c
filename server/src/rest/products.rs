use super::credentials::{Anyone, PathText};
use super::problem::{Always, Problem, ProblemError};
use super::query::Query;
use axum::Json;
use backend::catalog;
use domain::catalog::{ListingQuery, ListingView, ProductView, Sort};
use domain::money::Currency;
use http::Uri;

/// A page of products, with facets
///
/// Filters by option are written `option.<name>=v1,v2` for any option a facet names: OR inside a filter, AND between
/// filters. Facets count products with one variant that meets all other filters and the value.
#[utoipa::path(get, path = "/products", tag = "Catalogue", operation_id = "list_products",
    params(
        ("q" = Option<String>, Query, description = "Words to look for", max_length = 200),
        ("category" = Option<String>, Query, description = "A category's slug; its descendants are included", max_length = 80),
        ("seller" = Option<String>, Query, description = "A seller's slug", max_length = 80),
        ("min_price" = Option<i64>, Query, description = "Minor units of `currency`, inclusive", minimum = 0),
        ("max_price" = Option<i64>, Query, description = "Minor units of `currency`, inclusive; not below `min_price`", minimum = 0),
        ("min_rating" = Option<u8>, Query, minimum = 1, maximum = 5),
        ("in_stock" = Option<bool>, Query, description = "Only what can be had now"),
        ("option.color" = Option<String>, Query, description = "Values by comma, or one value that holds a comma; any other option is asked for in the same way", example = "Blue"),
        ("currency" = Option<Currency>, Query, description = "Default USD"),
        ("sort" = Option<Sort>, Query, description = "Default relevance with `q`, else newest"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before", max_length = 500),
        ("limit" = Option<u32>, Query, description = "Default 24", minimum = 1, maximum = 100),
    ),
    responses((status = 200, body = ListingView), Always))]
pub(super) async fn list(Anyone(context): Anyone, uri: Uri) -> Result<Json<ListingView>, Problem> {
    let mut query = Query::of(&uri);
    let (cursor, limit) = query.page();
    let listing = ListingQuery {
        q: query.text("q").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        category: query.text("category"),
        seller: query.text("seller"),
        min_price: query.parsed("min_price", "a whole number of minor units"),
        max_price: query.parsed("max_price", "a whole number of minor units"),
        min_rating: query.parsed("min_rating", "a number from 1 to 5"),
        in_stock: query.parsed("in_stock", "true or false").unwrap_or(false),
        options: query.lists("option."),
        currency: currency(&mut query),
        sort: sort(&mut query),
        cursor,
        limit,
    };
    query.finish()?;
    let listing = listing.check().map_err(|error| Problem::invalid(vec![ProblemError::new(error.field, "invalid", error.to_string())]))?;
    Ok(Json(catalog::listing(&context, &listing).await?))
}

/// A product by its id or its slug
///
/// `available` is exact at the moment of the answer.
#[utoipa::path(get, path = "/products/{id_or_slug}", tag = "Catalogue", operation_id = "get_product",
    params(
        ("id_or_slug" = String, Path, description = "The product's id or slug"),
        ("currency" = Option<Currency>, Query, description = "Default USD"),
    ),
    responses((status = 200, body = ProductView), Always))]
pub(super) async fn show(Anyone(context): Anyone, product: PathText, uri: Uri) -> Result<Json<ProductView>, Problem> {
    let mut query = Query::of(&uri);
    let currency = currency(&mut query);
    query.finish()?;
    Ok(Json(catalog::product(&context, &product.0, currency).await?))
}

fn currency(query: &mut Query) -> Currency {
    query.parsed("currency", "a currency the marketplace prices in, such as USD").unwrap_or_default()
}

fn sort(query: &mut Query) -> Option<Sort> {
    let text = query.text("sort")?;
    let sort = match text.as_str() {
        "relevance" => Sort::Relevance,
        "price_asc" => Sort::PriceAsc,
        "price_desc" => Sort::PriceDesc,
        "newest" => Sort::Newest,
        "rating" => Sort::Rating,
        _ => {
            query.refuse("sort", "invalid", "`sort` must be relevance, price_asc, price_desc, newest or rating.");
            return None;
        }
    };
    Some(sort)
}
