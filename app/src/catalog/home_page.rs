use super::api::home;
use super::hero::Hero;
use super::page_address::use_page_address;
use super::product_card::ProductGrid;
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{CardGridSkeleton, Head, Icon, Picture};
use domain::catalog::{CategoryView, HomeView, ImageView, SellerRef};
use leptos::prelude::*;

/// The front page: what the shop is, its departments, what is new, what sells, who makes it.
pub(crate) fn home_page() -> AnyView {
    view! { <Home/> }.at_once()
}

#[component]
fn Home() -> impl IntoView {
    let address = use_page_address("/");
    let page =
        page_data(move || address.with(|address| address.currency().code().to_owned()), move |_| home(address.get_untracked().currency()));
    view! {
        <Head
            title="Souk"
            description="A market of small workshops: tableware, lamps, linen, bags, paper and toys from the people who make them."
            canonical=routes::HOME
        />
        <Hero/>
        {page.show(
            || view! { <div class="page-wide py-14"><CardGridSkeleton/></div> }.at_once(),
            |home| view! { <HomeSections home/> }.at_once(),
        )}
    }
    .at_once()
}

#[component]
fn HomeSections(home: HomeView) -> impl IntoView {
    let departments = departments_with_pictures(&home);
    view! {
        <section class="section" aria-labelledby="departments">
            <h2 id="departments" class="section-title">"Departments"</h2>
            <ul class="tile-grid">{departments.into_iter().map(|(category, image)| view! { <Department category image/> }).collect_view()}</ul>
        </section>
        <section class="section" aria-labelledby="newest">
            <div class="section-head">
                <h2 id="newest" class="section-title">"Fresh on the stalls"</h2>
                <a href="/search?sort=newest" class="more-link">"All that is new" <Icon name="arrow-right" class="size-4"/></a>
            </div>
            <ProductGrid cards=home.newest/>
        </section>
        <section class="section" aria-labelledby="best-selling">
            <div class="section-head">
                <h2 id="best-selling" class="section-title">"What others take home"</h2>
                <a href=routes::SEARCH class="more-link">"Browse everything" <Icon name="arrow-right" class="size-4"/></a>
            </div>
            <ProductGrid cards=home.best_selling/>
        </section>
        <Makers sellers=home.sellers/>
    }
    .at_once()
}

/// The topmost categories, each with the picture of something in it that the page shows anyway.
fn departments_with_pictures(home: &HomeView) -> Vec<(CategoryView, Option<ImageView>)> {
    let belongs = |slug: &str, top: &CategoryView| {
        let own = home.categories.iter().find(|category| category.slug == slug);
        own.is_some_and(|own| own.id == top.id || own.parent_id == Some(top.id))
    };
    let topmost = home.categories.iter().filter(|category| category.parent_id.is_none() && category.product_count > 0);
    let with_picture = topmost.map(|top| {
        let mut shown = home.best_selling.iter().chain(&home.newest).filter(|card| belongs(&card.category.slug, top));
        (top.clone(), shown.find_map(|card| card.image.clone()))
    });
    with_picture.collect()
}

#[component]
fn Department(category: CategoryView, image: Option<ImageView>) -> impl IntoView {
    let count = match category.product_count {
        1 => "1 thing".to_owned(),
        count => format!("{count} things"),
    };
    view! {
        <li class="tile">
            {image.map(|image| view! { <Picture image sizes="(min-width: 64rem) 23vw, 46vw" silent=true class="tile-picture"/> })}
            <div class="tile-text">
                <a href=routes::category(&category.slug) class="card-link font-serif text-xl">{category.name}</a>
                <p class="tabular text-sm text-soft">{count}</p>
            </div>
        </li>
    }
    .at_once()
}

#[component]
fn Makers(sellers: Vec<SellerRef>) -> impl IntoView {
    let makers = sellers.into_iter().map(|seller| {
        view! {
            <li>
                <a href=routes::seller(&seller.slug) class="maker">
                    <span class="font-serif text-xl sm:text-2xl">{seller.name}</span>
                    <Icon name="arrow-right" class="maker-arrow size-5"/>
                </a>
            </li>
        }
    });
    view! {
        <section class="section" id="makers" aria-labelledby="makers-title">
            <h2 id="makers-title" class="section-title">"The makers"</h2>
            <p class="mt-2 max-w-prose text-soft">"Every seller here has a workshop with a door. Nothing is dropshipped, everything has hands behind it."</p>
            <ul class="maker-grid">{makers.collect_view()}</ul>
        </section>
    }
    .at_once()
}
