use crate::routes;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// The foot of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <div class="page-wide grid gap-10 py-14 sm:grid-cols-2 lg:grid-cols-[2fr_1fr_1fr_1fr]">
                <div class="max-w-sm">
                    <p class="wordmark">"Souk"</p>
                    <p class="mt-3 text-soft">"A market of small workshops. One cart, one payment, many makers: each parcel comes from the hands that made it."</p>
                </div>
                <nav aria-label="Shop">
                    <h2 class="footer-title">"Shop"</h2>
                    <ul class="footer-list">
                        <li><a href=routes::SEARCH class="quiet-link">"Everything"</a></li>
                        <li><a href="/search?sort=newest" class="quiet-link">"New in"</a></li>
                        <li><a href="/search?in_stock=true" class="quiet-link">"Ready to ship"</a></li>
                    </ul>
                </nav>
                <nav aria-label="Your purchases">
                    <h2 class="footer-title">"Yours"</h2>
                    <ul class="footer-list">
                        <li><a href=routes::CART class="quiet-link">"Cart"</a></li>
                        <li><a href=routes::ACCOUNT class="quiet-link">"Account and orders"</a></li>
                    </ul>
                </nav>
                <nav aria-label="The marketplace">
                    <h2 class="footer-title">"Souk"</h2>
                    <ul class="footer-list">
                        <li><a href=routes::SELL class="quiet-link">"Sell here"</a></li>
                        <li><a href="/api/docs" rel="external" class="quiet-link">"For programs"</a></li>
                    </ul>
                </nav>
            </div>
            <p class="page-wide border-t border-line py-5 text-sm text-soft">"Prices are those of the makers. Shipping and tax are shown before you pay."</p>
        </footer>
    }
    .at_once()
}
