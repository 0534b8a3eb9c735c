use super::api::{ListingPage, ListingSubject, load_listing_page};
use super::listing_address::{Scope, read, write};
use super::listing_results::{FirstListing, ListingResults};
use super::maker::{Policies, place};
use super::page_address::{PageAddress, use_page_address};
use crate::market;
use crate::market::content_language;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::{AtOnce as _, Breadcrumbs, CardGridSkeleton, Crumb, Head, Icon, PageHeading, Stars};
use domain::catalog::{CategoryRef, ListingQuery};
use domain::sellers::SellerView;
use leptos::prelude::*;

/// What is in one category, its subcategories included.
pub(crate) fn category_page() -> AnyView {
    listing("/c/", |slug| Scope::Category(slug.to_owned()))
}

/// What answers a question; without one, everything there is.
pub(crate) fn search_page() -> AnyView {
    listing(routes::SEARCH, |_| Scope::Everything)
}

/// Who a seller is, and what they sell.
pub(crate) fn seller_page() -> AnyView {
    listing("/s/", |slug| Scope::Seller(slug.to_owned()))
}

/// The page below `prefix`; what follows there says what it is about.
fn listing(prefix: &'static str, scope: fn(&str) -> Scope) -> AnyView {
    FirstListing::provide();
    let address = use_page_address(prefix);
    let page = page_data(
        move || address.with(PageAddress::text),
        move |_| {
            let PageAddress { slug, query } = address.get_untracked();
            let scope = scope(&slug);
            let query = read(&scope, &query, market::current().currency);
            load_listing_page(scope, query)
        },
    );
    let content = page.show(
        || view! { <CardGridSkeleton/> }.at_once(),
        move |found| {
            let address = address.get_untracked();
            let scope = scope(&address.slug);
            let query = read(&scope, &address.query, market::current().currency);
            content(routes::to(&format!("{prefix}{}", address.slug)), scope, query, found)
        },
    );
    view! { <div class="page-wide py-6 sm:py-8">{content}</div> }.at_once()
}

fn content(path: String, scope: Scope, query: ListingQuery, found: ListingPage) -> AnyView {
    let ListingPage { subject, listing } = found;
    let head = match subject {
        ListingSubject::Everything => search_head(path.clone(), &query, listing.corrected_query.clone()),
        ListingSubject::Category { name, introduction, above, below } => category_head(path.clone(), name, introduction, above, below),
        ListingSubject::Seller(seller) => seller_head(path.clone(), seller),
    };
    view! {
        {head}
        <ListingResults path scope query listing/>
    }
    .at_once()
}

fn category_head(path: String, name: String, introduction: Option<String>, above: Vec<CategoryRef>, below: Vec<CategoryRef>) -> AnyView {
    let made = t::catalog::category_description(&name);
    let description = introduction.as_ref().map_or_else(|| made.clone(), |text| format!("{text} {made}"));
    let mut crumbs = vec![Crumb::new("Souk", routes::to(routes::HOME))];
    crumbs.extend(above.iter().map(|above| Crumb::new(&above.name, routes::category(&above.slug))));
    let below = below.into_iter().map(|below| view! { <li><a href=routes::category(&below.slug) class="chip">{below.name}</a></li> });
    view! {
        <Head title=name.clone() description canonical=path/>
        <Breadcrumbs crumbs here=name.clone()/>
        <PageHeading text=name/>
        {introduction.map(|text| view! { <p class="mt-2 text-lg text-soft">{text}</p> })}
        <ul class="mt-4 flex flex-wrap gap-2 empty:hidden" aria-label=t::catalog::subcategories()>{below.collect_view()}</ul>
    }
    .at_once()
}

fn search_head(path: String, query: &ListingQuery, corrected: Option<String>) -> AnyView {
    let title = match &query.q {
        Some(question) => t::catalog::question_title(question),
        None => t::catalog::everything_title().to_owned(),
    };
    let corrected = corrected.map(|corrected| {
        let instead = ListingQuery { q: Some(corrected.clone()), cursor: None, ..query.clone() };
        view! {
            <p class="mt-2 text-soft" data-testid="search-corrected">
                {t::catalog::corrected_before()}
                <a href=write(&path, &Scope::Everything, &instead) class="link">{corrected}</a>
                {t::catalog::corrected_after()}
            </p>
        }
    });
    // A question is nobody's page but the asker's; the list of everything is worth finding.
    let everything = ListingQuery { currency: query.currency, ..ListingQuery::default() };
    let canonical = if *query == everything { path } else { String::new() };
    view! {
        <Head title=title.clone() canonical/>
        <PageHeading text=title/>
        {corrected}
    }
    .at_once()
}

fn seller_head(path: String, seller: SellerView) -> AnyView {
    let place = place(&seller);
    let paragraphs: Vec<String> = seller.story.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    let description = paragraphs.first().cloned().unwrap_or_else(|| t::catalog::seller_description(&seller.name));
    view! {
        <Head title=seller.name.clone() description canonical=path/>
        <Breadcrumbs crumbs=vec![Crumb::new("Souk", routes::to(routes::HOME))] here=seller.name.clone()/>
        <div class="seller-head">
            <PageHeading text=seller.name.clone()/>
            <p class="mt-2 flex items-center gap-1.5 text-soft">
                <Icon name="map-pin" class="size-4"/>
                {place}
            </p>
            {(seller.rating.count > 0).then(|| view! {
                <p class="mt-1 flex items-center gap-1.5 text-soft">
                    <Stars rating=seller.rating/> {t::catalog::review_count(seller.rating.count)}
                </p>
            })}
            <div class="seller-story" lang=content_language()>{paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
            <div class="mt-5"><Policies maker=seller/></div>
        </div>
    }
    .at_once()
}
