use super::api::listing;
use super::listing_address::{Scope, read, write};
use super::listing_results::{FirstListing, ListingResults};
use super::page_address::{PageAddress, use_page_address};
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{CardGridSkeleton, ErrorView, Head, PageHeading};
use domain::catalog::{ListingQuery, ListingView};
use leptos::prelude::*;

/// What answers a question; without one, everything there is.
#[component]
pub fn SearchPage() -> impl IntoView {
    FirstListing::provide();
    let address = use_page_address(routes::SEARCH);
    let page = page_data(move || address.get(), |PageAddress { query, .. }| async move { listing(read(&Scope::Everything, &query)).await });
    view! {
        <div class="page-wide py-6 sm:py-8">
            <Transition fallback=|| view! { <CardGridSkeleton/> }>
                {move || {
                    let address = address.get_untracked();
                    Suspend::new(async move {
                        match page.await {
                            Ok(found) => view! { <SearchContent address found/> }.at_once(),
                            Err(error) => view! { <ErrorView error=error.kind()/> }.at_once(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
    .at_once()
}

#[component]
fn SearchContent(address: PageAddress, found: ListingView) -> impl IntoView {
    let query = read(&Scope::Everything, &address.query);
    let title = match &query.q {
        Some(question) => format!("“{question}”"),
        None => "Everything".to_owned(),
    };
    // A question is nobody's page but the asker's; the list of everything is worth finding.
    let canonical = (query == ListingQuery::default()).then(|| routes::SEARCH.to_owned());
    let corrected = found.corrected_query.clone().map(|corrected| {
        let instead = ListingQuery { q: Some(corrected.clone()), cursor: None, ..query.clone() };
        view! {
            <p class="mt-2 text-soft" data-testid="search-corrected">
                "Did you mean " <a href=write(routes::SEARCH, &Scope::Everything, &instead) class="link">{corrected}</a> "?"
            </p>
        }
    });
    view! {
        {match canonical {
            Some(canonical) => view! { <Head title=title.clone() canonical/> }.at_once(),
            None => view! { <Head title=title.clone()/> }.at_once(),
        }}
        <PageHeading text=title/>
        {corrected}
        <ListingResults path=routes::SEARCH.to_owned() scope=Scope::Everything query listing=found/>
    }
    .at_once()
}
