use super::api::{SellerListing, seller};
use super::listing_address::{Scope, read};
use super::listing_results::{FirstListing, ListingResults};
use super::page_address::{PageAddress, use_page_address};
use crate::routes;
use crate::ui::{Breadcrumbs, CardGridSkeleton, Crumb, ErrorView, Head, Icon, PageHeading};
use domain::country::country;
use leptos::prelude::*;

/// Who a seller is, and what they sell.
#[component]
pub fn SellerPage() -> impl IntoView {
    FirstListing::provide();
    let address = use_page_address("/s/");
    let page = Resource::new_blocking(
        move || address.get(),
        |PageAddress { slug, query }| async move { seller(slug.clone(), read(&Scope::Seller(slug), &query)).await },
    );
    view! {
        <div class="page-wide py-6 sm:py-8">
            <Transition fallback=|| view! { <CardGridSkeleton/> }>
                {move || {
                    let address = address.get_untracked();
                    Suspend::new(async move {
                        match page.await {
                            Ok(found) => view! { <SellerContent address found/> }.into_any(),
                            Err(error) => view! { <ErrorView error=error.kind()/> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn SellerContent(address: PageAddress, found: SellerListing) -> impl IntoView {
    let SellerListing { seller, listing } = found;
    let path = routes::seller(&address.slug);
    let scope = Scope::Seller(address.slug);
    let query = read(&scope, &address.query);
    let place = [seller.city.clone(), country_name(&seller.country)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let paragraphs: Vec<String> = seller.story.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    let description = paragraphs.first().cloned().unwrap_or_else(|| format!("{} on Souk.", seller.name));
    view! {
        <Head title=seller.name.clone() description canonical=path.clone()/>
        <Breadcrumbs crumbs=vec![Crumb::new("Souk", routes::HOME)] here=seller.name.clone()/>
        <div class="seller-head">
            <PageHeading text=seller.name class="page-title text-4xl sm:text-5xl"/>
            <p class="mt-2 flex items-center gap-1.5 text-soft"><Icon name="map-pin" class="size-4"/> {place}</p>
            <div class="seller-story">{paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
        </div>
        <ListingResults path scope query listing/>
    }
}

/// The country's name, or its code where no name is known.
fn country_name(code: &str) -> String {
    country(code).map_or(code, |country| country.name).to_owned()
}
