use super::api;
use crate::accounts::ClosedArea;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, Head, PageHeading, button_class};
use leptos::prelude::*;

/// Where administrators keep the place honest.
pub(crate) fn admin_page() -> AnyView {
    page_data(String::new, |_| api::enter()).show_or(
        || ().at_once(),
        |()| view! { <Dashboard/> }.at_once(),
        |error| {
            view! {
                <ClosedArea
                    error
                    title=t::portal::admin_closed_title()
                    text=t::portal::admin_closed_text()
                />
            }
            .at_once()
        },
    )
}

#[component]
fn Dashboard() -> impl IntoView {
    view! {
        <Head title=t::portal::admin_title()/>
        <div class="page-wide py-10">
            <PageHeading text=t::portal::admin_title()/>
            <EmptyState
                title=t::portal::nothing_yet_title()
                text=t::portal::admin_nothing_yet()
                icon="bag"
            >
                <a href=routes::to(routes::HOME) class=button_class(ButtonKind::Secondary)>{t::portal::to_front_page()}</a>
            </EmptyState>
        </div>
    }
}
