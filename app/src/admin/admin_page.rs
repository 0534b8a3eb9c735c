use super::api;
use crate::accounts::ClosedArea;
use crate::page_data;
use crate::routes;
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
                    title="This part is for administrators"
                    text="Your account does not look after the marketplace. Sign in with one that does, or go on shopping."
                />
            }
            .at_once()
        },
    )
}

#[component]
fn Dashboard() -> impl IntoView {
    view! {
        <Head title="Administration"/>
        <div class="page-wide py-10">
            <PageHeading text="Administration"/>
            <EmptyState
                title="Nothing to do here yet"
                text="Moderation, sellers, disputes, refunds and the health of the marketplace will be looked after here."
                icon="bag"
            >
                <a href=routes::HOME class=button_class(ButtonKind::Secondary)>"To the front page"</a>
            </EmptyState>
        </div>
    }
}
