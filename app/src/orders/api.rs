use crate::error::AppError;
use crate::ui::Flash;
use domain::orders::OrderView;
use domain::payments::Gateway;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::context::{DRAFT_COOKIE, clear_cookie, context, finish_form, take_flash};
#[cfg(feature = "ssr")]
use crate::routes;
#[cfg(feature = "ssr")]
use crate::t;

/// What the order's page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderPageView {
    pub order: OrderView,
    /// How long its things are still held; none once that is over, or it is paid.
    pub seconds_left: Option<u32>,
    pub gateway: Gateway,
    pub is_signed_in: bool,
    /// A guest's order that the account could take in.
    pub can_claim: bool,
    /// A whole address that opens the order in any browser; only right after placing it.
    pub link: Option<String>,
    pub flash: Option<Flash>,
}

/// `is_placed`: the shopper has just paid, and is to keep a way back.
#[server(prefix = "/sf", endpoint = "orders/page")]
pub async fn order_page(number: String, is_placed: bool) -> Result<OrderPageView, AppError<NoRefusal>> {
    let ctx = context()?;
    let order = backend::orders::order(&ctx, &number).await?;
    let link = if is_placed { backend::orders::link(&ctx, order.id).await? } else { None };
    if link.is_some() && crate::checkout::outcome(&order) == crate::checkout::Outcome::Paid {
        // Whoever buys from this browser next finds nobody's address in the form.
        clear_cookie(DRAFT_COOKIE);
    }
    let gateway = ctx.handles.settings.gateway;
    let can_claim = backend::orders::can_claim(&ctx, order.id).await?;
    let seconds_left = order.reservation_expires_at.as_deref().and_then(crate::checkout::seconds_until);
    Ok(OrderPageView { order, seconds_left, gateway, is_signed_in: ctx.user().is_some(), can_claim, link, flash: take_flash() })
}

#[server(prefix = "/sf", endpoint = "orders/claim")]
pub async fn claim(number: String) -> Result<(), AppError<NoRefusal>> {
    let ctx = context()?;
    let said =
        if backend::orders::claim(&ctx, &number).await? { Flash::good(t::orders::claimed()) } else { Flash::bad(t::orders::not_claimed()) };
    finish_form(&routes::order(&number), Some(said));
    Ok(())
}
