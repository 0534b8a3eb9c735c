use crate::market::MarketChoice;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// The foot of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <div class="page-wide grid grid-cols-2 gap-x-6 gap-y-10 py-14 lg:grid-cols-[2fr_1fr_1fr_1fr]">
                <div class="max-w-sm max-lg:col-span-2">
                    <p class="wordmark">"Souk"</p>
                    <p class="mt-3 text-soft">{t::frame::about()}</p>
                </div>
                <nav aria-label=t::frame::shop()>
                    <h2 class="footer-title">{t::frame::shop()}</h2>
                    <ul class="footer-list">
                        <li><a href=routes::to(routes::SEARCH) class="quiet-link">{t::frame::everything()}</a></li>
                        <li><a href=routes::to("/search?sort=newest") class="quiet-link">{t::frame::new_in()}</a></li>
                        <li><a href=routes::to("/search?in_stock=true") class="quiet-link">{t::frame::ready_to_ship()}</a></li>
                    </ul>
                </nav>
                <nav aria-label=t::frame::purchases()>
                    <h2 class="footer-title">{t::frame::yours()}</h2>
                    <ul class="footer-list">
                        <li><a href=routes::to(routes::CART) class="quiet-link">{t::frame::cart()}</a></li>
                        <li><a href=routes::to(routes::ACCOUNT) class="quiet-link">{t::frame::account_and_orders()}</a></li>
                    </ul>
                </nav>
                <nav aria-label=t::frame::marketplace()>
                    <h2 class="footer-title">"Souk"</h2>
                    <ul class="footer-list">
                        <li><a href=routes::to(routes::SELL) class="quiet-link">{t::frame::sell_here()}</a></li>
                        <li><a href="/api/docs" rel="external" class="quiet-link">{t::frame::for_programs()}</a></li>
                    </ul>
                </nav>
            </div>
            <div class="page-wide flex flex-wrap items-center justify-between gap-x-8 gap-y-3 border-t border-line py-5">
                <p class="text-sm text-soft">{t::frame::prices()}</p>
                <MarketChoice/>
            </div>
        </footer>
    }
    .at_once()
}
