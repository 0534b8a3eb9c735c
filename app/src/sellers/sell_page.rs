use super::api;
use crate::error::AppError;
use crate::ui::{EmptyState, ErrorView, Head, PageHeading, button_class, ButtonKind};
use crate::routes;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// Where sellers run their shop.
#[derive(Debug)]
pub struct SellPage {
    entry: Resource<Result<(), AppError<NoRefusal>>>,
}

#[lazy_route]
impl LazyRoute for SellPage {
    fn data() -> Self {
        Self { entry: Resource::new_blocking(|| (), |()| api::enter()) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    match this.entry.await {
                        Ok(()) => view! { <Dashboard/> }.into_any(),
                        Err(error) => view! { <ErrorView error=error.kind()/> }.into_any(),
                    }
                })}
            </Suspense>
        }
        .into_any()
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
