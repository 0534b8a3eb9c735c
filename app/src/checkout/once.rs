//! One press, two presses, a reload: one order. The form's key stands for the deed, and every answer carries the order's
//! token to the browser, also when the first answer never arrived.

use super::CheckoutForm;
use crate::context::{ORDER_TOKENS_MAX, ORDERS_COOKIE, ORDERS_COOKIE_SECONDS, clear_cookie, cookie, is_page, redirect, set_cookie};
use crate::market;
use crate::orders::unix_seconds;
use crate::routes;
use backend::idempotency::{self, Begin, Ticket};
use backend::{Context, Failure, secret};
use domain::checkout::{CheckoutRefusal, PlaceOrder, PlacedOrder};
use domain::id::OrderId;
use domain::market::Market;
use domain::orders::OrderNumber;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long the second press waits for the first: placing an order answers within some seconds.
const FIRST_PRESS_PATIENCE: Duration = Duration::from_secs(12);
const FIRST_PRESS_CHECK_EVERY: Duration = Duration::from_millis(150);
/// Ours are shorter; a longer one is not from our page, and is not kept.
const KEY_LENGTH_MAX: usize = 255;
/// Where the shopper left the shop for the gateway's own page, and how long paying there may take.
const MARKET_COOKIE: &str = "__Host-souk_market";
const MARKET_COOKIE_SECONDS: u32 = 3_600;
/// What a stored answer of success is stored under.
const CREATED: u16 = 201;

/// What the browser is given of a placed order, and what a repeated press gets again.
#[derive(Serialize, Deserialize)]
struct Receipt {
    id: OrderId,
    number: OrderNumber,
    access_token: String,
}

/// Places the form's order, or finds the one that the same form has placed already.
pub(super) async fn place_order(ctx: &mut Context, form: &CheckoutForm) -> Result<OrderNumber, Failure<CheckoutRefusal>> {
    let (ctx_of_task, key, request) = (ctx.clone(), form.form_key.clone(), form.order());
    // A task of its own: the deed and its record are finished together even when the browser hangs up.
    let task = tokio::spawn(async move { place_under_key(&ctx_of_task, &key, request).await });
    let receipt = task.await.map_err(anyhow_of)??;
    remember_order(ctx, receipt.access_token);
    Ok(receipt.number)
}

async fn place_under_key(ctx: &Context, key: &str, request: PlaceOrder) -> Result<Receipt, Failure<CheckoutRefusal>> {
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        return Ok(receipt(backend::checkout::place_order(ctx, request).await?));
    }
    // The cart's version belongs to what was asked for: a changed cart under an old page is another order.
    let cart = backend::cart::view(ctx).await.map_err(|failure| failure.map_refusal(|_| CheckoutRefusal::CartNotFound))?;
    let body = serde_json::to_vec(&(&request, cart.version)).map_err(anyhow_of)?;
    let scope = format!("{} POST {}", caller(ctx), routes::CHECKOUT);
    let started = tokio::time::Instant::now();
    loop {
        match idempotency::begin(ctx, &scope, key, &body).await? {
            Begin::Run(ticket) => return run(ctx, ticket, request).await,
            Begin::Replay { body, .. } => return serde_json::from_slice(&body).map_err(anyhow_of),
            Begin::Reused => return Ok(receipt(backend::checkout::place_order(ctx, request).await?)),
            Begin::InProgress { .. } if started.elapsed() < FIRST_PRESS_PATIENCE => tokio::time::sleep(FIRST_PRESS_CHECK_EVERY).await,
            Begin::InProgress { .. } => return Err(Failure::Refused(CheckoutRefusal::PaymentInProgress)),
        }
    }
}

async fn run(ctx: &Context, ticket: Ticket, request: PlaceOrder) -> Result<Receipt, Failure<CheckoutRefusal>> {
    let outcome = backend::checkout::place_order_once(ctx, ticket.operation, request).await.map(receipt);
    let kept = match &outcome {
        Ok(receipt) => {
            let body = serde_json::to_vec(receipt).map_err(anyhow_of)?;
            idempotency::complete(&ctx.handles, &ticket, CREATED, &body).await
        }
        // What a fault of ours left behind is found by the next press, under the same name.
        Err(Failure::Internal(_)) => idempotency::let_go(&ctx.handles, &ticket).await,
        Err(_) => idempotency::free(&ctx.handles, &ticket).await,
    };
    // The deed is done; its key stays taken until its lease ends, and is then settled from what was stored.
    if let Err(error) = kept {
        tracing::error!(error = format!("{error:#}"), "a checkout form's key could not be settled");
    }
    outcome
}

fn receipt(placed: PlacedOrder) -> Receipt {
    Receipt { id: placed.id, number: placed.number, access_token: placed.access_token }
}

/// Whose key it is. A token is known by its hash only.
fn caller(ctx: &Context) -> String {
    match (ctx.user(), &ctx.caller.cart_token) {
        (Some(user), _) => format!("user {}", user.id),
        (None, Some(token)) => format!("cart {}", secret::hex(&secret::token_hash(token))),
        (None, None) => "nobody".to_owned(),
    }
}

/// A guest's newest orders stay within reach of this browser, and this one of the request itself. An account finds its orders
/// by signing in; its browser keeps no key to them.
pub(super) fn remember_order(ctx: &mut Context, token: String) {
    if ctx.user().is_some() {
        return;
    }
    let tokens = &mut ctx.caller.order_tokens;
    tokens.retain(|other| *other != token);
    tokens.insert(0, token);
    tokens.truncate(ORDER_TOKENS_MAX);
    set_cookie(ORDERS_COOKIE, &tokens.join("."), ORDERS_COOKIE_SECONDS);
}

/// For a browser without JavaScript: straight to the gateway's page; when that cannot be had now, the order's own pay page.
pub(super) async fn hosted_page_or_pay_page(ctx: &Context, number: &OrderNumber) -> String {
    let pay_page = routes::pay(number);
    let Ok(order) = backend::orders::order(ctx, number.as_str()).await else { return pay_page };
    match backend::checkout::open_hosted_page(ctx, order.id).await {
        Ok(page) => {
            remember_market();
            page
        }
        Err(_) => pay_page,
    }
}

/// The gateway is told one way back for all markets, since asking it twice must be asking the same: the browser remembers
/// which one it left.
pub(super) fn remember_market() {
    let prefix = market::current().prefix();
    if !prefix.is_empty() {
        set_cookie(MARKET_COOKIE, prefix, MARKET_COOKIE_SECONDS);
    }
}

/// Leads a page, which the gateway's own page has led back to, into the market that was left. Whether it does.
pub(super) fn returns_to_market(path: &str) -> bool {
    let left = cookie(MARKET_COOKIE).map(|prefix| Market::split(&prefix).0).filter(|left| *left != Market::default());
    let Some(left) = left.filter(|_| market::current() == Market::default() && is_page()) else { return false };
    clear_cookie(MARKET_COOKIE);
    redirect(&routes::within(left, path));
    true
}

/// Whole seconds from now until an RFC 3339 time; none when it is over.
pub(crate) fn seconds_until(moment: &str) -> Option<u32> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let left = unix_seconds(moment)?.checked_sub(i64::try_from(now).ok()?)?;
    u32::try_from(left).ok().filter(|left| *left > 0)
}

fn anyhow_of<R>(error: impl std::error::Error + Send + Sync + 'static) -> Failure<R> {
    Failure::Internal(error.into())
}
