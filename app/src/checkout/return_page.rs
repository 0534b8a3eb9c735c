use super::api;
use super::{Outcome, open_page_instead, outcome};
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, Head, PageHeading, button_class, pause, unbroken};
use domain::orders::OrderNumber;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

/// Between two questions how the payment went.
const CHECK_EVERY_MS: i32 = 2_500;
/// Ten minutes; then only the link asks again.
const CHECKS_MAX: usize = 240;

/// Where the bank or the gateway's own page sends the shopper back to. Known outcomes are led on by the server; this page
/// is what is seen while nobody knows.
pub(crate) fn return_page() -> AnyView {
    let parameters = use_params_map();
    let number = move || parameters.read().get("number").unwrap_or_default();
    page_data(number, api::payment_return).show(|| ().at_once(), |order| view! { <Waiting number=order.number/> }.at_once())
}

#[component]
fn Waiting(number: OrderNumber) -> impl IntoView {
    let here = routes::payment_return(&number);
    let navigate = use_navigate();
    let is_here = RwSignal::new(true);
    let arrive =
        Callback::new(move |path: String| navigate(&path, NavigateOptions { replace: true, resolve: false, ..NavigateOptions::default() }));
    Effect::new({
        let number = number.clone();
        move |_| spawn_local(ask(number.clone(), is_here, arrive))
    });
    view! {
        <Head title=t::pay::return_title()/>
        <section class="page-narrow py-16 text-center" data-testid="payment-checking">
            <PageHeading text=t::pay::return_heading()/>
            <p class="mx-auto mt-4 max-w-prose text-lg text-soft">{t::pay::return_text()}</p>
            <p class="mt-2 text-soft">{unbroken(&t::pay::return_order(number.as_str()), number.as_str())}</p>
            <p class="mt-8"><a href=here rel="external" class=button_class(ButtonKind::Secondary)>{t::pay::check_again()}</a></p>
        </section>
    }
}

async fn ask(number: OrderNumber, is_here: RwSignal<bool>, arrive: Callback<String>) {
    for _ in 0..CHECKS_MAX {
        pause(CHECK_EVERY_MS).await;
        let answer = api::settle(number.to_string()).await;
        if is_here.try_get_untracked().is_none() {
            return;
        }
        match answer.as_ref().map(outcome) {
            Ok(Outcome::Paid) => return arrive.run(routes::order_placed(&number)),
            Ok(Outcome::Payable | Outcome::Ended) => return open_page_instead(&routes::pay(&number)),
            Ok(Outcome::Open) | Err(_) => {}
        }
    }
}
