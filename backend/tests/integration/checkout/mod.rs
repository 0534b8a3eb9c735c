//! The whole purchase, against the sandbox: what a shopper may do, and what may go wrong on the way.

mod afterwards;
mod coupons;
mod crashes;
mod gateway;
mod holds;
pub(crate) mod merging;
mod purchase;
mod refusals;
mod twice;

use crate::bank::{self, Bank};
use backend::checkout::{self, Stepwise};
use backend::testing::{NewVariant, Shop, TestProduct};
use backend::{Caller, Context, Failure, cart, check, inventory, orders};
use domain::address::AddressDraft;
use domain::checkout::saga::{SagaState, Step};
use domain::checkout::{CheckoutRefusal, PlaceOrder, PlacedOrder};
use domain::id::{OrderId, VariantId};
use domain::money::{Currency, Money};
use domain::orders::{OrderNumber, OrderStatus};
use domain::payments::{AttemptStatus, PaymentRefusal, PaymentStatus};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::task::JoinSet;

const LATER: Duration = Duration::from_secs(16 * 60);
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn request() -> PlaceOrder {
    PlaceOrder {
        email: "ada@example.org".to_owned(),
        shipping_address: AddressDraft {
            name: "Ada Lovelace".to_owned(),
            line1: "12 Analytical Way".to_owned(),
            city: "Portland".to_owned(),
            region: Some("OR".to_owned()),
            postal_code: Some("97201".to_owned()),
            country: "US".to_owned(),
            ..AddressDraft::default()
        },
        shipping_options: None,
        expected_total: None,
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::Usd)
}

fn refused<T: std::fmt::Debug, R: std::fmt::Debug>(outcome: Result<T, Failure<R>>) -> R {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A guest whose cart holds this.
pub(crate) async fn guest_with(shop: &Shop, variants: &[(VariantId, u32)]) -> Context {
    let mut guest = shop.guest();
    for (variant, quantity) in variants {
        let view = cart::set_item(&guest, *variant, *quantity).await.unwrap();
        guest.caller.cart_token = view.token.or(guest.caller.cart_token);
    }
    guest
}

/// The same guest with the order's token.
pub(crate) fn holding(ctx: &Context, order: &PlacedOrder) -> Context {
    let mut ctx = ctx.clone();
    ctx.caller.order_tokens.push(order.access_token.clone());
    ctx
}

/// A guest who has placed an order of this many of the product.
pub(crate) async fn placed(shop: &Shop, product: &TestProduct, quantity: u32) -> (Context, PlacedOrder) {
    let guest = guest_with(shop, &[(product.variants[0], quantity)]).await;
    let order = checkout::place_order(&guest, request()).await.unwrap();
    (holding(&guest, &order), order)
}

async fn status(ctx: &Context, order: OrderId) -> (OrderStatus, PaymentStatus) {
    let view = orders::order(ctx, &order.to_string()).await.unwrap();
    (view.status, view.payment.status)
}

/// (on hand, allocated, held)
async fn level(shop: &Shop, product: &TestProduct) -> (i32, i32, i32) {
    sqlx::query_as("select on_hand, allocated, held from stock_level where stock_item_id = $1")
        .bind(product.stock_items[0].0)
        .fetch_one(&shop.handles.db)
        .await
        .unwrap()
}

async fn count(shop: &Shop, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&shop.handles.db).await.unwrap()
}

/// As the worker does, until nothing is due.
async fn let_the_worker_run(shop: &Shop) {
    for _ in 0..10 {
        if checkout::resume(&shop.handles).await.unwrap() == 0 {
            return;
        }
    }
}
