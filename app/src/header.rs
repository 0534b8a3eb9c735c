use crate::cart::CartBadge;
use crate::catalog::departments;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::theme::ThemeToggle;
use crate::ui::AtOnce as _;
use crate::ui::{GetForm, Icon};
use crate::visitor::use_visitor;
use domain::catalog::CategoryRef;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The top of every page: name, search, departments, account, cart.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let visitor = use_visitor();
    view! {
        <header class="site-header">
            <div class="page-wide flex flex-wrap items-center gap-x-2 gap-y-2 py-3 sm:gap-x-4 lg:gap-x-8">
                <a href=routes::to(routes::HOME) class="wordmark" aria-label=t::frame::home_label()>"Souk"</a>
                <SearchBox/>
                <div class="ms-auto flex items-center gap-0.5 sm:gap-1">
                    <ThemeToggle/>
                    <a href=routes::to(routes::ACCOUNT) class="header-link" data-testid="header-account">
                        <Icon name="user"/>
                        <span class="max-w-[14ch] truncate max-md:sr-only">
                            {move || visitor.name().unwrap_or_else(|| t::frame::account().to_owned())}
                        </span>
                    </a>
                    <a href=routes::to(routes::CART) class="header-link header-link-counted" data-testid="header-cart">
                        <Icon name="bag"/>
                        <span class="max-md:sr-only">{t::frame::cart()}</span>
                        <CartBadge/>
                    </a>
                </div>
            </div>
            <Departments/>
        </header>
    }
    .at_once()
}

/// The topmost categories.
#[component]
fn Departments() -> impl IntoView {
    let departments = page_data(String::new, |_| departments());
    let path = use_location().pathname;
    let link = move |category: CategoryRef| {
        let address = routes::category(&category.slug);
        let own = routes::path_of(&address).to_owned();
        view! {
            <li>
                <a
                    href=address
                    class="department"
                    aria-current=move || path.with(|path| routes::path_of(path) == own).then_some("page")
                >
                    {category.name}
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=t::frame::departments() class="border-t border-line">
            <ul class="page-wide departments">
                // Without them the shop still works: search and the front page lead everywhere.
                {departments.show_or(
                    || ().at_once(),
                    move |departments| departments.into_iter().map(link).collect_view().at_once(),
                    |_| ().at_once(),
                )}
            </ul>
        </nav>
    }
    .at_once()
}

#[component]
fn SearchBox() -> impl IntoView {
    let location = use_location();
    let question = move || match location.pathname.with(|path| routes::path_of(path) == routes::SEARCH) {
        true => location.query.with(|query| query.get("q").unwrap_or_default()),
        false => String::new(),
    };
    view! {
        <search class="order-last w-full md:order-none md:w-auto md:max-w-xl md:flex-1">
            <GetForm action=routes::to(routes::SEARCH) class="search-box">
                <label for="site-search" class="sr-only">{t::frame::search_label()}</label>
                <input
                    id="site-search"
                    name="q"
                    type="search"
                    class="search-input"
                    placeholder=t::frame::search_placeholder()
                    maxlength=domain::catalog::QUERY_LENGTH_MAX.to_string()
                    autocomplete="off"
                    enterkeyhint="search"
                    value=question
                    prop:value=question
                />
                <button type="submit" class="search-button" aria-label=t::frame::search()>
                    <Icon name="search"/>
                </button>
            </GetForm>
        </search>
    }
    .at_once()
}
