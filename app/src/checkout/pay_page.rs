use super::api::{self, PayView};
use super::hold_timer::HoldTimer;
use super::order_summary::OrderSummary;
use super::payment_form::PaymentForm;
use super::step::DoneStep;
use super::{Outcome, SummaryLine, Totals, outcome};
use crate::countries::label_lines;
use crate::orders::date_range_text;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, FlashNotice, Head, PageHeading, button_class};
use domain::orders::{OrderStatus, OrderView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Where an order is paid: after placing it, after a refused card, and from the link in the API's answer.
pub(crate) fn pay_page() -> AnyView {
    let parameters = use_params_map();
    let number = move || parameters.read().get("number").unwrap_or_default();
    let page = page_data(number, api::pay_page);
    let reload = Callback::new(move |()| page.refetch());
    page.show(|| ().at_once(), move |view| view! { <Payment view reload/> }.at_once())
}

#[component]
fn Payment(view: PayView, reload: Callback<()>) -> impl IntoView {
    let order = view.order.clone();
    let lines: Vec<SummaryLine> = order.seller_orders.iter().flat_map(|part| &part.lines).map(SummaryLine::from).collect();
    let totals = Totals::from(&order);
    let flash = view.flash.clone();
    // The hold is over and the gateway has not said yet what became of the payment.
    let is_late = order.reservation_expires_at.is_some() && view.seconds_left.is_none();
    let title = match outcome(&order) {
        Outcome::Ended => t::pay::order(order.number.as_str()),
        _ => t::pay::pay_order(order.number.as_str()),
    };
    let body = match outcome(&order) {
        Outcome::Payable if is_late => view! { <CheckedPayment/> }.at_once(),
        Outcome::Payable | Outcome::Open => view! { <OpenPayment view reload/> }.at_once(),
        Outcome::Ended => view! { <EndedPayment status=order.status/> }.at_once(),
        // Without JavaScript the server has led on already; with it this link is what a reader sees for a blink.
        Outcome::Paid => view! { <p>{t::pay::paid()} " " <a href=routes::order(&order.number)>{t::pay::see_order()}</a></p> }.at_once(),
    };
    view! {
        <Head title=t::pay::title()/>
        <div class="page-wide checkout">
            <div class="checkout-main">
                <PageHeading text=title whole=order.number.to_string()/>
                <div class="mt-4"><FlashNotice flash/></div>
                {body}
            </div>
            <OrderSummary lines=Signal::stored(lines) totals=Signal::stored(totals)/>
        </div>
    }
}

#[component]
fn OpenPayment(view: PayView, reload: Callback<()>) -> impl IntoView {
    let order = view.order.clone();
    let is_hold_over = RwSignal::new(false);
    let hold = view.seconds_left.map(|seconds_left| view! { <HoldTimer seconds_left is_over=is_hold_over/> });
    view! {
        <div class="mt-2 mb-6">{hold}</div>
        <DoneSteps order/>
        <section class="border-t border-line pt-6" aria-labelledby="payment-title">
            <h2 id="payment-title" class="mb-4 flex items-baseline gap-3 font-serif text-xl">
                <span class="tabular text-base text-soft" aria-hidden="true">"4"</span>
                {t::pay::payment()}
            </h2>
            <PaymentForm view is_hold_over reload/>
        </section>
    }
}

/// What was decided before: the order is placed, so it stands as text.
#[component]
fn DoneSteps(order: OrderView) -> impl IntoView {
    let address = label_lines(order.shipping_address.clone(), &order.shipping_country);
    let address = address.into_iter().map(|line| view! { <span class="block"><bdi>{line}</bdi></span> }).collect_view();
    let parcels = order
        .seller_orders
        .iter()
        .map(|part| {
            let days = date_range_text(&part.delivery_from, &part.delivery_to);
            view! { <span class="block">{t::pay::parcel(&days, &part.seller.name, &part.shipping_label)}</span> }
        })
        .collect_view();
    view! {
        <DoneStep number=1 title=t::pay::contact()>{order.email}</DoneStep>
        <DoneStep number=2 title=t::pay::delivery()>{address}</DoneStep>
        <DoneStep number=3 title=t::pay::shipping()>{parcels}</DoneStep>
    }
}

#[component]
fn CheckedPayment() -> impl IntoView {
    view! {
        <section class="my-8 space-y-4" data-testid="payment-checked">
            <h2 class="font-serif text-2xl">{t::pay::time_over()}</h2>
            <p class="text-soft">{t::pay::late_text()}</p>
            <p><a href="" rel="external" class=button_class(ButtonKind::Primary)>{t::pay::look_again()}</a></p>
        </section>
    }
}

#[component]
fn EndedPayment(status: OrderStatus) -> impl IntoView {
    let (title, text) = match status {
        OrderStatus::Canceled => (t::pay::canceled_title(), t::pay::canceled_text()),
        _ => (t::pay::time_over(), t::pay::expired_text()),
    };
    view! {
        <section class="my-8 space-y-4" data-testid="payment-ended">
            <h2 class="font-serif text-2xl">{title}</h2>
            <p class="text-soft">{text}</p>
            <p><a href=routes::to(routes::CART) class=button_class(ButtonKind::Primary)>{t::pay::to_cart()}</a></p>
        </section>
    }
}
