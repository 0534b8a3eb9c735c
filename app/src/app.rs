use crate::cart::{CartDrawer, CartStore};
use crate::footer::Footer;
use crate::header::Header;
use crate::market;
use crate::not_found_page::NotFoundPage;
use crate::parts::*;
use crate::t;
use crate::theme::Theme;
use crate::ui::Announcer;
use crate::visitor::Visitor;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{Lazy, SsrMode, path};

/// The whole shop: header, the page of the address, footer, cart drawer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_page_contexts();
    let is_routing = RwSignal::new(false);
    // Read here: the title is put together once the page, and with it the knowledge of its language, is gone.
    let shop = t::frame::title();
    let formatter = move |title: String| page_title(title, shop);
    view! {
        <Title formatter/>
        <Router base=market::router_base() set_is_routing=is_routing.write_only()>
            <Announcer>
                <a href="#main" rel="external" class="skip-link">{t::frame::skip()}</a>
                <div class="routing-bar" class:is-routing=move || is_routing.get() aria-hidden="true"></div>
                <Header/>
                <main id="main" tabindex="-1" class="flex-1">
                    <Pages/>
                </main>
                <Footer/>
                <CartDrawer/>
            </Announcer>
        </Router>
    }
}

/// The front page has the shop's own title.
fn page_title(title: String, shop: &str) -> String {
    if title.is_empty() || title == "Souk" { shop.to_owned() } else { format!("{title} · Souk") }
}

/// What every part of the page may ask for.
fn provide_page_contexts() {
    #[cfg(feature = "ssr")]
    crate::context::provide_public_origin();
    crate::ui::provide_heading();
    Theme::provide();
    Visitor::provide();
    CartStore::provide();
}

/// Paths and pages. Every answer waits for its whole page: catalogue pages are then the same bytes for everyone, and a
/// personal page can still be a redirect or another status. A page's code is loaded with its part when it is visited.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <NotFoundPage/> }>
            <Route path=path!("/") view={Lazy::<HomePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/c/:slug") view={Lazy::<CategoryPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/search") view={Lazy::<SearchPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/p/:slug") view={Lazy::<ProductPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/s/:slug") view={Lazy::<SellerPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/cart") view={Lazy::<CartPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/checkout") view={Lazy::<CheckoutPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/checkout/pay/:number") view={Lazy::<PayPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/checkout/return/:number") view={Lazy::<ReturnPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/orders/:number") view={Lazy::<OrderPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/account") view={Lazy::<AccountPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/account/address") view={Lazy::<AddressPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/account/sign-in") view={Lazy::<SignInPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/account/register") view={Lazy::<RegisterPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/account/verify") view={Lazy::<VerifyPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/sell") view={Lazy::<SellPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/admin") view={Lazy::<AdminPage>::new()} ssr=SsrMode::Async/>
        </FlatRoutes>
    }
}
