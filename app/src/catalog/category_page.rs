use super::api::{CategoryListing, category};
use super::listing_address::{Scope, read};
use super::listing_results::{FirstListing, ListingResults};
use super::page_address::{PageAddress, use_page_address};
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{Breadcrumbs, CardGridSkeleton, Crumb, ErrorView, Head, PageHeading};
use leptos::prelude::*;

/// What is in one category, its subcategories included.
#[component]
pub fn CategoryPage() -> impl IntoView {
    FirstListing::provide();
    let address = use_page_address("/c/");
    let page = page_data(
        move || address.get(),
        |PageAddress { slug, query }| async move { category(slug.clone(), read(&Scope::Category(slug), &query)).await },
    );
    view! {
        <div class="page-wide py-6 sm:py-8">
            <Transition fallback=|| view! { <CardGridSkeleton/> }>
                {move || {
                    let address = address.get_untracked();
                    Suspend::new(async move {
                        match page.await {
                            Ok(found) => view! { <CategoryContent address found/> }.at_once(),
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
fn CategoryContent(address: PageAddress, found: CategoryListing) -> impl IntoView {
    let path = routes::category(&address.slug);
    let scope = Scope::Category(address.slug);
    let query = read(&scope, &address.query);
    let mut crumbs = vec![Crumb::new("Souk", routes::HOME)];
    crumbs.extend(found.above.iter().map(|above| Crumb::new(&above.name, routes::category(&above.slug))));
    let below = found.below.into_iter().map(|below| view! { <li><a href=routes::category(&below.slug) class="chip">{below.name}</a></li> });
    view! {
        <Head title=found.name.clone() description=format!("{} from the makers of Souk.", found.name) canonical=path.clone()/>
        <Breadcrumbs crumbs here=found.name.clone()/>
        <PageHeading text=found.name/>
        <ul class="mt-4 flex flex-wrap gap-2 empty:hidden" aria-label="Subcategories">{below.collect_view()}</ul>
        <ListingResults path scope query listing=found.listing/>
    }
    .at_once()
}
