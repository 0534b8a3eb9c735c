use super::api::{SellerListing, seller};
use super::listing_address::{Scope, read};
use super::listing_results::{FirstListing, ListingResults};
use super::maker::place;
use super::page_address::{PageAddress, use_page_address};
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{Breadcrumbs, CardGridSkeleton, Crumb, ErrorView, Head, Icon, PageHeading};
use leptos::prelude::*;

/// Who a seller is, and what they sell.
#[component]
pub fn SellerPage() -> impl IntoView {
    FirstListing::provide();
    let address = use_page_address("/s/");
    let page = page_data(
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
                            Ok(found) => view! { <SellerContent address found/> }.at_once(),
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
fn SellerContent(address: PageAddress, found: SellerListing) -> impl IntoView {
    let SellerListing { seller, listing } = found;
    let path = routes::seller(&address.slug);
    let scope = Scope::Seller(address.slug);
    let query = read(&scope, &address.query);
    let place = place(&seller);
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
    .at_once()
}
