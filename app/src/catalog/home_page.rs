use super::api::home;
use super::hero::Hero;
use super::product_card::ProductGrid;
use crate::market;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{CardGridSkeleton, Head, Icon, Picture};
use domain::catalog::{DepartmentView, HomeView, SellerRef};
use leptos::prelude::*;

/// The front page: what the shop is, its departments, what is new, what sells, who makes it.
pub(crate) fn home_page() -> AnyView {
    view! { <Home/> }.at_once()
}

#[component]
fn Home() -> impl IntoView {
    let page = page_data(String::new, |_| home(market::current().currency));
    view! {
        <Head
            title="Souk"
            description=t::catalog::home_description()
            canonical=routes::to(routes::HOME)
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
    view! {
        <section class="section" aria-labelledby="departments">
            <h2 id="departments" class="section-title">{t::catalog::departments_title()}</h2>
            <ul class="tile-grid">{home.departments.into_iter().map(|department| view! { <Department department/> }).collect_view()}</ul>
        </section>
        <section class="section" aria-labelledby="newest">
            <div class="section-head">
                <h2 id="newest" class="section-title">{t::catalog::newest_title()}</h2>
                <a href=routes::to("/search?sort=newest") class="more-link">
                    {t::catalog::newest_all()} <Icon name="arrow-right" class="size-4 mirrors"/>
                </a>
            </div>
            <ProductGrid cards=home.newest/>
        </section>
        <section class="section" aria-labelledby="best-selling">
            <div class="section-head">
                <h2 id="best-selling" class="section-title">{t::catalog::best_selling_title()}</h2>
                <a href=routes::to(routes::SEARCH) class="more-link">
                    {t::catalog::browse_everything()} <Icon name="arrow-right" class="size-4 mirrors"/>
                </a>
            </div>
            <ProductGrid cards=home.best_selling/>
        </section>
        <Makers sellers=home.sellers/>
    }
    .at_once()
}

#[component]
fn Department(department: DepartmentView) -> impl IntoView {
    let DepartmentView { category, image } = department;
    view! {
        <li class="tile">
            {image.map(|image| view! { <Picture image sizes="(min-width: 64rem) 23vw, 46vw" silent=true class="tile-picture"/> })}
            <div class="tile-text">
                <a href=routes::category(&category.slug) class="card-link font-serif text-xl">{category.name}</a>
                <p class="tabular text-sm text-soft">{t::catalog::things(category.product_count)}</p>
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
                    <Icon name="arrow-right" class="maker-arrow mirrors size-5"/>
                </a>
            </li>
        }
    });
    view! {
        <section class="section" id="makers" aria-labelledby="makers-title">
            <h2 id="makers-title" class="section-title">{t::catalog::makers_title()}</h2>
            <p class="mt-2 max-w-prose text-soft">{t::catalog::makers_text()}</p>
            <ul class="maker-grid">{makers.collect_view()}</ul>
        </section>
    }
    .at_once()
}
