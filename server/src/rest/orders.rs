use super::body;
use super::credentials::{CartHolder, OrderHolder, PathText};
use super::idempotent::{self, Answer};
use super::problem::{Always, Changing, Conflict, Problem, WithBody};
use super::query::{NoQuery, Query};
use axum::Json;
use axum::body::Bytes;
use axum::response::Response;
use backend::{checkout, orders};
use domain::checkout::{PlaceOrder, PlacedOrder};
use domain::orders::{OrderSummary, OrderView};
use domain::page::Page;
use http::{HeaderMap, StatusCode, Uri};

/// Places an order of the cart
///
/// All lines are held, or none. The order then waits for its payment until `reservation_expires_at`: pay it with
/// `POST /payments`, with `payment.client_secret` in a browser, or on the page at `payment_url`. A guest keeps
/// `access_token` and sends it as `Order-Token`.
#[utoipa::path(post, path = "/orders", tag = "Checkout", operation_id = "place_order", request_body = PlaceOrder,
    params(("Idempotency-Key" = String, Header, description = "New for each new order", min_length = 1, max_length = 255)),
    security(("cart_token" = []), ("access_token" = [])),
    responses((status = 201, body = PlacedOrder, headers(("Idempotent-Replayed" = Option<String>, description = "`true` where the answer is a repetition"))), Always, Changing, WithBody, Conflict))]
pub(super) async fn place(CartHolder(context): CartHolder, _: NoQuery, headers: HeaderMap, bytes: Bytes) -> Result<Response, Problem> {
    let work = {
        let (context, headers, bytes) = (context.clone(), headers.clone(), bytes.clone());
        move |deed| async move {
            let order: PlaceOrder = body::read(&headers, &bytes)?;
            Answer::of(StatusCode::CREATED, &checkout::place_order_once(&context, deed, order).await?)
        }
    };
    idempotent::run(&context, "POST /orders", &headers, &bytes, work).await
}

/// The caller's orders, newest first
///
/// A guest sees the order whose token is sent.
#[utoipa::path(get, path = "/orders", tag = "Orders", operation_id = "list_orders",
    params(
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before", max_length = 500),
        ("limit" = Option<u32>, Query, description = "Default 24", minimum = 1, maximum = 100),
    ),
    security(("order_token" = []), ("access_token" = [])),
    responses((status = 200, body = Page<OrderSummary>), Always))]
pub(super) async fn list(OrderHolder(context): OrderHolder, uri: Uri) -> Result<Json<Page<OrderSummary>>, Problem> {
    let mut query = Query::of(&uri);
    let (after, limit) = query.page();
    query.finish()?;
    Ok(Json(orders::orders(&context, after, limit).await?))
}

/// An order by its id or its number
#[utoipa::path(get, path = "/orders/{id_or_number}", tag = "Orders", operation_id = "get_order",
    params(("id_or_number" = String, Path, description = "The order's id or number")),
    security(("order_token" = []), ("access_token" = [])),
    responses((status = 200, body = OrderView), Always))]
pub(super) async fn show(OrderHolder(context): OrderHolder, order: PathText, _: NoQuery) -> Result<Json<OrderView>, Problem> {
    Ok(Json(orders::order(&context, &order.0).await?))
}
