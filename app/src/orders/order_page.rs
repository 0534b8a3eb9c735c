use super::api::{self, OrderPageView};
use super::badge::OrderBadge;
use super::progress::{ParcelProgress, Timeline};
use super::when::moment_text;
use crate::accounts::{AccountForm, RegisterForm};
use crate::checkout::{Outcome, SummaryLine, SummaryLines, Totals, TotalsList, outcome};
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, FlashNotice, Head, Notice, PageHeading, Tone, button_class};
use crate::visitor::use_visitor;
use domain::orders::{OrderStatus, OrderView, RefundView, SellerOrderView};
use domain::payments::Gateway;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// One order: its state, its parcels, what it cost. Right after paying it says thanks and how to find the way back.
pub(crate) fn order_page() -> AnyView {
    let (parameters, query) = (use_params_map(), use_query_map());
    let is_placed = move || query.read().get("placed").is_some();
    let number = move || parameters.read().get("number").unwrap_or_default();
    let page = page_data(move || format!("{} {}", number(), is_placed()), move |_| api::order_page(untrack(number), untrack(is_placed)));
    page.show(|| ().at_once(), |view| view! { <Order view/> }.at_once())
}

#[component]
fn Order(view: OrderPageView) -> impl IntoView {
    let OrderPageView { order, gateway, is_signed_in, link, flash } = view;
    let is_thanks = link.is_some() && outcome(&order) == Outcome::Paid;
    let heading = if is_thanks { "Thank you for your order".to_owned() } else { format!("Order {}", order.number) };
    let offer = (is_thanks && !is_signed_in).then(|| view! { <AccountOffer order=order.clone()/> });
    let keep = link.map(|link| view! { <KeepLink link/> });
    let parts = order.seller_orders.iter().cloned().map(|part| view! { <Parcel part/> }).collect_view();
    view! {
        <Head title=heading.clone()/>
        <div class="page-wide checkout">
            <div class="checkout-main">
                <PageHeading text=heading/>
                <div class="mt-4"><FlashNotice flash/></div>
                <div class="mt-4 flex flex-wrap items-center gap-3">
                    {is_thanks.then(|| view! { <span class="tabular font-semibold" data-testid="order-number">{order.number.to_string()}</span> })}
                    <OrderBadge status=order.status/>
                    <span class="text-soft">{moment_text(&order.placed_at)}</span>
                </div>
                {is_thanks.then(|| view! { <Thanks email=order.email.clone()/> })}
                <NextDeed order=order.clone()/>
                {keep}
                {offer}
                <div class="mt-8 space-y-8">{parts}</div>
            </div>
            <Facts order gateway/>
        </div>
    }
}

/// What happens next, right after paying.
#[component]
fn Thanks(email: String) -> impl IntoView {
    let visitor = use_visitor();
    // The cart has become an order: the header's count follows.
    Effect::new(move |_| visitor.refresh());
    view! {
        <p class="mt-4 max-w-prose text-lg">
            "Your payment has arrived, and each seller now packs their part. The order is kept under "
            <span class="font-semibold break-words">{email}</span> "; this page shows when something is on its way."
        </p>
    }
}

/// What the shopper has to do or to know, where the order is not simply on its way.
#[component]
fn NextDeed(order: OrderView) -> impl IntoView {
    match order.status {
        OrderStatus::PendingPayment => {
            let deed = match outcome(&order) {
                Outcome::Open => view! { <p>"Your payment is being checked. Do not pay again."</p> }.at_once(),
                _ => view! {
                    <p>"This order waits for its payment."</p>
                    <p class="mt-3"><a href=routes::pay(&order.number) rel="external" class=button_class(ButtonKind::Primary)>"Pay now"</a></p>
                }
                .at_once(),
            };
            view! { <div class="mt-6"><Notice tone=Tone::Warning>{deed}</Notice></div> }.at_once()
        }
        OrderStatus::Expired | OrderStatus::Canceled => view! {
            <div class="mt-6">
                <Notice>
                    <p>"Nothing was charged. " <a href=routes::CART class="link">"Back to your cart"</a></p>
                </Notice>
            </div>
        }
        .at_once(),
        OrderStatus::Paid
        | OrderStatus::PartiallyFulfilled
        | OrderStatus::Fulfilled
        | OrderStatus::Refunded
        | OrderStatus::PartiallyRefunded => ().at_once(),
    }
}

/// The way back for who has no account: a link that opens the order anywhere.
#[component]
fn KeepLink(link: String) -> impl IntoView {
    let href = link.clone();
    view! {
        <section class="panel mt-6" aria-labelledby="keep-link-title">
            <h2 id="keep-link-title" class="font-semibold">"Keep this link"</h2>
            <p class="mt-1 text-sm text-soft">"It opens this order in any browser. Whoever has it can see the order, so share it with care."</p>
            <p class="mt-2"><a href=href rel="external" class="link break-all" data-testid="order-tracking-link">{link}</a></p>
        </section>
    }
}

/// Only now, when the order is done, an account is offered: what is known is filled in, a password is all that is missing.
#[component]
fn AccountOffer(order: OrderView) -> impl IntoView {
    let name = order.shipping_address.first().cloned().unwrap_or_default();
    let form = AccountForm { email: order.email, name, ..AccountForm::default() };
    view! {
        <section class="panel mt-6" aria-labelledby="account-offer-title">
            <h2 id="account-offer-title" class="font-serif text-xl">"Keep an account?"</h2>
            <p class="mt-1 mb-5 text-soft">"Choose a password, and your cart and your next orders follow you to every device."</p>
            <RegisterForm form next=routes::order(&order.number)/>
        </section>
    }
}

#[component]
fn Parcel(part: SellerOrderView) -> impl IntoView {
    let lines: Vec<SummaryLine> = part.lines.iter().map(SummaryLine::from).collect();
    let (name, slug) = (part.seller.name.clone(), part.seller.slug.clone());
    let id = format!("parcel-{slug}");
    let labelled_by = id.clone();
    view! {
        <section class="border-t border-line pt-6" aria-labelledby=labelled_by>
            <h2 id=id class="mb-4 font-serif text-xl">"From " <a href=routes::seller(&slug) class="link">{name}</a></h2>
            <ParcelProgress part/>
            <div class="mt-5"><SummaryLines lines/></div>
        </section>
    }
}

/// Beside the parcels: what it cost, where it goes, how it was paid, what has happened.
#[component]
fn Facts(order: OrderView, gateway: Gateway) -> impl IntoView {
    let totals = Totals::from(&order);
    let address = order.shipping_address.iter().map(|line| view! { <span class="block">{line.clone()}</span> }).collect_view();
    let refunds = order.refunds.iter().map(refund_text).map(|text| view! { <li>{text}</li> }).collect_view();
    let refunds = (!order.refunds.is_empty()).then(|| view! { <ul class="mt-2 space-y-1 text-sm">{refunds}</ul> });
    let is_test = gateway == Gateway::Sandbox;
    view! {
        <aside class="order-facts" aria-label="About this order">
            <section>
                <h2 class="mb-2 font-serif text-xl">"What it cost"</h2>
                <TotalsList totals=Signal::stored(totals)/>
                {refunds}
                {is_test.then(|| view! { <p class="mt-3 text-sm text-soft" data-testid="order-test-payment">"Test payment: no money has moved."</p> })}
            </section>
            <section>
                <h2 class="mb-2 font-serif text-xl">"Where it goes"</h2>
                <address class="not-italic">{address}</address>
                <p class="mt-2 break-words text-soft">{order.email}</p>
            </section>
            <section>
                <h2 class="mb-2 font-serif text-xl">"What has happened"</h2>
                <Timeline entries=order.timeline/>
            </section>
        </aside>
    }
}

fn refund_text(refund: &RefundView) -> String {
    format!("{} refunded on {}", refund.amount, moment_text(&refund.at))
}
