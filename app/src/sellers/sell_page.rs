use super::api;
use crate::accounts::ClosedArea;
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, Head, PageHeading, button_class};
use leptos::prelude::*;

/// Where sellers run their shop.
pub(crate) fn sell_page() -> AnyView {
    page_data(String::new, |_| api::enter()).show_or(
        || ().at_once(),
        |()| view! { <Dashboard/> }.at_once(),
        |error| {
            view! {
                <ClosedArea
                    error
                    title="This part is for sellers"
                    text="Your account does not work for a seller on Souk. Sign in with one that does, or go on shopping."
                />
            }
            .at_once()
        },
    )
}

#[component]
fn Dashboard() -> impl IntoView {
    view! {
        <Head title="Sell on Souk"/>
        <div class="page-wide py-10">
            <PageHeading text="Your shop"/>
            <EmptyState
                title="Nothing to do here yet"
                text="Your products, stock, orders to ship and payouts will be kept here."
                icon="bag"
            >
                <a href=routes::HOME class=button_class(ButtonKind::Secondary)>"To the front page"</a>
            </EmptyState>
        </div>
    }
}
