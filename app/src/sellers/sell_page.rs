use crate::ui::AtOnce as _;
use crate::page_data;
use crate::PageData;
use super::api;
use crate::accounts::ClosedArea;
use crate::error::AppError;
use crate::routes;
use crate::ui::{ButtonKind, EmptyState, Head, PageHeading, button_class};
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// Where sellers run their shop.
#[derive(Debug)]
pub struct SellPage {
    entry: PageData<Result<(), AppError<NoRefusal>>>,
}

#[lazy_route]
impl LazyRoute for SellPage {
    fn data() -> Self {
        Self { entry: page_data(|| (), |()| api::enter()) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    match this.entry.await {
                        Ok(()) => view! { <Dashboard/> }.at_once(),
                        Err(error) => view! {
                            <ClosedArea
                                error=error.kind()
                                title="This part is for sellers"
                                text="Your account does not work for a seller on Souk. Sign in with one that does, or go on shopping."
                            />
                        }
                        .at_once(),
                    }
                })}
            </Suspense>
        }
        .at_once()
    }
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
