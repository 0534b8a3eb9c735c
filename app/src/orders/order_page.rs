use super::api::{self, OrderPageView};
use super::badge::OrderBadge;
use super::progress::{ParcelProgress, Timeline};
use super::when::{date_text, moment_text};
use crate::accounts::{AccountForm, RegisterForm};
use crate::checkout::{HoldTimer, Outcome, SummaryLine, SummaryLines, Totals, TotalsList, outcome};
use crate::countries::label_lines;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, FlashNotice, Head, Notice, PageHeading, Tone, button_class};
use crate::visitor::use_visitor;
use domain::orders::{OrderStatus, OrderView, RefundView, SellerOrderView};
use domain::payments::Gateway;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
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
    let OrderPageView { order, seconds_left, gateway, is_signed_in, can_claim, link, flash } = view;
    let is_thanks = link.is_some() && outcome(&order) == Outcome::Paid;
    let heading = if is_thanks { t::orders::thanks_title().to_owned() } else { t::orders::title(order.number.as_str()) };
    let offer = (is_thanks && !is_signed_in).then(|| view! { <AccountOffer order=order.clone()/> });
    let claim = can_claim.then(|| view! { <ClaimOffer number=order.number.to_string()/> });
    let keep = link.map(|link| view! { <KeepLink link/> });
    let parts = order.seller_orders.iter().cloned().map(|part| view! { <Parcel part/> }).collect_view();
    view! {
        <Head title=heading.clone()/>
        <div class="page-wide checkout">
            <div class="checkout-main">
                <PageHeading text=heading whole=order.number.to_string()/>
                <div class="mt-4"><FlashNotice flash/></div>
                <div class="mt-4 flex flex-wrap items-center gap-3">
                    {is_thanks.then(|| view! { <span class="tabular font-semibold whitespace-nowrap" data-testid="order-number">{order.number.to_string()}</span> })}
                    <OrderBadge status=order.status/>
                    <span class="text-soft">{date_text(&order.placed_at)}</span>
                </div>
                {is_thanks.then(|| view! { <Thanks email=order.email.clone()/> })}
                <NextDeed order=order.clone() seconds_left/>
                <div class="mt-8 space-y-8">{parts}</div>
                {claim}
                {keep}
                {offer}
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
            {t::orders::thanks_before_email()}
            <span class="font-semibold break-words">{email}</span> {t::orders::thanks_after_email()}
        </p>
    }
}

/// What the shopper has to do or to know, where the order is not simply on its way.
#[component]
fn NextDeed(order: OrderView, seconds_left: Option<u32>) -> impl IntoView {
    match order.status {
        OrderStatus::PendingPayment => {
            let deed = match outcome(&order) {
                Outcome::Open => view! { <p>{t::orders::payment_checked()}</p> }.at_once(),
                _ => view! { <AwaitedPayment order seconds_left/> }.at_once(),
            };
            view! { <div class="mt-6"><Notice tone=Tone::Warning>{deed}</Notice></div> }.at_once()
        }
        OrderStatus::Expired | OrderStatus::Canceled => view! {
            <div class="mt-6">
                <Notice>
                    <p>{t::orders::nothing_charged()} " " <a href=routes::to(routes::CART) class="link">{t::orders::to_cart()}</a></p>
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

/// The order can still be paid: until when, and where.
#[component]
fn AwaitedPayment(order: OrderView, seconds_left: Option<u32>) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let hold = seconds_left.map(|seconds_left| view! { <HoldTimer seconds_left is_over/> });
    view! {
        <div class:hidden=is_over>
            <p>{t::orders::payment_awaited()}</p>
            <div class="mt-1">{hold}</div>
            <p class="mt-3">
                <a href=routes::pay(&order.number) rel="external" class=button_class(ButtonKind::Primary)>{t::orders::pay_now()}</a>
            </p>
        </div>
        {move || is_over.get().then(|| view! {
            <p data-testid="order-hold-over">{t::pay::time_over()} ". " <a href=routes::to(routes::CART) class="link">{t::orders::to_cart()}</a></p>
        })}
    }
    .at_once()
}

/// The way back for who has no account: a link that opens the order anywhere.
#[component]
fn KeepLink(link: String) -> impl IntoView {
    let href = link.clone();
    view! {
        <section class="panel mt-10" aria-labelledby="keep-link-title">
            <h2 id="keep-link-title" class="font-semibold">{t::orders::keep_link_title()}</h2>
            <p class="mt-1 text-sm text-soft">{t::orders::keep_link_text()}</p>
            <p class="mt-2"><a href=href rel="external" class="link block truncate" data-testid="order-tracking-link">{link}</a></p>
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
            <h2 id="account-offer-title" class="font-serif text-xl">{t::orders::account_offer_title()}</h2>
            <p class="mt-1 mb-5 text-soft">{t::orders::account_offer_text()}</p>
            <RegisterForm form next=routes::order(&order.number)/>
        </section>
    }
}

/// Signed in, with an order that was placed as a guest.
#[component]
fn ClaimOffer(number: String) -> impl IntoView {
    view! {
        <form method="post" action=routes::to(api::Claim::PATH) class="panel mt-10 flex flex-wrap items-center justify-between gap-4">
            <input type="hidden" name="number" value=number/>
            <p>{t::orders::claim_text()}</p>
            <Button>{t::orders::claim()}</Button>
        </form>
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
            <h2 id=id class="mb-4 font-serif text-xl">{t::orders::parcel_from()} <a href=routes::seller(&slug) class="link">{name}</a></h2>
            <ParcelProgress part/>
            <div class="mt-5"><SummaryLines lines/></div>
        </section>
    }
}

/// Beside the parcels: what it cost, where it goes, how it was paid, what has happened.
#[component]
fn Facts(order: OrderView, gateway: Gateway) -> impl IntoView {
    let (totals, coupon) = (Totals::from(&order), order.coupon.clone());
    let address = label_lines(order.shipping_address.clone(), &order.shipping_country);
    let address = address.into_iter().map(|line| view! { <span class="block"><bdi>{line}</bdi></span> }).collect_view();
    let refunds = order.refunds.iter().map(refund_text).map(|text| view! { <li>{text}</li> }).collect_view();
    let refunds = (!order.refunds.is_empty()).then(|| view! { <ul class="mt-2 space-y-1 text-sm">{refunds}</ul> });
    let is_test = gateway == Gateway::Sandbox;
    view! {
        <aside class="order-facts" aria-label=t::orders::facts()>
            <section>
                <h2 class="mb-2 font-serif text-xl">{t::orders::cost_title()}</h2>
                <TotalsList totals=Signal::stored(totals) coupon=coupon/>
                {refunds}
                {is_test.then(|| view! { <p class="mt-3 text-sm text-soft" data-testid="order-test-payment">{t::orders::test_payment()}</p> })}
            </section>
            <section>
                <h2 class="mb-2 font-serif text-xl">{t::orders::address_title()}</h2>
                <address class="not-italic">{address}</address>
                <p class="mt-2 break-words text-soft">{order.email}</p>
            </section>
            <section>
                <h2 class="mb-2 font-serif text-xl">{t::orders::timeline_title()}</h2>
                <Timeline entries=order.timeline/>
            </section>
        </aside>
    }
}

fn refund_text(refund: &RefundView) -> String {
    t::orders::refunded(&t::money(refund.amount), &moment_text(&refund.at))
}
