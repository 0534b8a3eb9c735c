use crate::checkout::CheckoutForm;
use crate::error::AppError;
use crate::ui::{Flash, Trouble};
use domain::accounts::KeptAddress;
use domain::cart::{CartView, MergeNotice};
use domain::checkout::CheckoutRefusal;
use domain::id::AddressId;
use domain::orders::{OrderNumber, OrderView};
use domain::payments::{Gateway, PaymentRefusal};
use domain::pricing::QuoteView;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::draft::{self, own_order, payment_settings, settled_when_late};
#[cfg(feature = "ssr")]
use super::{Outcome, Press, once, outcome, trouble_of};
#[cfg(feature = "ssr")]
use crate::context::{context, finish_form, is_plain_form, redirect, take_flash};
#[cfg(feature = "ssr")]
use crate::{routes, t};

/// What the checkout page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckoutView {
    pub cart: CartView,
    /// What was typed before, or is known of the account.
    pub form: CheckoutForm,
    /// None until the address is complete.
    pub quote: Option<QuoteView>,
    pub trouble: Option<Trouble>,
    pub is_signed_in: bool,
    /// Where the account has ordered to before, the last first.
    pub addresses: Vec<KeptAddress>,
    /// What the last sign-in brought into the cart.
    pub merge_notice: Option<MergeNotice>,
    pub flash: Option<Flash>,
}

/// What the browser needs to load the gateway's payment form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSettings {
    pub gateway: Gateway,
    pub publishable_key: String,
    pub script_url: String,
}

/// Where the checkout goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// The shipping and the total are to be looked at first.
    Shipping,
    /// The order is placed and waits for its payment.
    Pay { number: OrderNumber },
}

/// What the pay page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayView {
    pub order: OrderView,
    /// Until the hold ends, by the server's clock; none when nothing is held any more.
    pub seconds_left: Option<u32>,
    /// Where the bank sends the shopper back to: a whole address.
    pub return_url: String,
    pub payment: PaymentSettings,
    /// The gateway's own page is open for this order: it goes on there, a form of ours would have nothing to pay.
    pub is_hosted: bool,
    pub flash: Option<Flash>,
}

/// `address`: the one of the account that the form is to be filled with.
#[server(prefix = "/sf", endpoint = "checkout/page")]
pub async fn checkout_page(#[server(default)] address: Option<AddressId>) -> Result<CheckoutView, AppError<CheckoutRefusal>> {
    let ctx = context()?;
    let cart = match backend::cart::view(&ctx).await {
        Err(backend::Failure::Refused(domain::cart::CartRefusal::CartNotFound)) => CartView::empty(crate::market::current().currency),
        other => other.map_err(draft::of_cart)?,
    };
    let merge_notice = backend::cart::merge_notice(&ctx).await.map_err(draft::of_cart)?;
    let addresses = draft::addresses(&ctx).await?;
    let (form, trouble) = draft::take(&ctx, &addresses, address);
    let (quote, trouble) = match draft::quote(&ctx, &form).await {
        Some(Ok(quote)) => (Some(quote), trouble),
        Some(Err(backend::Failure::Refused(refusal))) => (None, trouble.or_else(|| Some(trouble_of(&refusal, Some(&cart), None)))),
        Some(Err(failure)) => return Err(failure.into()),
        None => (None, trouble),
    };
    let is_signed_in = ctx.user().is_some();
    Ok(CheckoutView { cart, form, quote, trouble, is_signed_in, addresses, merge_notice, flash: take_flash() })
}

/// Keeps what was typed so far, and tells what the cart costs at the form's address: none while it is not complete. Choices
/// of shipping that are not offered there fall back to the defaults.
#[server(prefix = "/sf", endpoint = "checkout/quote")]
pub async fn quote(form: CheckoutForm) -> Result<Option<QuoteView>, AppError<CheckoutRefusal>> {
    let ctx = context()?;
    draft::keep(&form, None);
    Ok(draft::quote(&ctx, &form).await.transpose()?)
}

/// Takes the form: the first time, to show shipping and total; with a total that was seen, to place the order. A coupon that
/// it brings along comes before both, and is told by itself. A browser without JavaScript is led on from here, to the
/// gateway's own page when the order is placed.
#[server(prefix = "/sf", endpoint = "checkout/place_order")]
pub async fn place_order(#[server(flatten)] form: CheckoutForm) -> Result<NextStep, AppError<CheckoutRefusal>> {
    let mut ctx = context()?;
    draft::keep(&form, None);
    let outcome = draft::next_step(&mut ctx, &form).await.map_err(AppError::from);
    if is_plain_form() {
        match &outcome {
            Ok(NextStep::Shipping) if form.changes_coupon() => {
                let done = if form.press == Press::RemoveCoupon { t::cart::coupon_removed() } else { t::cart::coupon_entered() };
                finish_form(&routes::to(routes::CHECKOUT), Some(Flash::good(done)));
            }
            Ok(NextStep::Shipping) => redirect(&routes::to(&format!("{}#shipping", routes::CHECKOUT))),
            Ok(NextStep::Pay { number }) => redirect(&once::hosted_page_or_pay_page(&ctx, number).await),
            Err(error) => {
                let trouble = draft::trouble(&ctx, error, form.shown_total()).await;
                draft::keep(&form, Some(trouble));
                redirect(&routes::to(routes::CHECKOUT));
            }
        }
    }
    outcome
}

#[server(prefix = "/sf", endpoint = "checkout/pay_page")]
pub async fn pay_page(number: String) -> Result<PayView, AppError<NoRefusal>> {
    let ctx = context()?;
    let order = settled_when_late(&ctx, backend::orders::order(&ctx, &number).await?).await;
    once::returns_to_market(&format!("/checkout/pay/{}", order.number));
    if outcome(&order) == Outcome::Paid {
        redirect(&routes::order(&order.number));
    }
    let seconds_left = order.reservation_expires_at.as_deref().and_then(once::seconds_until);
    let return_url = format!("{}{}", ctx.handles.settings.public_url, routes::payment_return(&order.number));
    // An intent has a secret; without one, the order is being paid elsewhere or waits for the gateway.
    let is_secretless = outcome(&order) == Outcome::Payable && order.payment.client_secret.is_none();
    let is_hosted = is_secretless && backend::checkout::is_hosted_page_open(&ctx, &order).await?;
    Ok(PayView { seconds_left, return_url, payment: payment_settings(&ctx), is_hosted, flash: take_flash(), order })
}

/// Leads to the gateway's own page for this order: for browsers that cannot show the payment form.
#[server(prefix = "/sf", endpoint = "checkout/open_hosted_page")]
pub async fn open_hosted_page(number: String) -> Result<(), AppError<PaymentRefusal>> {
    let ctx = context()?;
    let order = own_order(&ctx, &number).await?;
    match backend::checkout::open_hosted_page(&ctx, order.id).await {
        Ok(url) => {
            once::remember_market();
            redirect(&url);
            Ok(())
        }
        Err(failure) => {
            let error = AppError::from(failure);
            finish_form(&routes::pay(&order.number), Some(Flash::bad(error.to_string())));
            Err(error)
        }
    }
}

/// How the order's payment stands, asked of the gateway.
#[server(prefix = "/sf", endpoint = "checkout/settle")]
pub async fn settle(number: String) -> Result<OrderView, AppError<PaymentRefusal>> {
    let ctx = context()?;
    let order = own_order(&ctx, &number).await?;
    Ok(backend::checkout::settle(&ctx, order.id).await?)
}

/// What the return from the bank leads to: the paid order, the pay page to try again, or this page while nobody knows yet.
#[server(prefix = "/sf", endpoint = "checkout/payment_return")]
pub async fn payment_return(number: String) -> Result<OrderView, AppError<PaymentRefusal>> {
    let ctx = context()?;
    let order = own_order(&ctx, &number).await?;
    if once::returns_to_market(&format!("/checkout/return/{}", order.number)) {
        return Ok(order);
    }
    let (order, is_known) = match backend::checkout::settle(&ctx, order.id).await {
        Ok(settled) => (settled, true),
        Err(backend::Failure::Refused(PaymentRefusal::GatewayUnavailable | PaymentRefusal::PaymentInProgress)) => (order, false),
        // Decided already: what is stored says how.
        Err(backend::Failure::Refused(_)) => (own_order(&ctx, &number).await?, true),
        Err(failure) => return Err(failure.into()),
    };
    match outcome(&order) {
        Outcome::Paid => redirect(&routes::order_placed(&order.number)),
        Outcome::Payable | Outcome::Ended if is_known => redirect(&routes::pay(&order.number)),
        Outcome::Payable | Outcome::Ended | Outcome::Open => {}
    }
    Ok(order)
}
