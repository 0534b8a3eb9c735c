//! A checkout on its way, on the server: what was typed is kept in a cookie of the shopper's own browser, so that neither a
//! reload nor an error loses it and no address ever stands in a URL.

use super::api::{NextStep, PaymentSettings};
use super::{CheckoutForm, Outcome, Press, once, outcome, trouble_of};
use crate::accounts::kept_form;
use crate::context::DRAFT_COOKIE;
use crate::error::AppError;
use crate::ui::Trouble;
use backend::{Context, Failure, secret};
use domain::accounts::KeptAddress;
use domain::cart::CartRefusal;
use domain::checkout::CheckoutRefusal;
use domain::id::{AddressId, ShippingRateId};
use domain::money::Money;
use domain::orders::OrderView;
use domain::payments::PaymentRefusal;
use domain::pricing::{CODE_LENGTH_MAX, QuoteView};
use serde::{Deserialize, Serialize};

/// Longer than any hold: who comes back after an order expired finds the form as it was.
const DRAFT_SECONDS: u32 = 3_600;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    form: CheckoutForm,
    trouble: Option<Trouble>,
    /// The kept address that was put into the form: what was typed over it since is not undone by a reload.
    address: Option<AddressId>,
}

pub(super) fn keep(form: &CheckoutForm, trouble: Option<Trouble>) {
    let before: Draft = kept_form::kept(DRAFT_COOKIE).unwrap_or_default();
    keep_with(form, trouble, before.address);
}

fn keep_with(form: &CheckoutForm, trouble: Option<Trouble>, address: Option<AddressId>) {
    // A code that was refused stands in its field again; one that was taken is in the cart.
    let coupon = trouble.as_ref().map(|_| form.coupon.chars().take(CODE_LENGTH_MAX).collect()).unwrap_or_default();
    let form = CheckoutForm { coupon, ..form.clone().kept() };
    kept_form::keep(DRAFT_COOKIE, &Draft { form, trouble, address }, DRAFT_SECONDS);
}

/// Where the account has ordered to; nothing for a guest.
pub(super) async fn addresses(ctx: &Context) -> Result<Vec<KeptAddress>, Failure<CheckoutRefusal>> {
    if ctx.user().is_none() {
        return Ok(Vec::new());
    }
    backend::accounts::addresses(ctx).await.map_err(|failure| failure.map_refusal(|never| match never {}))
}

/// What was typed, with a fresh key, and the trouble of the last try, which is told once. The chosen address takes the place
/// of a typed one, and the last that the account used that of none.
pub(super) fn take(ctx: &Context, addresses: &[KeptAddress], chosen: Option<AddressId>) -> (CheckoutForm, Option<Trouble>) {
    let draft: Draft = kept_form::kept(DRAFT_COOKIE).unwrap_or_default();
    let mut form = CheckoutForm { form_key: secret::new_token(), ..draft.form };
    let chosen = addresses.iter().find(|kept| Some(kept.id) == chosen && draft.address != Some(kept.id));
    let offered = chosen.or_else(|| addresses.first().filter(|_| form.line1.is_empty() && form.city.is_empty()));
    if let Some(kept) = offered {
        form.fill(kept.address.clone().into());
    }
    if chosen.is_some() || draft.trouble.is_some() {
        keep_with(&form, None, chosen.map(|kept| kept.id).or(draft.address));
    }
    if let Some(user) = ctx.user() {
        let fill = |text: &mut String, known: &str| {
            if text.is_empty() {
                *text = known.to_owned()
            }
        };
        fill(&mut form.email, &user.email);
        fill(&mut form.name, &user.name);
    }
    (form, draft.trouble)
}

/// None while the address is not complete. A choice that is not offered there falls back to its seller's default.
pub(super) async fn quote(ctx: &Context, form: &CheckoutForm) -> Option<Result<QuoteView, Failure<CheckoutRefusal>>> {
    if !form.address_is_complete() {
        return None;
    }
    let (address, options) = (form.address(), form.shipping_options());
    let quote = async |options: Option<&[ShippingRateId]>| backend::checkout::quote(ctx, &address, options, None).await;
    let answer = quote(options.as_deref()).await;
    let Err(Failure::Refused(CheckoutRefusal::ShippingOptionUnknown)) = answer else { return Some(answer) };
    let offered = match quote(None).await {
        Ok(offered) => offered,
        refused => return Some(refused),
    };
    let mut known = options.unwrap_or_default();
    known.retain(|chosen| offered.shipping_options.iter().any(|option| option.id == *chosen));
    Some(if known.is_empty() { Ok(offered) } else { quote(Some(&known)).await })
}

/// Enters the code that the form brings along, or takes the cart's out.
async fn change_coupon(ctx: &Context, form: &CheckoutForm) -> Result<(), Failure<CheckoutRefusal>> {
    let outcome = match form.press {
        Press::RemoveCoupon => backend::cart::remove_coupon(ctx).await,
        Press::EnterCoupon | Press::Order => backend::cart::set_coupon(ctx, &form.coupon).await,
    };
    outcome.map(drop).map_err(of_cart)
}

/// What a failure of the cart is to the checkout. One that only cannot be reached is not gone.
pub(super) fn of_cart(failure: Failure<CartRefusal>) -> Failure<CheckoutRefusal> {
    match failure {
        Failure::Refused(CartRefusal::Coupon(refusal)) => Failure::Refused(CheckoutRefusal::Coupon(refusal)),
        Failure::Refused(CartRefusal::Unavailable) => Failure::Internal(CartRefusal::Unavailable.into()),
        failure => failure.map_refusal(|_| CheckoutRefusal::CartNotFound),
    }
}

/// Shows the total first, places the order once it was seen. The placed order is then within the caller's reach.
pub(super) async fn next_step(ctx: &mut Context, form: &CheckoutForm) -> Result<NextStep, Failure<CheckoutRefusal>> {
    if form.changes_coupon() {
        change_coupon(ctx, form).await?;
        return Ok(NextStep::Shipping);
    }
    let errors = form.errors();
    if !errors.is_empty() {
        return Err(Failure::Refused(CheckoutRefusal::Invalid { errors }));
    }
    if form.shown_total().is_none() {
        return Ok(NextStep::Shipping);
    }
    match once::place_order(ctx, form).await {
        Ok(number) => Ok(NextStep::Pay { number }),
        // Placed already and not paid: the way on is the same, also for a browser that never got the first answer.
        Err(Failure::Refused(CheckoutRefusal::OrderPending { number, access_token, .. })) => {
            once::remember_order(ctx, access_token);
            Ok(NextStep::Pay { number })
        }
        Err(failure) => Err(failure),
    }
}

/// The error in words for the page that follows the redirect.
pub(super) async fn trouble(ctx: &Context, error: &AppError<CheckoutRefusal>, shown: Option<Money>) -> Trouble {
    let Some(refusal) = error.refusal() else { return Trouble::plain(error.to_string()) };
    // Only the names of short lines are taken from the cart; without it they are told without names.
    let cart = backend::cart::view(ctx).await.ok();
    trouble_of(refusal, cart.as_ref(), shown)
}

/// The caller's order; somebody else's is not found.
pub(super) async fn own_order(ctx: &Context, number: &str) -> Result<OrderView, Failure<PaymentRefusal>> {
    backend::orders::order(ctx, number).await.map_err(|failure| failure.map_refusal(|never| match never {}))
}

/// A hold that is over says nothing about the payment: the gateway is asked before the shopper is told.
pub(super) async fn settled_when_late(ctx: &Context, order: OrderView) -> OrderView {
    // What has ended or is paid is known without asking.
    let is_late = outcome(&order) == Outcome::Payable
        && order.reservation_expires_at.as_deref().is_some_and(|end| once::seconds_until(end).is_none());
    if !is_late {
        return order;
    }
    // As it was before where the gateway cannot be asked now: the page then says that it is being checked.
    backend::checkout::settle(ctx, order.id).await.unwrap_or(order)
}

/// What the browser's payment form needs to know.
pub(super) fn payment_settings(ctx: &Context) -> PaymentSettings {
    let settings = &ctx.handles.settings;
    PaymentSettings {
        gateway: settings.gateway,
        publishable_key: settings.publishable_key.clone(),
        script_url: settings.payment_script_url.clone(),
    }
}
